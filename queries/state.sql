-- What a plan of many statements touches, by name and by OID, noted in the settings of scope.sql, by which roles.sql and
-- objects.sql read it.

-- name: StateScope :exec
-- Notes roles by name with their members. By OID it notes databases, schemas, and relations with their schemas.
WITH role AS (
    SELECT coalesce(array_agg(r.oid), '{}')::oid[] AS oids FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[])
), membership AS (
    SELECT m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = ANY((SELECT r.oids FROM role AS r)::oid[]) ORDER BY m.roleid OFFSET 0
), namespace AS (
    SELECT unnest(@schemas::oid[]) AS oid UNION SELECT c.relnamespace FROM pg_catalog.pg_class AS c WHERE c.oid = ANY(@relations::oid[])
)
SELECT
    set_config('pgsr.scope', '{}', true) IS NOT NULL,
    set_config('pgsr.databases', CAST(@databases::oid[] AS text), true) IS NOT NULL,
    set_config('pgsr.roles', (SELECT r.oids::text FROM role AS r), true) IS NOT NULL,
    set_config('pgsr.memberships', (SELECT coalesce(array_agg(m.ctid), '{}')::text FROM membership AS m), true) IS NOT NULL,
    set_config('pgsr.relations', CAST(@relations::oid[] AS text), true) IS NOT NULL,
    set_config('pgsr.schemas', (SELECT coalesce(array_agg(n.oid), '{}')::text FROM namespace AS n), true) IS NOT NULL;
