-- Whether a cluster differs from a spec of few roles, which most often it does not.

-- name: Drift :many
-- What the roles of a scope have, and the objects that it names, in one answer: less than it takes to plan anything,
-- and enough to see that there is nothing to plan. It does not depend on what else is in the cluster. pg_shdepend says
-- what the roles have, and the privilege roles that they are members of:
-- https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
-- Of ACLs, only the items of these roles, and of PUBLIC, are read, and of the privilege roles that the named objects'
-- ACLs name: new roles may get these. Of default privileges, those are read that belong to a role of the scope or a
-- mentioned one, or have something for one of the scope.
-- Part says what a row is: s the session, with the snapshot and its moment, r a role, m a membership, o an object,
-- i an item of an ACL, f one of default privileges, as DefaultPrivileges gives it, a what a routine or type is, and a
-- routine's argument types by OID, t such a type, or that of its elements.
-- Bits of the session: 1 there is a ledger, 2 others than superusers may be able to read passwords, 4 a role has
-- something on what always_read.sql reads, or the script of an extension has granted it something, as pg_shdepend knows
-- from 17 on, 8 a role has something on other objects than those that are named, or on columns.
-- Bits of a role: 128 it has nothing but what one ACL gives it, see ScopeHidden; 256 it is a member of another.
-- Parts of the query are comments until they are asked for:
-- /* of schemas: */ and /* of relations: */ where these are named, /* of many: */ where routines or types are;
-- /* of others: */ and /* of many others: */ for all other objects on which a role has something;
-- /* of contained: */ for the schemas of what is in one, and /* of contents: */ for all that is in some schemas;
-- /* of columns: */ where columns are named: pg_shdepend does not say what an owner has on those of its own tables;
-- /* of default privileges: */ where FUTURE phrases are: else bit 4 tells of a role that has something there;
-- /* of everyone: */ for what PUBLIC has, /* of members: */ and /* of passwords: */ where these matter;
-- /* of verifiers: */ for the passwords of the scope's roles, each behind an equals sign, which superusers may read.
-- What goes from one role or object to the next is a lateral query with OFFSET 0, as in scope.sql.
-- Most of the time that the server takes goes into making the nodes of the plan ready, so that there are few: the
-- branches of the answer have the same types, without which each would have one more.
WITH scope AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[])
), here AS (
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), membership AS (
    SELECT m.roleid, m.member, m.grantor, m.options
    FROM (SELECT s.oid, true AS inherit_option, true AS set_option FROM scope AS s) AS s
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.member, m.grantor,
            CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END AS options
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.member = s.oid
        OFFSET 0
    ) AS m
), named AS (
    SELECT o.kind, o.schema, o.name
    FROM ROWS FROM (unnest(@kinds::text[]), unnest(@schemas::name[]), unnest(@names::name[])) AS o (kind, schema, name)
), named_object AS (
    SELECT 'd'::text AS kind, 'pg_catalog.pg_database'::regclass::oid AS classid, d.oid, NULL::oid AS schema, d.datname AS name, d.datdba AS owner, d.datacl AS acl
    FROM named AS o
    CROSS JOIN LATERAL (SELECT d.oid, d.datname, d.datdba, d.datacl FROM pg_catalog.pg_database AS d WHERE d.datname = o.name OFFSET 0) AS d
    WHERE o.kind = 'DATABASE'
    /* of schemas:
    UNION ALL
    SELECT 'n', 'pg_catalog.pg_namespace'::regclass::oid, n.oid, NULL::oid, n.nspname, n.nspowner, n.nspacl
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.name OFFSET 0) AS n
    WHERE o.kind = 'SCHEMA'
    */
    /* of relations:
    UNION ALL
    SELECT c.relkind::text, 'pg_catalog.pg_class'::regclass::oid, c.oid, c.relnamespace, c.relname, c.relowner, c.relacl
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (
        SELECT c.relkind, c.oid, c.relnamespace, c.relname, c.relowner, c.relacl
        FROM pg_catalog.pg_class AS c
        WHERE c.relname = o.name AND c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
        OFFSET 0
    ) AS c
    WHERE o.kind = ''
    */
    /* of many:
    UNION ALL
    SELECT 'P', 'pg_catalog.pg_proc'::regclass::oid, p.oid, p.pronamespace, p.proname, p.proowner, p.proacl
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (
        SELECT p.oid, p.pronamespace, p.proname, p.proowner, p.proacl FROM pg_catalog.pg_proc AS p WHERE p.proname = o.name AND p.pronamespace = n.oid OFFSET 0
    ) AS p
    WHERE o.kind = 'ROUTINE'
    UNION ALL
    SELECT 'T', 'pg_catalog.pg_type'::regclass::oid, t.oid, t.typnamespace, t.typname, t.typowner, t.typacl
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typnamespace, t.typname, t.typowner, t.typacl
        FROM pg_catalog.pg_type AS t
        WHERE t.typname = o.name AND t.typnamespace = n.oid AND (t.typtype <> 'p' OR t.typisdefined OR t.typacl IS NOT NULL)
            AND t.typinput NOT IN ('pg_catalog.array_in'::regproc, 'pg_catalog.int2vectorin'::regproc, 'pg_catalog.oidvectorin'::regproc)
        OFFSET 0
    ) AS t
    WHERE o.kind = 'TYPE'
    */
), contents AS (
    SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@contents::name[])
), asked AS (
    SELECT unnest(@members_of::name[]) AS name
/* of members:
), outside AS (
    SELECT m.roleid, m.member, m.grantor, m.options
    FROM (
        SELECT r.oid, true AS inherit_option, true AS set_option
        FROM asked AS n
        CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = n.name OFFSET 0) AS r
    ) AS r
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.member, m.grantor,
            CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END AS options
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid BETWEEN r.oid AND r.oid
        ORDER BY m.roleid
        OFFSET 0
    ) AS m
    WHERE NOT EXISTS (SELECT FROM scope AS s WHERE s.oid = m.member)
*/
), privileged AS (
    SELECT g.oid, g.is_had
    FROM (
        SELECT g.oid, bool_or(g.is_had) AS is_had
        FROM (
            SELECT m.roleid AS oid, true AS is_had FROM membership AS m
            UNION ALL
            SELECT i.grantee, false
            FROM named_object AS o
            CROSS JOIN LATERAL aclexplode(array_remove(o.acl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
            WHERE o.acl IS NOT NULL
        ) AS g
        GROUP BY 1
    ) AS g
    CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = g.oid AND left(r.rolname::text, 6) = '_pgsr_' OFFSET 0) AS r
), holder AS (
    SELECT h.oid, h.is_had AND d.has_others AS has_others, CASE WHEN d.has_one THEN 128 ELSE 0 END
        + CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.member = h.oid OFFSET 0) THEN 256 ELSE 0 END AS bits
    FROM (SELECT s.oid, true AS is_had FROM scope AS s UNION ALL SELECT p.oid, p.is_had FROM privileged AS p) AS h
    CROSS JOIN LATERAL (
        SELECT count(*) = 1 AND bool_and(d.deptype = 'a') AS has_one,
            bool_or(
                (d.deptype IN ('a', 'i') OR d.deptype = 'o' AND d.classid <> 'pg_catalog.pg_default_acl'::regclass)
                AND (d.dbid IN (0, (SELECT h.oid FROM here AS h))) IS TRUE
                AND (d.objsubid <> 0 OR d.deptype = 'i' OR ((d.classid, d.objid) IN (SELECT o.classid, o.oid FROM named_object AS o)) IS NOT TRUE)
            ) AS has_others
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = h.oid
        OFFSET 0
    ) AS d
), never AS (
    SELECT unnest(@never_looked_at::text[]) AS name
/* of others:
), held AS (
    SELECT DISTINCT CASE WHEN d.deptype = 'i' THEN 'pg_catalog.pg_init_privs'::regclass::oid ELSE d.classid END AS classid, d.objid, d.objsubid
    FROM holder AS h
    CROSS JOIN LATERAL (
        SELECT d.dbid, d.classid, d.objid, d.objsubid, d.deptype
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = h.oid
        OFFSET 0
    ) AS d
    WHERE h.has_others AND (d.deptype IN ('a', 'i') OR d.deptype = 'o' AND d.classid <> 'pg_catalog.pg_default_acl'::regclass)
        AND (d.dbid IN (0, (SELECT h.oid FROM here AS h))) IS TRUE
), other AS (
    SELECT DISTINCT h.classid, h.objid
    FROM (
        SELECT h.classid, h.objid FROM held AS h
*/
        /* of contents:
        UNION ALL
        SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid FROM pg_catalog.pg_class AS c WHERE c.relnamespace = ANY(ARRAY(SELECT n.oid FROM contents AS n))
        */
/* of others:
    ) AS h
    WHERE ((h.classid, h.objid) IN (SELECT o.classid, o.oid FROM named_object AS o)) IS NOT TRUE
*/
), temporary AS (
    SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE left(n.nspname::text, 8) = 'pg_temp_'
), object AS (
    SELECT o.kind, o.oid, o.schema, o.name, o.owner, o.acl FROM named_object AS o
    /* of others:
    UNION ALL
    SELECT 'd'::text, d.oid, NULL::oid, d.datname, d.datdba, d.datacl
    FROM other AS o
    CROSS JOIN LATERAL (SELECT d.oid, d.datname, d.datdba, d.datacl FROM pg_catalog.pg_database AS d WHERE d.oid = o.objid OFFSET 0) AS d
    WHERE o.classid = 'pg_catalog.pg_database'::regclass
    UNION ALL
    SELECT 'n'::text, n.oid, NULL::oid, n.nspname, n.nspowner, n.nspacl
    FROM other AS o
    CROSS JOIN LATERAL (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.oid = o.objid OFFSET 0) AS n
    WHERE o.classid = 'pg_catalog.pg_namespace'::regclass
    UNION ALL
    SELECT c.relkind::text, c.oid, c.relnamespace, c.relname, c.relowner, c.relacl
    FROM other AS o
    CROSS JOIN LATERAL (
        SELECT c.relkind, c.oid, c.relnamespace, c.relname, c.relowner, c.relacl
        FROM pg_catalog.pg_class AS c
        WHERE c.oid = o.objid AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
        OFFSET 0
    ) AS c
    WHERE o.classid = 'pg_catalog.pg_class'::regclass
    */
    /* of many others:
    UNION ALL
    SELECT 'P', p.oid, p.pronamespace, p.proname, p.proowner, p.proacl
    FROM other AS o
    CROSS JOIN LATERAL (SELECT p.oid, p.pronamespace, p.proname, p.proowner, p.proacl FROM pg_catalog.pg_proc AS p WHERE p.oid = o.objid OFFSET 0) AS p
    WHERE o.classid = 'pg_catalog.pg_proc'::regclass AND p.pronamespace <> ALL (ARRAY(SELECT n.oid FROM temporary AS n))
    UNION ALL
    SELECT 'T', t.oid, t.typnamespace, t.typname, t.typowner, t.typacl
    FROM other AS o
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typnamespace, t.typname, t.typowner, t.typacl
        FROM pg_catalog.pg_type AS t
        WHERE t.oid = o.objid AND (t.typtype <> 'p' OR t.typisdefined OR t.typacl IS NOT NULL) AND t.typinput NOT IN ('pg_catalog.array_in'::regproc, 'pg_catalog.int2vectorin'::regproc, 'pg_catalog.oidvectorin'::regproc)
        OFFSET 0
    ) AS t
    WHERE o.classid = 'pg_catalog.pg_type'::regclass AND t.typnamespace <> ALL (ARRAY(SELECT n.oid FROM temporary AS n))
    */
), item AS (
    SELECT a.kind, a.oid, a.column_name, i.grantee, i.grantor, i.privilege_type, i.is_grantable
    FROM (
        SELECT o.kind, o.oid, ''::name AS column_name, o.acl FROM object AS o WHERE o.acl IS NOT NULL
        /* of others:
        UNION ALL
        SELECT 'r', h.objid, a.attname, a.attacl
        FROM held AS h
        CROSS JOIN LATERAL (
            SELECT a.attname, a.attacl
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = h.objid AND a.attnum = h.objsubid AND a.attacl IS NOT NULL AND NOT a.attisdropped
            OFFSET 0
        ) AS a
        WHERE h.classid = 'pg_catalog.pg_class'::regclass AND h.objsubid <> 0
        */
        /* of columns:
        UNION ALL
        SELECT 'r', o.oid, a.attname, a.attacl
        FROM object AS o
        CROSS JOIN LATERAL (
            SELECT a.attname, a.attacl FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = o.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped OFFSET 0
        ) AS a
        WHERE o.kind IN ('r', 'p', 'f', 'v', 'm', 'S') AND o.owner = ANY(ARRAY(SELECT s.oid FROM scope AS s))
        */
    ) AS a
    CROSS JOIN LATERAL aclexplode(array_remove(a.acl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
    WHERE i.grantee = 0 OR i.grantee IN (SELECT h.oid FROM holder AS h UNION ALL SELECT m.roleid FROM membership AS m)
), mentioned AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[] || ARRAY[current_user, session_user])
/* of default privileges:
), future AS (
    SELECT d.oid, d.defaclrole AS owner, d.defaclnamespace AS schema, d.defaclobjtype::text AS letter, i.grantee, i.privilege_type, i.is_grantable
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN LATERAL aclexplode(array_remove(d.defaclacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable) ON cardinality(d.defaclacl) > 0
    WHERE d.oid = ANY(ARRAY(SELECT h.objid FROM held AS h WHERE h.classid = 'pg_catalog.pg_default_acl'::regclass))
        OR d.defaclrole = ANY(ARRAY(SELECT s.oid FROM scope AS s UNION ALL SELECT m.oid FROM mentioned AS m))
*/
        /* of everyone: OR true */
), role AS (
    SELECT o.oid, max(o.bits) AS bits
    FROM (
        SELECT h.oid, h.bits FROM holder AS h
        UNION ALL
        SELECT m.roleid, 0 FROM membership AS m
        UNION ALL
        SELECT m.grantor, 0 FROM membership AS m
        /* of members:
        UNION ALL
        SELECT CASE g.which WHEN 1 THEN o.grantor ELSE o.member END, 0 FROM outside AS o CROSS JOIN (VALUES (1), (2)) AS g (which)
        */
        UNION ALL
        SELECT o.owner, 0 FROM object AS o
        UNION ALL
        SELECT i.grantor, 0 FROM item AS i
        /* of default privileges:
        UNION ALL
        SELECT CASE g.which WHEN 1 THEN f.owner ELSE f.grantee END, 0 FROM future AS f CROSS JOIN (VALUES (1), (2)) AS g (which)
        */
        UNION ALL
        SELECT m.oid, 0 FROM mentioned AS m
        UNION ALL
        SELECT 10::oid, 0
    ) AS o
    GROUP BY 1
)
SELECT
    's'::text AS part,
    txid_current_snapshot()::text AS class,
    0::oid AS oid,
    0::oid AS of_role,
    0::oid AS grantor,
    current_user::text AS name,
    session_user::text AS other_name,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_class AS c
        WHERE c.relname = 'ledger' AND c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'pgsr')
    )::integer
    /* of passwords:
    + 2 * (
        EXISTS (
            SELECT
            FROM pg_catalog.pg_auth_members AS m
            WHERE m.roleid BETWEEN to_regrole('pg_read_all_data') AND to_regrole('pg_read_all_data')
            ORDER BY m.roleid
            OFFSET 0
        )
        OR (SELECT NOT c.relacl <@ acldefault('r', c.relowner) FROM pg_catalog.pg_class AS c WHERE c.oid = 'pg_catalog.pg_authid'::regclass)
    )::integer
    */
    /* of others:
    + 4 * EXISTS (SELECT FROM held AS h WHERE h.classid = ANY(ARRAY(SELECT to_regclass(n.name) FROM never AS n)))::integer
    */
    + 8 * EXISTS (SELECT FROM holder AS h WHERE h.has_others)::integer
    AS bits,
    0::integer AS connection_limit,
    now()::timestamptz AS valid_until,
    coalesce(current_setting('createrole_self_grant', true), '')::text AS word
