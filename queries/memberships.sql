-- What a transaction has written that does nothing but grant and revoke roles.

-- name: MembershipsWritten :many
-- By the number of the transaction that wrote each row, ours or a later one: https://www.postgresql.org/docs/current/ddl-system-columns.html
-- Before 16 there are no options: what is named bare is then the column of the query around it.
SELECT
    m.roleid::oid AS role,
    m.member::oid AS member,
    m.grantor::oid AS grantor,
    m.admin_option::boolean AS admin,
    m.inherit_option::boolean AS inherit,
    m.set_option::boolean AS set
FROM (SELECT true AS inherit_option, true AS set_option) AS older
CROSS JOIN LATERAL (
    SELECT m.member, m.roleid, m.grantor, m.admin_option, inherit_option::boolean AS inherit_option, set_option::boolean AS set_option
    FROM pg_catalog.pg_auth_members AS m
    WHERE age(m.xmin) <= age(pg_current_xact_id()::text::xid)
) AS m;

-- name: MembershipsLeft :one
-- Counts all memberships, and how many of some are still there.
SELECT
    (SELECT count(a.roleid) FROM pg_catalog.pg_auth_members AS a)::bigint AS total,
    count(m.roleid)::bigint AS still_there
FROM ROWS FROM (unnest(@roles::oid[]), unnest(@members::oid[]), unnest(@grantors::oid[])) AS g (role, member, grantor)
JOIN pg_catalog.pg_auth_members AS m ON m.roleid = g.role AND m.member = g.member AND m.grantor = g.grantor;
