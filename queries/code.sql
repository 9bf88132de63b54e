-- What runs with its owner's rights. What /* in scope: */ marks is part of a query where only what belongs to a scope is
-- read: see scope.sql.

-- name: Code :many
-- Gives, for each table, what runs code with its owner's rights that somebody may have written. What does so by the
-- relkind alone is left out (catalog.CodeRelkinds). The letters:
-- r rules;
-- i an index on an expression, or with a condition;
-- s statistics on expressions, which ANALYZE and autovacuum evaluate;
-- g a range type whose distance between values ANALYZE and autovacuum ask for;
-- k a foreign key that changes rows, so that their triggers and checks run;
-- c a foreign key of two types, from or to the table: somebody's cast may compare them, and such a cast may come and
-- go, so the types count;
-- l from 16 on a subscription that writes to the table, so that triggers, checks and defaults run.
-- Of several letters the first is given. planner/script/guard_code.go asks the same.
-- https://www.postgresql.org/docs/current/rules-privileges.html,
-- https://www.postgresql.org/docs/current/sql-analyze.html,
-- https://www.postgresql.org/docs/current/sql-createcast.html and
-- https://www.postgresql.org/docs/current/logical-replication-security.html
WITH RECURSIVE ranging (oid) AS ( -- types of which somebody says how far apart values are: ranges, multiranges, domains
    SELECT r.rngtypid FROM pg_catalog.pg_range AS r WHERE r.rngsubdiff::oid >= 16384
    UNION
    SELECT d.objid
    FROM ranging AS t
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid = t.oid
    WHERE d.classid = 'pg_catalog.pg_type'::regclass
)
SELECT DISTINCT ON (c.oid) c.oid::oid AS relation, a.letter::text AS letter
FROM (
    SELECT 1 AS n, 'r'::text AS letter, w.ev_class AS relation FROM pg_catalog.pg_rewrite AS w
    UNION ALL
    SELECT 2, 'i', x.indrelid FROM pg_catalog.pg_index AS x WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL
    UNION ALL
    SELECT 3, 's', s.stxrelid FROM pg_catalog.pg_statistic_ext AS s WHERE to_jsonb(s) ->> 'stxexprs' IS NOT NULL -- from 14 on
    UNION ALL
    SELECT 4, 'k', k.conrelid
    FROM pg_catalog.pg_constraint AS k
    WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
    UNION ALL
    SELECT 5, 'c', unnest(ARRAY[k.conrelid, k.confrelid])
    FROM pg_catalog.pg_constraint AS k
    CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS n (key)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[n.key]
    JOIN pg_catalog.pg_attribute AS o ON o.attrelid = k.confrelid AND o.attnum = k.confkey[n.key]
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    WHERE k.contype = 'f' AND a.atttypid >= 16384 AND o.atttypid <> a.atttypid AND (t.typtype <> 'd' OR t.typbasetype >= 16384)
    UNION ALL
    SELECT 6, 'g', d.objid
    FROM ranging AS t
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid = t.oid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass
    UNION ALL
    SELECT 7, 'l', l.srrelid FROM pg_catalog.pg_subscription_rel AS l WHERE current_setting('server_version_num')::integer >= 160000
) AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.relation AND c.relkind IN ('r', 'p')
WHERE current_setting('pgsr.whole')::boolean /* in scope: AND c.oid = ANY(current_setting('pgsr.relations')::oid[]) */
ORDER BY c.oid, a.n;