UNION ALL
SELECT 'r'::text, ''::text, r.oid, 0::oid, 0::oid, r.rolname::text,
    ''::text /* of verifiers:
    || CASE WHEN r.oid = ANY(ARRAY(SELECT s.oid FROM scope AS s)) THEN coalesce((
        SELECT '=' || CASE WHEN length(a.rolpassword) < 2000 THEN a.rolpassword ELSE '' END
        FROM pg_catalog.pg_authid AS a
        WHERE a.oid = r.oid AND a.rolpassword IS NOT NULL
    ), '') ELSE '' END */,
    r.rolsuper::integer + 2 * r.rolinherit::integer + 4 * r.rolcreaterole::integer + 8 * r.rolcreatedb::integer + 16 * r.rolcanlogin::integer
        + 32 * r.rolreplication::integer + 64 * r.rolbypassrls::integer + o.bits,
    r.rolconnlimit, r.rolvaliduntil,
    coalesce(
        (SELECT d.description FROM pg_catalog.pg_shdescription AS d WHERE d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass), ''
    )::text
FROM role AS o
CROSS JOIN LATERAL (
    SELECT r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit,
        r.rolvaliduntil
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = o.oid
    OFFSET 0
) AS r
UNION ALL
SELECT 'm'::text, ''::text, m.roleid, m.member, m.grantor, ''::text, ''::text, m.options, 0, NULL::timestamptz, ''::text FROM membership AS m
/* of members:
UNION ALL
SELECT 'm'::text, ''::text, m.roleid, m.member, m.grantor, ''::text, ''::text, m.options, 0, NULL::timestamptz, ''::text FROM outside AS m
*/
UNION ALL
SELECT 'o'::text, o.kind, o.oid, o.owner, 0::oid, o.name::text,
    ''::text /* of contained:
    || coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = o.schema), '')::text */,
    (o.acl IS NULL)::integer, 0, NULL::timestamptz, ''::text
