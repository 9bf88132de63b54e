-- What roles have that a spec says nothing of.

-- name: MembersOutside :many
-- How many members the scope's roles have that are not in it, but for the connecting role and administrator roles.
SELECT r.rolname::text AS role, count(DISTINCT m.member) AS members
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_auth_members AS m ON m.roleid = r.oid
JOIN pg_catalog.pg_roles AS o ON o.oid = m.member
WHERE r.rolname = ANY(@roles::name[])
    AND (o.rolname IN (SELECT unnest(@roles::name[]))) IS NOT TRUE
    AND o.rolname <> current_user AND NOT starts_with(o.rolname::text, '_pgsr_')
GROUP BY r.rolname;
