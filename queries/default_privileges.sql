-- Default privileges of the connected database. What /* in scope: */ marks is part of the query where only what belongs to a scope is read: see
-- always_read.sql.

-- name: DefaultPrivileges :many
-- Gives a row for each ACL item. An empty ACL, which is something else than no row of pg_default_acl, has one row
-- without a privilege. The grantor is always the owner:
-- https://www.postgresql.org/docs/current/catalog-pg-default-acl.html
SELECT
    d.defaclrole::oid AS owner,
    coalesce(n.nspname, '')::text AS schema,
    d.defaclobjtype::text AS letter,
    coalesce(i.grantee, 0)::oid AS grantee,
    coalesce(i.privilege_type, '')::text AS privilege,
    coalesce(i.is_grantable, false)::boolean AS grantable
FROM pg_catalog.pg_default_acl AS d
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
LEFT JOIN LATERAL aclexplode(array_remove(d.defaclacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable) ON cardinality(d.defaclacl) > 0
WHERE true /* in scope: AND d.oid = ANY(current_setting('pgsr.futures')::oid[]) */
ORDER BY d.oid;
