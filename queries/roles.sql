-- Roles and what they are members of. What /* in scope: */ marks is part of a query where only what belongs to a scope is read: see scope.sql.

-- name: Roles :many
-- Gives all roles. Usual values are NULL, which takes neither time nor room. Attributes are bits: 1 SUPERUSER, 2
-- INHERIT, 4 CREATEROLE, 8 CREATEDB, 16 LOGIN, 32 REPLICATION, 64 BYPASSRLS; NULL is INHERIT alone. A connection limit
-- of NULL is none. The range of names is that of administrator roles.
SELECT
    r.oid::oid AS oid,
    r.rolname::name AS name,
    CASE WHEN r.rolsuper OR NOT r.rolinherit OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin OR r.rolreplication OR r.rolbypassrls THEN
        r.rolsuper::integer + 2 * r.rolinherit::integer + 4 * r.rolcreaterole::integer + 8 * r.rolcreatedb::integer + 16 * r.rolcanlogin::integer
            + 32 * r.rolreplication::integer + 64 * r.rolbypassrls::integer
    END AS attributes,
    nullif(r.rolconnlimit, -1)::integer AS connection_limit,
    r.rolvaliduntil AS valid_until,
    d.description AS comment,
    CASE WHEN r.rolname >= '_pgsr_administrator_' AND r.rolname < '_pgsr_administrator`' OR r.rolname = (SELECT coalesce(sqlc.narg('acting')::name, current_user)) THEN
        (SELECT count(*) FROM (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid LIMIT 1001) AS m)::integer
    END AS administers
FROM pg_catalog.pg_roles AS r
LEFT JOIN pg_catalog.pg_shdescription AS d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass
WHERE current_setting('pgsr.whole')::boolean /* in scope: AND r.oid = ANY(current_setting('pgsr.roles')::oid[]) */;

-- name: Hidden :one
-- Gives roles that have something that is not read, which matters for privilege roles only. ACLs in these catalogs, of
-- this database and of the cluster, are read, so whoever has only that is left out. The outcome is that of ScopeHidden.
-- Grantors of memberships are left out, since memberships are read: from 16 on there may be as many as memberships.
-- Unknown are roles in ACLs of objects of unknown kinds: of a catalog, or of a relkind that PostgreSQL 18 does not
-- have.
-- IS TRUE keeps the server from the index, which is the longer way to all rows.
-- https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
SELECT
    coalesce(array_agg(DISTINCT h.refobjid) FILTER (WHERE NOT h.is_unknown), '{}')::oid[] AS roles,
    coalesce(array_agg(DISTINCT h.refobjid) FILTER (WHERE h.is_unknown), '{}')::oid[] AS unknown
FROM (
    SELECT d.refobjid,
        d.deptype = 'a' AND d.dbid IN (0, (SELECT here.oid FROM pg_catalog.pg_database AS here WHERE here.datname = current_database()))
            AND (d.classid = 'pg_catalog.pg_class'::regclass
                OR d.classid <> ALL ((SELECT array_agg(to_regclass(c.name)) FILTER (WHERE to_regclass(c.name) IS NOT NULL) FROM unnest(@managed::text[]) AS c (name))::oid[])
            ) AS is_unknown
    FROM pg_catalog.pg_shdepend AS d
    WHERE current_setting('pgsr.whole')::boolean
        AND EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname >= '_pgsr_' AND r.rolname < '_pgsr`')
        AND d.classid <> 'pg_catalog.pg_auth_members'::regclass
        AND (d.refclassid = 'pg_catalog.pg_authid'::regclass) IS TRUE
        AND (NOT (d.deptype = 'a' AND (
            d.classid = ANY((SELECT array_agg(to_regclass(c.name)) FROM unnest(@catalogs::text[]) AS c (name))::oid[])
            AND d.dbid IN (0, (SELECT here.oid FROM pg_catalog.pg_database AS here WHERE here.datname = current_database()))
        )) OR d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = ANY(ARRAY(
            SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind NOT IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I', 't', 'c')
        )))
    OFFSET 0
) AS h;

