-- What roles have that a spec says nothing of.

-- name: MembersOutside :many
-- Which members the scope's roles have that are not in it, but for the connecting role and administrator roles: how many, and the first few by name.
SELECT
    o.role,
    cardinality(o.members) AS members,
    (o.members)[1:@most::integer]::text[] AS first
FROM (
    SELECT r.rolname::text AS role, array_agg(DISTINCT o.rolname) AS members
    FROM pg_catalog.pg_roles AS r
    JOIN pg_catalog.pg_auth_members AS m ON m.roleid = r.oid
    JOIN pg_catalog.pg_roles AS o ON o.oid = m.member
    WHERE r.rolname = ANY(@roles::name[])
        AND (o.rolname IN (SELECT unnest(@roles::name[]))) IS NOT TRUE
        AND o.rolname <> current_user AND NOT left(o.rolname::text, 6) = '_pgsr_'
    GROUP BY r.rolname
) AS o;
