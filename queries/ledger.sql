-- Whether there is a ledger, what the connecting role may do with it, and what is in it. See schema/.

-- name: LedgerState :one
-- Asks the catalog and not to_regclass(), which fails without USAGE on the schema.
SELECT
    d.datname::text AS database,
    coalesce(sqlc.narg('acting')::name, current_user)::text AS role,
    has_database_privilege(coalesce(sqlc.narg('acting')::name, current_user), d.oid, 'CREATE')::boolean AS may_create_schema,
    (n.oid IS NOT NULL)::boolean AS schema_exists,
    coalesce(has_schema_privilege(coalesce(sqlc.narg('acting')::name, current_user), n.oid, 'CREATE'), false)::boolean AS may_create_table,
    coalesce(has_schema_privilege(coalesce(sqlc.narg('acting')::name, current_user), n.oid, 'USAGE'), false)::boolean AS may_use_schema,
    (c.oid IS NOT NULL)::boolean AS installed,
    EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'effect' AND NOT a.attisdropped
    )::boolean AS up_to_date,
    coalesce(has_table_privilege(coalesce(sqlc.narg('acting')::name, current_user), c.oid, 'SELECT'), false)::boolean AS may_read,
    coalesce(has_table_privilege(coalesce(sqlc.narg('acting')::name, current_user), c.oid, 'INSERT'), false)::boolean AS may_write,
    ARRAY(
        SELECT s.word
        FROM (
            SELECT format($look$
                WITH trusted AS (
                    SELECT r.oid
                    FROM pg_catalog.pg_roles AS r
                    WHERE r.oid = 10 OR r.rolname IN (%L, %L) OR r.rolname = ANY(%L::name[])
                ), part AS (
                    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relispartition, c.reloftype, c.relrowsecurity, c.relforcerowsecurity,
                        c.relowner IN (SELECT t.oid FROM trusted AS t) AS is_trusted
                    FROM pg_catalog.pg_class AS c
                    WHERE c.relnamespace = %L::oid AND c.relname IN ('ledger', 'goose_db_version')
                ), expression AS (
                    SELECT d.adrelid AS relation, d.adbin AS tree FROM pg_catalog.pg_attrdef AS d
                    UNION ALL
                    SELECT k.conrelid, k.conbin FROM pg_catalog.pg_constraint AS k WHERE k.conbin IS NOT NULL
                ), flaw AS (
                    SELECT p.relname, 'is not a plain table' AS what
                    FROM part AS p
                    WHERE
                        p.relkind <> 'r' OR p.relispartition OR p.reloftype <> 0
                        OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE p.oid = i.inhrelid OR p.oid = i.inhparent)
                    UNION ALL
                    SELECT p.relname, 'has row security' FROM part AS p WHERE p.relrowsecurity OR p.relforcerowsecurity
                    UNION ALL
                    SELECT p.relname, 'has a trigger or a foreign key'
                    FROM part AS p
                    WHERE EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = p.oid)
                    UNION ALL
                    SELECT p.relname, 'has a rule' FROM part AS p WHERE EXISTS (SELECT FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = p.oid)
                    UNION ALL
                    SELECT p.relname, 'has an index on an expression'
                    FROM part AS p
                    WHERE EXISTS (
                        SELECT FROM pg_catalog.pg_index AS x WHERE x.indrelid = p.oid AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
                    )
                    UNION ALL
                    SELECT p.relname, 'has a column of another type'
                    FROM part AS p
                    WHERE EXISTS (
                        SELECT
                        FROM pg_catalog.pg_attribute AS a
                        JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
                        WHERE
                            a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped
                            AND (y.oid >= 16384 OR y.typtype <> 'b' OR coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '')
                    )
                    UNION ALL
                    SELECT p.relname, 'has another default or check'
                    FROM part AS p
                    WHERE p.is_trusted AND EXISTS (
                        SELECT
                        FROM expression AS e
                        WHERE
                            e.relation = p.oid
                            AND CASE WHEN p.is_trusted THEN replace(pg_catalog.pg_get_expr(e.tree, e.relation), '"', '') END NOT IN (
                                'clock_timestamp()', 'SESSION_USER', 'CURRENT_USER', 'current_database()', 'now()', $$''::text$$,
                                $$(plan_digest <> ''::text)$$, $$(result <> ''::text)$$, '(statements >= 0)',
                                $$(duration >= '00:00:00'::interval)$$, $$(duration >= 'PT0S'::interval)$$, -- by IntervalStyle
                                $$(duration >= '@ 0'::interval)$$, $$(duration >= '0'::interval)$$
                            )
                    )
                )
                SELECT array_to_tsvector(ARRAY['flaw ' || f.relname || ' ' || f.what]) FROM flaw AS f
                UNION ALL
                SELECT array_to_tsvector(ARRAY['owner ' || r.rolname])
                FROM pg_catalog.pg_roles AS r
                WHERE r.oid NOT IN (SELECT t.oid FROM trusted AS t) AND (r.oid = %L::oid OR r.oid IN (SELECT p.relowner FROM part AS p))
            $look$, coalesce(sqlc.narg('acting')::name, current_user), coalesce(sqlc.narg('login')::name, session_user),
                @owners::name[], n.oid, n.nspowner) AS look
            WHERE n.oid IS NOT NULL
        ) AS l
        CROSS JOIN LATERAL ts_stat(l.look) AS s (word, ndoc, nentry)
        ORDER BY s.word
    )::text[] AS doubts
FROM pg_catalog.pg_database AS d
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = 'pgsr'
LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'ledger'
WHERE d.datname = current_database();

-- name: HoldLedger :exec
-- Keeps others from creating a trigger on the ledger until the transaction ends: CREATE TRIGGER takes a lock that
-- conflicts.
-- https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
LOCK TABLE pgsr.ledger IN ROW EXCLUSIVE MODE;

-- name: RecordInLedger :exec
-- The server itself fills in who, when and where, by the columns' defaults.
INSERT INTO pgsr.ledger (pgsr_version, plan_digest, statements, duration, result, script, rollback, effect)
VALUES (@pgsr_version, @plan_digest, @statements, @duration, @result, @script, @rollback, @effect);

-- name: ListLedger :many
-- The newest entries first; a limit of 0 lists them all. An ID of 0 stands for any.
SELECT
    l.id,
    l.applied_at,
    l.applied_by,
    l.acting_as,
    l.database,
    l.pgsr_version,
    l.plan_digest,
    l.statements,
    l.duration,
    l.result,
    l.script,
    l.rollback,
    l.effect
FROM pgsr.ledger AS l
WHERE @id::bigint IN (0, l.id)
ORDER BY l.id DESC
LIMIT nullif(@entries::bigint, 0);

-- name: LedgerRoles :many
-- Gives the roles that applied scripts have created or altered, quoted as the scripts write them, without privilege
-- roles. Each statement is a line of its own, and no name or text can begin such a line.
SELECT DISTINCT m.match[1]::text AS name
FROM pgsr.ledger AS l
CROSS JOIN LATERAL regexp_matches(l.script, '^(?:CREATE|ALTER) ROLE ((?:U&)?"(?:[^"]|"")*")', 'gn') AS m (match)
WHERE left(m.match[1], 7) <> '"_pgsr_'
ORDER BY 1;

-- name: RolesThere :many
SELECT r.rolname::text AS name FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[]) ORDER BY r.rolname;
