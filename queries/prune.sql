-- Roles of pgsr's own that nothing needs any more.

-- name: UnusedRoles :many
-- Gives the roles of pgsr's own that nothing in the cluster refers to, neither an ACL nor an owner, with the roles that
-- they are members of. That such a role has granted a role keeps it not, although pg_shdepend knows of it from 16 on:
-- it can have granted only what it administers.
SELECT
    r.oid::oid AS oid,
    r.rolname::text AS name,
    ARRAY(SELECT m.roleid FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid)::oid[] AS administers,
    (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())::oid AS database
FROM pg_catalog.pg_roles AS r
WHERE
    left(r.rolname::text, 6) = '_pgsr_'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_shdepend AS s
        WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = r.oid AND s.classid <> 'pg_catalog.pg_auth_members'::regclass
    )
ORDER BY r.rolname;
