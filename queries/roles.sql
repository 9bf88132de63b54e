-- Roles and what they are members of.

-- name: Roles :many
-- Administers is how many memberships an administrator role has, and the connecting role, of which more than 1001 are not counted.
SELECT
    r.oid::oid AS oid,
    r.rolname::text AS name,
    r.rolsuper::boolean AS superuser,
    r.rolinherit::boolean AS inherit,
    r.rolcreaterole::boolean AS create_role,
    r.rolcreatedb::boolean AS create_db,
    r.rolcanlogin::boolean AS login,
    r.rolreplication::boolean AS replication,
    r.rolbypassrls::boolean AS bypass_rls,
    r.rolconnlimit::integer AS connection_limit,
    r.rolvaliduntil AS valid_until,
    coalesce(d.description, '')::text AS comment,
    ((r.oid IN (SELECT unnest(current_setting('pgsr.lone')::oid[]))) IS TRUE)::boolean AS alone,
    (CASE WHEN r.rolname = current_user OR starts_with(r.rolname::text, '_pgsr_administrator_') THEN
        (SELECT count(*) FROM (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid LIMIT 1001) AS m)
    ELSE 0 END)::integer AS administers
FROM unnest(current_setting('pgsr.roles')::oid[]) AS o (oid)
JOIN pg_catalog.pg_roles AS r ON r.oid = o.oid
LEFT JOIN pg_catalog.pg_shdescription AS d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass;

-- name: Verifiers :many
-- By way of ts_stat for the reason given in server.sql: most may not read pg_authid. Who may gets a row for role 0, and one for each role with
-- a password, which is empty if it is too long to be sent. To tell whether one may, the server goes through all roles that one administers: it is asked only
-- where anyone beside superusers may. https://www.postgresql.org/docs/current/predefined-roles.html
SELECT
    split_part(v.word, ' ', 1)::oid AS role,
    substr(v.word, strpos(v.word, ' ') + 1)::text AS verifier
FROM ts_stat(CASE
    WHEN NOT current_setting('is_superuser')::boolean
        AND NOT 'pg_read_all_data'::regrole = ANY(current_setting('pgsr.acting')::oid[])
        AND (SELECT c.relacl <@ acldefault('r', c.relowner) FROM pg_catalog.pg_class AS c WHERE c.oid = 'pg_catalog.pg_authid'::regclass) THEN
        'SELECT NULL::tsvector'
    WHEN has_table_privilege('pg_catalog.pg_authid', 'SELECT') THEN $$
        SELECT array_to_tsvector(ARRAY['0 '])
        UNION ALL
        SELECT array_to_tsvector(ARRAY[a.oid::text || ' ' || CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END])
        FROM unnest(current_setting('pgsr.scope')::oid[]) AS s (oid)
        JOIN pg_catalog.pg_authid AS a ON a.oid = s.oid
        WHERE a.rolpassword IS NOT NULL
    $$ ELSE
        'SELECT NULL::tsvector'
END) AS v (word, ndoc, nentry);

-- name: Memberships :many
-- Each row stands for many memberships: all of its roles were granted to all of its members. There may be a million, of which most have the
-- same grantor and options. Before 16 they have no options: what is named bare is then the column of the query around it.
SELECT
    m.roles::oid[] AS roles,
    m.members::oid[] AS members,
    m.grantor::oid AS grantor,
    m.admin_option::boolean AS admin,
    m.inherit_option::boolean AS inherit,
    m.set_option::boolean AS set
FROM (
    SELECT ARRAY[r.oid] AS roles, m.members, m.grantor, m.admin_option, m.inherit_option, m.set_option
    FROM pg_catalog.pg_roles AS r
    CROSS JOIN (SELECT true AS inherit_option, true AS set_option) AS older
    CROSS JOIN LATERAL (
        SELECT array_agg(m.member) AS members, m.grantor, m.admin_option, inherit_option::boolean AS inherit_option, set_option::boolean AS set_option
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid = r.oid AND (m.member IN (SELECT unnest(current_setting('pgsr.scope')::oid[]))) IS TRUE
        GROUP BY 2, 3, 4, 5
    ) AS m
    WHERE current_setting('pgsr.wide')::boolean AND current_setting('pgsr.dense')::boolean
    UNION ALL
    SELECT ARRAY[m.roleid], m.members, m.grantor, m.admin_option, m.inherit_option, m.set_option
    FROM (SELECT true AS inherit_option, true AS set_option) AS older
    CROSS JOIN LATERAL (
        SELECT array_agg(m.member) AS members, m.roleid, m.grantor, m.admin_option, inherit_option::boolean AS inherit_option, set_option::boolean AS set_option
        FROM pg_catalog.pg_auth_members AS m
        WHERE (m.member IN (SELECT unnest(current_setting('pgsr.scope')::oid[]))) IS TRUE
        GROUP BY 2, 3, 4, 5, 6
    ) AS m
    WHERE current_setting('pgsr.wide')::boolean AND NOT current_setting('pgsr.dense')::boolean
    UNION ALL
    SELECT m.roles, ARRAY[s.oid], m.grantor, m.admin_option, m.inherit_option, m.set_option
    FROM (
        SELECT unnest(current_setting('pgsr.scope')::oid[]) AS oid, true AS inherit_option, true AS set_option
        WHERE NOT current_setting('pgsr.wide')::boolean
    ) AS s
    CROSS JOIN LATERAL (
        SELECT array_agg(m.roleid) AS roles, m.grantor, m.admin_option, inherit_option::boolean AS inherit_option, set_option::boolean AS set_option
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.member = s.oid
        GROUP BY 2, 3, 4, 5
    ) AS m
    UNION ALL
    SELECT m.roles, ARRAY[m.member], m.grantor, m.admin_option, m.inherit_option, m.set_option
    FROM (SELECT true AS inherit_option, true AS set_option) AS older
    CROSS JOIN LATERAL (
        SELECT array_agg(m.roleid) AS roles, m.member, m.grantor, m.admin_option, m.inherit_option, m.set_option
        FROM (
            SELECT m.roleid, m.member, m.grantor, m.admin_option, inherit_option::boolean AS inherit_option, set_option::boolean AS set_option
            FROM pg_catalog.pg_auth_members AS m
            WHERE m.ctid = ANY(current_setting('pgsr.memberships')::tid[])
            OFFSET 0
        ) AS m
        GROUP BY 2, 3, 4, 5, 6
    ) AS m
) AS m;

-- name: VerifiersOfSuperuser :many
-- The same for a superuser, who may read pg_authid: that ts_stat plans and runs a query of its own takes longer than this one.
SELECT 0::oid AS role, ''::text AS verifier
UNION ALL
SELECT a.oid, CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END
FROM pg_catalog.pg_authid AS a
WHERE a.rolpassword IS NOT NULL AND a.rolname = ANY(@roles::name[]);