FROM object AS o
UNION ALL
SELECT 'i'::text, i.kind, i.oid, i.grantee, i.grantor, i.column_name::text, ''::text, i.is_grantable::integer, 0, NULL::timestamptz, i.privilege_type
FROM item AS i
/* of default privileges:
UNION ALL
SELECT 'f'::text, f.letter, f.oid, f.owner, coalesce(f.grantee, 0)::oid, coalesce((SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = f.schema), '')::text,
    ''::text, coalesce(f.is_grantable, false)::integer, 0, NULL::timestamptz, coalesce(f.privilege_type, '')
FROM future AS f
*/
/* of many:
UNION ALL
SELECT 'a'::text, o.kind, o.oid, 0::oid, 0::oid, p.prokind::text, ''::text, 0, 0, NULL::timestamptz, array_to_string(p.proargtypes::oid[], ' ')
FROM object AS o
CROSS JOIN (SELECT 'f'::"char" AS prokind) AS older
CROSS JOIN LATERAL (SELECT prokind, p.proargtypes FROM pg_catalog.pg_proc AS p WHERE p.oid = o.oid OFFSET 0) AS p
WHERE o.kind = 'P'
UNION ALL
SELECT 'a'::text, o.kind, o.oid, 0::oid, 0::oid,
    CASE WHEN (SELECT c.relkind <> 'c' FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid) THEN 'R' ELSE t.typtype::text END, ''::text, 0, 0,
    NULL::timestamptz, ''::text
FROM object AS o
CROSS JOIN LATERAL (SELECT t.typtype, t.typrelid FROM pg_catalog.pg_type AS t WHERE t.oid = o.oid OFFSET 0) AS t
WHERE o.kind = 'T'
UNION ALL
SELECT 't'::text, ''::text, t.oid, 0::oid, 0::oid, coalesce(e.typname, t.typname)::text, n.nspname::text, (e.oid IS NOT NULL)::integer, 0, NULL::timestamptz, ''::text
FROM (
    SELECT DISTINCT p.oid
    FROM object AS o
    CROSS JOIN LATERAL (SELECT unnest(p.proargtypes::oid[]) AS oid FROM pg_catalog.pg_proc AS p WHERE p.oid = o.oid OFFSET 0) AS p
    WHERE o.kind = 'P'
) AS a
CROSS JOIN LATERAL (SELECT t.oid, t.typname, t.typelem, t.typnamespace FROM pg_catalog.pg_type AS t WHERE t.oid = a.oid OFFSET 0) AS t
LEFT JOIN LATERAL (SELECT e.oid, e.typname, e.typnamespace FROM pg_catalog.pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid OFFSET 0) AS e ON true
CROSS JOIN LATERAL (SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = coalesce(e.typnamespace, t.typnamespace) OFFSET 0) AS n
*/;
