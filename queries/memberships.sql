-- What a transaction has written that does nothing but grant and revoke roles.

-- name: MembershipsWritten :many
-- The memberships that ours or a later transaction wrote, by the number of the one that wrote each row, and whatever a role and a member have of some
-- pairs: each is the OID of a role and, in the lower half, that of a member. All are gone through once.
-- https://www.postgresql.org/docs/current/ddl-system-columns.html
-- Before 16 there are no options: what is named bare is then the column of the query around it.
SELECT
    m.roleid::oid AS role,
    m.member::oid AS member,
    m.grantor::oid AS grantor,
    m.admin_option::boolean AS admin,
    m.inherit_option::boolean AS inherit,
    m.set_option::boolean AS set,
    m.is_written::boolean AS is_written
FROM (SELECT true AS inherit_option, true AS set_option) AS older
CROSS JOIN LATERAL (
    SELECT m.member, m.roleid, m.grantor, m.admin_option, inherit_option::boolean AS inherit_option, set_option::boolean AS set_option,
        age(m.xmin) <= (SELECT age(pg_current_xact_id()::xid)) AS is_written
    FROM pg_catalog.pg_auth_members AS m
    WHERE age(m.xmin) <= (SELECT age(pg_current_xact_id()::xid)) OR (m.roleid::bigint << 32 | m.member::bigint) = ANY(@pairs::bigint[])
) AS m;

-- name: MembershipsTotal :one
SELECT count(*)::bigint AS total FROM pg_catalog.pg_auth_members;
