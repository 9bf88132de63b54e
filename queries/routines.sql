-- Routines: functions, aggregates, window functions and procedures. What /* in scope: */ marks is part of a query where only what belongs to a scope is
-- read: see scope.sql.

-- name: Routines :many
-- A row for each item of an ACL, and one for a routine whose ACL has none or is the built-in default: an item without a privilege is none. The types of
-- the arguments are given by OID, and each once in a row of its own, of kind t: that is its element's if it is an array. To write them for
-- each routine takes the server several times as long. Before 11 there is no prokind: named bare, it is then that of the query around it. https://www.postgresql.org/docs/current/catalog-pg-proc.html
-- Temporary ones are left out: they go with their session.
-- PostgreSQL's own are left out on which nothing was granted, unless the system's are asked for: there are thousands.
WITH routine AS (
    SELECT p.oid, p.pronamespace, p.proname, p.proowner, p.prokind, p.prosecdef, p.proargtypes, p.proacl
    FROM (SELECT 'f'::"char" AS prokind) AS older
    CROSS JOIN LATERAL (
        SELECT p.oid, p.pronamespace, p.proname, p.proowner, prokind, p.prosecdef, p.proargtypes, p.proacl
        FROM pg_catalog.pg_proc AS p
        WHERE current_setting('pgsr.whole')::boolean
            AND (@system::boolean OR p.proacl IS NOT NULL OR p.pronamespace <> ALL (ARRAY(
                SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname IN ('pg_catalog', 'information_schema')
            )))
            /* in scope: AND p.oid = ANY(current_setting('pgsr.routines')::oid[]) */
    ) AS p
)
SELECT
    r.prokind AS kind,
    r.oid::oid AS oid,
    n.nspname::name AS schema,
    r.proname::name AS name,
    r.proowner::oid AS owner,
    (r.proacl IS NULL)::boolean AS default_acl,
    r.prosecdef::boolean AS as_owner,
    r.proargtypes::oid[] AS arguments,
    coalesce(i.grantee, 0)::oid AS grantee,
    coalesce(i.grantor, 0)::oid AS grantor,
    coalesce(i.privilege_type, '')::text AS privilege,
    coalesce(i.is_grantable, false)::boolean AS grantable
FROM routine AS r
JOIN pg_catalog.pg_namespace AS n ON n.oid = r.pronamespace AND left(n.nspname::text, 8) <> 'pg_temp_'
LEFT JOIN LATERAL aclexplode(array_remove(r.proacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable) ON r.proacl IS NOT NULL
UNION ALL
SELECT 't'::"char", t.oid, n.nspname, coalesce(e.typname, t.typname), 0, e.oid IS NOT NULL, false, NULL::oid[], 0, 0, '', false
FROM (SELECT DISTINCT unnest(r.proargtypes::oid[]) AS oid FROM routine AS r) AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.oid
LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = coalesce(e.typnamespace, t.typnamespace);
