-- Who may grant privilege roles, which from 16 on takes ADMIN OPTION.

-- name: Administrators :many
-- Gives the memberships WITH ADMIN OPTION in some privilege roles and, for administrator roles among their members, all
-- memberships in these. Each row has what the member is. If a role has very many members, only the oldest memberships
-- are looked at, as in ScopeMemberships. Attributes and options are bits, as in drift.sql. It comes after ScopeStart.
WITH administered AS (
    SELECT m.roleid, m.member, m.grantor, m.options
    FROM (SELECT unnest(@roles::oid[]) AS oid, true AS inherit_option, true AS set_option) AS p
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.member, m.grantor, m.admin_option,
            CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END AS options
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid BETWEEN p.oid AND p.oid
        ORDER BY m.roleid, m.member
        LIMIT 200
    ) AS m
    WHERE m.admin_option
), administrator AS (
    SELECT DISTINCT a.member AS oid FROM administered AS a
), membership AS (
    SELECT a.roleid, a.member, a.grantor, a.options FROM administered AS a
    UNION ALL
    SELECT m.roleid, m.member, m.grantor, m.options
    FROM (SELECT a.oid, true AS inherit_option, true AS set_option FROM administrator AS a) AS a
    CROSS JOIN LATERAL (
        SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = a.oid AND left(r.rolname::text, 20) = '_pgsr_administrator_' OFFSET 0
    ) AS r
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.member, m.grantor,
            CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END AS options
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid BETWEEN r.oid AND r.oid
        ORDER BY m.roleid
        OFFSET 0
    ) AS m
)
SELECT
    (SELECT r.rolname FROM pg_catalog.pg_roles AS r WHERE r.oid = m.roleid)::text AS role,
    (SELECT r.rolname FROM pg_catalog.pg_roles AS r WHERE r.oid = m.grantor)::text AS grantor,
    m.options::integer AS options,
    r.oid::oid AS oid,
    r.rolname::text AS member,
    (r.rolsuper::integer + 2 * r.rolinherit::integer + 4 * r.rolcreaterole::integer + 8 * r.rolcreatedb::integer + 16 * r.rolcanlogin::integer
        + 32 * r.rolreplication::integer + 64 * r.rolbypassrls::integer)::integer AS attributes,
    r.rolconnlimit::integer AS connection_limit
FROM membership AS m
CROSS JOIN LATERAL (
    SELECT r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = m.member
    OFFSET 0
) AS r;
