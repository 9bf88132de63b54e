-- What a transaction that only creates roles and grants them others has written.

-- name: RolesWritten :many
-- Gives roles and all memberships of theirs. For a new role, is_used tells that something names it already: a
-- membership in it other than its creator's, or anything in pg_shdepend. Attributes and options are bits, as in
-- drift.sql. A verifier is behind an equals sign. The part /* of verifiers: */ is for superusers. OFFSET 0 keeps the
-- server from reading all of a catalog to look one role up.
SELECT
    r.oid::oid AS oid,
    r.rolname::text AS name,
    (r.rolsuper::integer + 2 * r.rolinherit::integer + 4 * r.rolcreaterole::integer + 8 * r.rolcreatedb::integer + 16 * r.rolcanlogin::integer
        + 32 * r.rolreplication::integer + 64 * r.rolbypassrls::integer)::integer AS attributes,
    r.rolconnlimit::integer AS connection_limit,
    r.rolvaliduntil::timestamptz AS valid_until,
    coalesce(
        (SELECT d.description FROM pg_catalog.pg_shdescription AS d WHERE d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass), ''
    )::text AS comment,
    coalesce(''::text /* of verifiers: || (
        SELECT '=' || CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END
        FROM pg_catalog.pg_authid AS a
        WHERE a.oid = r.oid AND a.rolpassword IS NOT NULL
    ) */, '')::text AS verifier,
    (EXISTS (
        SELECT
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid BETWEEN r.oid AND r.oid AND NOT (m.member = me.oid AND m.grantor IN (10, me.oid)) -- as the server makes its creator from 16 on
        ORDER BY m.roleid
        OFFSET 0
    )
        OR EXISTS (SELECT FROM pg_catalog.pg_shdepend AS d WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = r.oid OFFSET 0))::boolean AS is_used,
    m.roles::oid[] AS roles,
    m.grantors::oid[] AS grantors,
    m.options::integer[] AS options
FROM (SELECT unnest(@roles::name[]) AS name) AS n
CROSS JOIN (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user) AS me
CROSS JOIN (SELECT true AS inherit_option, true AS set_option) AS older
CROSS JOIN LATERAL (
    SELECT r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit,
        r.rolvaliduntil
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = n.name
    OFFSET 0
) AS r
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(m.roleid), '{}') AS roles, coalesce(array_agg(m.grantor), '{}') AS grantors, coalesce(array_agg(
        CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END), '{}') AS options
    FROM pg_catalog.pg_auth_members AS m
    WHERE m.member = r.oid
    OFFSET 0
) AS m;
