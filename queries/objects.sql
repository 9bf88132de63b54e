-- Objects with owner and ACL.

-- name: Objects :many
-- A NULL ACL stands for the built-in default, an empty one for nobody:
-- https://www.postgresql.org/docs/current/ddl-priv.html
-- Of what an owner has by default there are eight or nine items, and most often one other: owner_default says that Items leaves them out.
-- Code says what of a table the server runs with its owner's rights: r rules, i an index on an expression or with a condition and s statistics on
-- expressions, which ANALYZE and autovacuum work out, f a foreign key that changes its rows, with what triggers and checks do then.
-- https://www.postgresql.org/docs/current/rules-privileges.html and https://www.postgresql.org/docs/current/sql-analyze.html
SELECT
    'd'::text AS class,
    d.oid::oid AS oid,
    ''::text AS schema,
    d.datname::text AS name,
    d.datdba::oid AS owner,
    (d.datacl IS NULL)::boolean AS default_acl,
    false::boolean AS owner_default,
    ''::text AS relkind,
    ''::text AS table_schema,
    ''::text AS table_name,
    ''::text AS code
FROM unnest(current_setting('pgsr.databases')::oid[]) AS o (oid)
JOIN pg_catalog.pg_database AS d ON d.oid = o.oid
UNION ALL
SELECT 'n', n.oid, '', n.nspname, n.nspowner, n.nspacl IS NULL, false, '', '', '', ''
FROM unnest(current_setting('pgsr.schemas')::oid[]) AS o (oid)
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oid
UNION ALL
SELECT 'r', c.oid, n.nspname, c.relname, c.relowner, c.relacl IS NULL,
    coalesce((acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))[1] = ANY(c.relacl), false),
    c.relkind::text,
    coalesce(t.nspname, ''), coalesce(t.relname, ''),
    CASE
        WHEN c.relkind NOT IN ('r', 'p', 'f') THEN ''
        WHEN c.relhasrules AND EXISTS (SELECT FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = c.oid) THEN 'r'
        WHEN c.relhasindex AND EXISTS (
            SELECT FROM pg_catalog.pg_index AS x WHERE x.indrelid = c.oid AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
        ) THEN 'i'
        WHEN EXISTS (SELECT FROM pg_catalog.pg_statistic_ext AS s WHERE s.stxrelid = c.oid AND s.stxexprs IS NOT NULL) THEN 's'
        WHEN c.relhastriggers AND EXISTS (
            SELECT FROM pg_catalog.pg_constraint AS k
            WHERE k.conrelid = c.oid AND k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
        ) THEN 'f'
        ELSE ''
    END
FROM unnest(current_setting('pgsr.relations')::oid[]) AS o (oid)
JOIN pg_catalog.pg_class AS c ON c.oid = o.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (
    SELECT tn.nspname, tc.relname
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS tc ON tc.oid = d.refobjid
    JOIN pg_catalog.pg_namespace AS tn ON tn.oid = tc.relnamespace
    WHERE c.relkind = 'S'
        AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
    LIMIT 1
) AS t ON true;

-- name: Items :many
-- N is what default privileges give to a role's new schemas, with that role for the object.
-- Privilege words are the server's, so that none is lost that a later server brings. Column is empty but for those of columns.
-- Where nothing is removed, array_remove() is for large ACLs, which are stored compressed: aclexplode() decompresses them anew for each row.
-- What the owner of a relation has by default is left out. An ACL without any item is no array of one dimension, as aclexplode() wants it.
SELECT
    'd'::text AS class,
    d.oid::oid AS object,
    ''::text AS column_name,
    i.grantee::oid AS grantee,
    i.grantor::oid AS grantor,
    i.privilege_type::text AS privilege,
    i.is_grantable::boolean AS grantable
FROM unnest(current_setting('pgsr.databases')::oid[]) AS o (oid)
JOIN pg_catalog.pg_database AS d ON d.oid = o.oid
CROSS JOIN LATERAL aclexplode(array_remove(d.datacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
UNION ALL
SELECT 'n', n.oid, '', i.grantee, i.grantor, i.privilege_type, i.is_grantable
FROM unnest(current_setting('pgsr.schemas')::oid[]) AS o (oid)
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oid
CROSS JOIN LATERAL aclexplode(array_remove(n.nspacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
UNION ALL
SELECT 'N', d.defaclrole, '', i.grantee, i.grantor, i.privilege_type, i.is_grantable
FROM pg_catalog.pg_default_acl AS d
CROSS JOIN LATERAL aclexplode(array_remove(d.defaclacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
WHERE d.defaclrole = ANY(current_setting('pgsr.scope')::oid[]) AND d.defaclnamespace = 0 AND d.defaclobjtype = 'n'
UNION ALL
SELECT 'r', c.oid, '', i.grantee, i.grantor, i.privilege_type, i.is_grantable
FROM unnest(current_setting('pgsr.relations')::oid[]) AS o (oid)
JOIN pg_catalog.pg_class AS c ON c.oid = o.oid
CROSS JOIN LATERAL aclexplode(
    nullif(array_remove(c.relacl, (acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))[1]), '{}')
) AS i (grantor, grantee, privilege_type, is_grantable)
UNION ALL
SELECT 'r', a.attrelid, a.attname, i.grantee, i.grantor, i.privilege_type, i.is_grantable
FROM pg_catalog.pg_attribute AS a
CROSS JOIN LATERAL aclexplode(array_remove(a.attacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
WHERE a.ctid = ANY(current_setting('pgsr.columns')::tid[]);

-- name: Defaults :many
-- What each kind of object has when its ACL is NULL, written for an owner who is the bootstrap superuser (10).
SELECT
    k.letter::text AS letter,
    (i.grantee = 10)::boolean AS to_owner,
    i.privilege_type::text AS privilege,
    i.is_grantable::boolean AS grantable
FROM unnest(@letters::text[]) AS k (letter)
CROSS JOIN LATERAL aclexplode(acldefault(k.letter::"char", 10::oid)) AS i (grantor, grantee, privilege_type, is_grantable);