-- name: Memberships :many
-- Gives the memberships as pairs: the OID of a role and, in the lower half, that of a member. Options are bits: 1
-- ADMIN, 2 INHERIT, 4 SET; one column is less to group by. Before 16 there are no options: a bare name is then the
-- column of the query around it. A row has at most 256 pairs, as there may be a million.
SELECT
    array_agg(m.roleid::bigint << 32 | m.member::bigint)::bigint[] AS pairs,
    m.grantor::oid AS grantor,
    m.options::integer AS options
FROM (SELECT true AS inherit_option, true AS set_option) AS older
CROSS JOIN LATERAL (
    SELECT m.roleid, m.member, m.grantor,
        CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END AS options
    FROM pg_catalog.pg_auth_members AS m
    /* in scope:
    WHERE m.member = ANY(current_setting('pgsr.scope')::oid[])
    UNION ALL
    SELECT m.roleid, m.member, m.grantor,
        CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END
    FROM pg_catalog.pg_auth_members AS m
    WHERE m.ctid = ANY(current_setting('pgsr.memberships')::tid[])
    */
) AS m
WHERE current_setting('pgsr.whole')::boolean
GROUP BY 2, 3, m.roleid::bigint >> 8;

-- name: Verifiers :many
-- By way of ts_stat for the reason given in server.sql: most may not read pg_authid. Who may gets a row for role 0, and one for each role with
-- a password, which is empty if it is too long to be sent. To tell whether one may, the server goes through all roles that one administers: it is asked only
-- where anyone beside superusers may. https://www.postgresql.org/docs/current/predefined-roles.html
-- Names are looked at only where a role has a password. The setting takes them into the query within; they are sent as an array that is written out,
-- which nobody reads before.
SELECT
    split_part(v.word, ' ', 1)::oid AS role,
    substr(v.word, strpos(v.word, ' ') + 1)::text AS verifier
FROM ts_stat(CASE
    WHEN NOT current_setting('is_superuser')::boolean
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_auth_members AS m
            WHERE m.roleid BETWEEN to_regrole('pg_read_all_data') AND to_regrole('pg_read_all_data')
            ORDER BY m.roleid
            OFFSET 0
        )
        AND (SELECT c.relacl <@ acldefault('r', c.relowner) FROM pg_catalog.pg_class AS c WHERE c.oid = 'pg_catalog.pg_authid'::regclass) THEN
        'SELECT NULL::tsvector'
    WHEN has_table_privilege('pg_catalog.pg_authid', 'SELECT') AND set_config('pgsr.names', @roles::text, true) IS NOT NULL THEN $$
        SELECT array_to_tsvector(ARRAY['0 '])
        UNION ALL
        SELECT array_to_tsvector(ARRAY[a.oid::text || ' ' || CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END])
        FROM pg_catalog.pg_authid AS a
        WHERE a.rolpassword IS NOT NULL AND (a.rolname IN (SELECT unnest(current_setting('pgsr.names')::name[]))) IS TRUE
    $$ ELSE
        'SELECT NULL::tsvector'
END) AS v (word, ndoc, nentry)
WHERE current_setting('pgsr.whole')::boolean;

-- name: VerifiersOfSuperuser :many
-- The same for a superuser, who may read pg_authid: that ts_stat plans and runs a query of its own takes longer than this one. The names are those
-- of a subquery: else the server looks up in its statistics how many rows each may be, of thousands.
SELECT 0::oid AS role, ''::text AS verifier
UNION ALL
SELECT a.oid, CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END
FROM pg_catalog.pg_authid AS a
WHERE a.rolpassword IS NOT NULL AND a.rolname = ANY(ARRAY(SELECT unnest(@roles::name[])));
