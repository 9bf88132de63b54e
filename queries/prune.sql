-- Privilege roles that are no longer needed.

-- name: UnusedPrivilegeRoles :many
-- Roles that are named as privilege roles of this database and that nothing in the cluster refers to: no ACL, no owner. The
-- object that such a role was for is gone.
SELECT r.rolname::text AS name
FROM pg_catalog.pg_roles AS r
WHERE
    r.rolname ~ (
        '^_pgsr_local_' || (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())::text
        || '_[a-z]+_[a-z]+_[0-9a-f]{8}$'
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_shdepend AS s
        WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = r.oid
    )
ORDER BY r.rolname;
