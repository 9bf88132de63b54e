-- Roles of our own that are no longer needed.

-- name: UnusedRoles :many
-- First the roles that are named as privilege roles of this database and that nothing in the cluster refers to: no ACL, no owner. The
-- object that such a role was for is gone. Then the administrator roles that administer nothing else. That one has granted a role is no
-- reason to stay, where pg_shdepend knows of it: it can have granted only what it administers.
WITH unused AS (
    SELECT r.oid, r.rolname
    FROM pg_catalog.pg_roles AS r
    WHERE
        r.rolname ~ (
            '^_pgsr_local_' || (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())::text
            || '_[a-z]+_[a-z]+_[0-9a-f]{8}$'
        )
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_shdepend AS s
            WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = r.oid AND s.classid <> 'pg_catalog.pg_auth_members'::regclass
        )
), idle AS (
    SELECT r.rolname
    FROM pg_catalog.pg_roles AS r
    WHERE
        r.rolname ~ '^_pgsr_administrator_[0-9a-f]{8}$'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_auth_members AS m
            WHERE m.member = r.oid AND m.roleid NOT IN (SELECT u.oid FROM unused AS u)
        )
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_shdepend AS s
            WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = r.oid AND s.classid <> 'pg_catalog.pg_auth_members'::regclass
        )
)
(SELECT u.rolname::text AS name FROM unused AS u ORDER BY u.rolname)
UNION ALL
(SELECT i.rolname FROM idle AS i ORDER BY i.rolname);
