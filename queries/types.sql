-- Types and domains. What /* in scope: */ marks is part of a query where only what belongs to a scope is read: see scope.sql.

-- name: Types :many
-- Gives a row for each ACL item. A type whose ACL is empty, or the built-in default, has one row without a privilege.
-- Kind is typtype, or R for the row type of a table, which has the table's owner. Arrays have no ACL of their own, nor
-- have multiranges from 17 on. https://www.postgresql.org/docs/current/catalog-pg-type.html
-- Temporary types are left out: they go with their session. PostgreSQL's own types, and row types, are left out if
-- nothing was granted on them, unless the system's are asked for.
-- They are left out before anything else is asked of them, since each table has two types. An array is a type that
-- array_in() reads, which no other type can use. To the server, int2vector and oidvector are arrays, too: GRANT refuses
-- them.
SELECT
    (CASE WHEN t.row_of IS NULL THEN t.typtype ELSE 'R' END)::"char" AS kind,
    t.oid::oid AS oid,
    n.nspname::name AS schema,
    t.typname::name AS name,
    t.typowner::oid AS owner,
    (t.typacl IS NULL)::boolean AS default_acl,
    coalesce(t.row_of, 0)::oid AS table_oid,
    coalesce(i.grantee, 0)::oid AS grantee,
    coalesce(i.grantor, 0)::oid AS grantor,
    coalesce(i.privilege_type, '')::text AS privilege,
    coalesce(i.is_grantable, false)::boolean AS grantable
FROM (
    SELECT t.oid, t.typnamespace, t.typname, t.typowner, t.typtype, t.typacl,
        (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind <> 'c') AS row_of
    FROM pg_catalog.pg_type AS t
    WHERE current_setting('pgsr.whole')::boolean AND (t.typtype <> 'p' OR t.typisdefined OR t.typacl IS NOT NULL) AND t.typinput NOT IN ('pg_catalog.array_in'::regproc, 'pg_catalog.int2vectorin'::regproc, 'pg_catalog.oidvectorin'::regproc)
        AND (
            @system::boolean OR t.typacl IS NOT NULL OR t.typtype <> 'c'
            OR t.typrelid IN (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'c')
        )
        /* in scope: AND t.oid = ANY(current_setting('pgsr.types')::oid[]) */
    OFFSET 0
) AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace AND left(n.nspname::text, 8) <> 'pg_temp_'
LEFT JOIN LATERAL aclexplode(array_remove(t.typacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable) ON t.typacl IS NOT NULL
WHERE t.typacl IS NOT NULL OR t.row_of IS NULL AND (@system::boolean OR n.nspname NOT IN ('pg_catalog', 'information_schema'))
    OR @system::boolean AND left(n.nspname::text, 8) <> 'pg_toast';
