-- The same as roles.sql and objects.sql ask for, of the whole cluster, for a scope that is most of it: reading all costs less than working out what to
-- leave out. Whoever plans looks only at what the scope is about.
--
-- Whether a scope is most of a cluster, these questions find out themselves, so that no answer has to be waited for: if it is not, there are no rows.
--
--   pgsr.sampled  about how many memberships the scope's roles have
--   pgsr.whole    whether all is read

-- name: WholeSample :exec
-- Notes about how many memberships the roles of a scope have, by those of some of them. Times is how many roles each of these stands for.
SELECT set_config('pgsr.sampled', (coalesce(sum(m.memberships), 0) * (@times)::bigint)::bigint::text, true) IS NOT NULL
FROM pg_catalog.pg_roles AS r
CROSS JOIN LATERAL (SELECT count(m.roleid) AS memberships FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid) AS m
WHERE r.rolname = ANY(@sample::name[]);

-- name: WholeSize :one
-- Tells whether a scope is about half of what there is, or more. A role takes about 128 bytes of pg_authid, a membership about 64. Where VACUUM has
-- counted what is in the pages, that is how much there is in each, which may be mostly dead: the planner goes by it as well.
-- https://www.postgresql.org/docs/current/row-estimation-examples.html
SELECT set_config('pgsr.whole', (s.scope + c.contents >= (s.roles + s.memberships + c.relations) / 2)::text, true)::boolean AS whole
FROM (
    SELECT count(*) AS relations,
        count(*) FILTER (WHERE c.relnamespace = ANY(ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@contents::name[])))) AS contents
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
) AS c
CROSS JOIN (
    SELECT
        ((@named)::bigint + current_setting('pgsr.sampled')::bigint)::bigint AS scope,
        least(pg_relation_size('pg_catalog.pg_authid') / 128, (
            SELECT k.reltuples / k.relpages * (pg_relation_size(k.oid) / 8192)
            FROM pg_catalog.pg_class AS k
            WHERE k.oid = 'pg_catalog.pg_authid'::regclass AND k.relpages >= 10
        ))::bigint AS roles,
        least(pg_relation_size('pg_catalog.pg_auth_members') / 64, (
            SELECT k.reltuples / k.relpages * (pg_relation_size(k.oid) / 8192)
            FROM pg_catalog.pg_class AS k
            WHERE k.oid = 'pg_catalog.pg_auth_members'::regclass AND k.relpages >= 10
        ))::bigint AS memberships
) AS s;

-- name: WholeKnown :exec
-- Notes what WholeSize has found out before.
SELECT set_config('pgsr.whole', 'true', true);

-- name: WholeStart :exec
-- JIT costs more than it gains here, and arrays of members are larger than the server thinks.
SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true);

-- name: WholeRoles :many
-- What is usual is NULL, which takes neither time nor room. Attributes are bits: 1 SUPERUSER, 2 INHERIT, 4 CREATEROLE, 8 CREATEDB, 16 LOGIN,
-- 32 REPLICATION, 64 BYPASSRLS; NULL is INHERIT alone. A connection limit of NULL is none. The range is that of the names of administrator roles.
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
    CASE WHEN r.rolname >= '_pgsr_administrator_' AND r.rolname < '_pgsr_administrator`' OR r.rolname = (SELECT current_user) THEN
        (SELECT count(*) FROM (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid LIMIT 1001) AS m)::integer
    END AS administers
FROM pg_catalog.pg_roles AS r
LEFT JOIN pg_catalog.pg_shdescription AS d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass
WHERE current_setting('pgsr.whole')::boolean;

-- name: WholeHidden :one
-- Roles that have something beside what ACLs of this database's relations and schemas, and of databases, name them for: those are read. Who has
-- only that, and what it is, can be seen from them, with the same outcome as in ScopeLone. It matters of privilege roles only.
-- IS TRUE keeps the server from the index, which is the longer way to all rows.
-- https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
SELECT coalesce(array_agg(DISTINCT d.refobjid), '{}')::oid[] AS roles
FROM pg_catalog.pg_shdepend AS d
WHERE current_setting('pgsr.whole')::boolean
    AND EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname >= '_pgsr_' AND r.rolname < '_pgsr`')
    AND (d.refclassid = 'pg_catalog.pg_authid'::regclass) IS TRUE
    AND NOT (d.deptype = 'a' AND (
        d.classid = 'pg_catalog.pg_database'::regclass
        OR d.classid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_namespace'::regclass)
            AND d.dbid = (SELECT here.oid FROM pg_catalog.pg_database AS here WHERE here.datname = current_database())
    ));

-- name: WholeMemberships :many
-- A pair is the OID of a role and, in the lower half, that of a member. Options are bits: 1 ADMIN, 2 INHERIT, 4 SET; as one column, which is less to
-- group by. Before 16 there are no options: what is named bare is then the column of the query around it. Of a million memberships no more than
-- those of 256 OIDs are sent at a time.
SELECT
    array_agg(m.roleid::bigint << 32 | m.member::bigint)::bigint[] AS pairs,
    m.grantor::oid AS grantor,
    m.options::integer AS options
FROM (SELECT true AS inherit_option, true AS set_option) AS older
CROSS JOIN LATERAL (
    SELECT m.roleid, m.member, m.grantor,
        CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END AS options
    FROM pg_catalog.pg_auth_members AS m
) AS m
WHERE current_setting('pgsr.whole')::boolean
GROUP BY 2, 3, m.roleid::bigint >> 8;

