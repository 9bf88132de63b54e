-- What a transaction that only grants and revokes roles has written.

-- name: MembershipsWritten :one
-- Counts all memberships. Gives those that this or a later transaction wrote, by the xmin of their rows, and all rows
-- of some pairs of a role and a member. A pair is the OID of the role and, in the lower half, that of the member, in
-- the arguments and in the result. Options are bits: 1 ADMIN, 2 INHERIT, 4 SET; 8 tells that the row was written.
-- OFFSET 0 has the server look once at each. https://www.postgresql.org/docs/current/ddl-system-columns.html
-- Before 16 there are no options: a bare name is then the column of the query around it.
SELECT
    count(*)::bigint AS total,
    coalesce(array_agg(m.pair) FILTER (WHERE m.options IS NOT NULL), '{}')::bigint[] AS pairs,
    coalesce(array_agg(m.grantor) FILTER (WHERE m.options IS NOT NULL), '{}')::oid[] AS grantors,
    coalesce(array_agg(m.options) FILTER (WHERE m.options IS NOT NULL), '{}')::integer[] AS options
FROM (SELECT true AS inherit_option, true AS set_option) AS older
CROSS JOIN LATERAL (
    SELECT m.roleid::bigint << 32 | m.member::bigint AS pair, m.grantor,
        CASE
            WHEN age(m.xmin) <= (SELECT age((txid_current() % 4294967296)::text::xid)) THEN
                8 + CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END
            WHEN (m.roleid::bigint << 32 | m.member::bigint) = ANY(@pairs::bigint[]) THEN 0
        END AS options
    FROM pg_catalog.pg_auth_members AS m
    OFFSET 0
) AS m;