-- name: WholeObjects :many
-- Kind is relkind, or d for a database, n for a schema. Schemas, and the tables that sequences belong to, are given by OID. The types of a column
-- are the same in all branches, or the server would go over all rows once more. Has_default and code are as in objects.sql.
SELECT
    'd'::"char" AS kind,
    d.oid::oid AS oid,
    NULL::oid AS schema,
    d.datname::name AS name,
    d.datdba::oid AS owner,
    (d.datacl IS NULL)::boolean AS has_default,
    NULL::oid AS sequence_of,
    NULL::"char" AS code
FROM pg_catalog.pg_database AS d
WHERE current_setting('pgsr.whole')::boolean
UNION ALL
SELECT 'n'::"char", n.oid, NULL::oid, n.nspname, n.nspowner, n.nspacl IS NULL, NULL::oid, NULL::"char"
FROM pg_catalog.pg_namespace AS n
WHERE current_setting('pgsr.whole')::boolean
UNION ALL
SELECT c.relkind, c.oid, c.relnamespace, c.relname, c.relowner,
    c.relacl IS NULL OR (acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))[1] = ANY(c.relacl),
    CASE WHEN c.relkind = 'S' THEN (
        SELECT d.refobjid
        FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
            AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
        LIMIT 1
    ) END,
    CASE
        WHEN c.relkind NOT IN ('r', 'p', 'f') THEN NULL::"char"
        WHEN c.relhasrules AND c.oid IN (SELECT w.ev_class FROM pg_catalog.pg_rewrite AS w) THEN 'r'::"char"
        WHEN c.relhasindex AND c.oid IN (SELECT x.indrelid FROM pg_catalog.pg_index AS x WHERE x.indexprs IS NOT NULL OR x.indpred IS NOT NULL) THEN 'i'::"char"
        WHEN c.oid IN (SELECT s.stxrelid FROM pg_catalog.pg_statistic_ext AS s WHERE s.stxexprs IS NOT NULL) THEN 's'::"char"
        WHEN c.relhastriggers AND c.oid IN (
            SELECT k.conrelid
            FROM pg_catalog.pg_constraint AS k
            WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
        ) THEN 'f'::"char"
    END
FROM pg_catalog.pg_class AS c
WHERE current_setting('pgsr.whole')::boolean AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't';

-- name: WholeItems :many
-- That aclexplode() stands where columns do spares the server keeping its rows, which takes as long again. OFFSET 0 has it called once, not once for
-- each column: https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTIONS-RETURNING-SET
-- Where nothing is removed, array_remove() is for large ACLs, which are stored compressed: aclexplode() decompresses them anew for each row.
-- Nothing is left out, as roles may have something on what WholeObjects leaves out. NULL is the class of relations, and for what is no column.
SELECT
    i.class AS class,
    i.object::oid AS object,
    i.column_name AS column_name,
    (i.item).grantee::oid AS grantee,
    (i.item).grantor::oid AS grantor,
    (i.item).privilege_type::text AS privilege,
    (i.item).is_grantable::boolean AS grantable
FROM (
    SELECT 'd'::text AS class, d.oid AS object, NULL::name AS column_name, aclexplode(array_remove(d.datacl, NULL)) AS item
    FROM pg_catalog.pg_database AS d
    UNION ALL
    SELECT 'n'::text, n.oid, NULL::name, aclexplode(array_remove(n.nspacl, NULL))
    FROM pg_catalog.pg_namespace AS n
    UNION ALL
    SELECT 'N'::text, d.defaclrole, NULL::name, aclexplode(array_remove(d.defaclacl, NULL))
    FROM pg_catalog.pg_default_acl AS d
    WHERE d.defaclnamespace = 0 AND d.defaclobjtype = 'n'
    UNION ALL
    SELECT NULL::text, c.oid, NULL::name,
        aclexplode(nullif(array_remove(c.relacl, (acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))[1]), '{}'))
    FROM pg_catalog.pg_class AS c
    WHERE c.relacl IS NOT NULL
    UNION ALL
    SELECT NULL::text, a.attrelid, a.attname, aclexplode(array_remove(a.attacl, NULL))
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    OFFSET 0
) AS i
WHERE current_setting('pgsr.whole')::boolean;

-- name: WholeVerifiers :many
-- The same as Verifiers, for very many roles, by their names, which are looked at only where a role has a password. The setting takes them into the query
-- within; they are sent as an array that is written out, which nobody reads before.
SELECT
    split_part(v.word, ' ', 1)::oid AS role,
    substr(v.word, strpos(v.word, ' ') + 1)::text AS verifier
FROM ts_stat(CASE
    WHEN NOT current_setting('is_superuser')::boolean
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = 'pg_read_all_data'::regrole)
        AND (SELECT c.relacl <@ acldefault('r', c.relowner) FROM pg_catalog.pg_class AS c WHERE c.oid = 'pg_catalog.pg_authid'::regclass) THEN
        'SELECT NULL::tsvector'
    WHEN has_table_privilege('pg_catalog.pg_authid', 'SELECT') AND set_config('pgsr.scope', @roles::text, true) IS NOT NULL THEN $$
        SELECT array_to_tsvector(ARRAY['0 '])
        UNION ALL
        SELECT array_to_tsvector(ARRAY[a.oid::text || ' ' || CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END])
        FROM pg_catalog.pg_authid AS a
        WHERE a.rolpassword IS NOT NULL AND (a.rolname IN (SELECT unnest(current_setting('pgsr.scope')::name[]))) IS TRUE
    $$ ELSE
        'SELECT NULL::tsvector'
END) AS v (word, ndoc, nentry)
WHERE current_setting('pgsr.whole')::boolean;
