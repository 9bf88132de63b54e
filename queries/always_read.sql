-- Objects of the kinds with few objects. They are read whole, whatever the scope. Each kind is a branch of both
-- queries, and the first branch names the columns. The parts /* of parameters: */ belong to the queries from 15 on.
-- Kind is the letter of acldefault(). Refused says why the server lets nobody grant anything on the object; empty: it
-- does.

-- name: ScopeAlwaysRead :exec
-- Adds the holders and doers of these objects to pgsr.holders and pgsr.doers, as scope.sql does for other objects. It
-- also adds those of the default privileges to show. These belong to roles of the scope, to mentioned roles, or to
-- roles that have something on the objects to show; or they grant something to roles of the scope; or all are shown.
WITH asked AS (
    SELECT
        current_setting('pgsr.scope')::oid[] || current_setting('pgsr.granted')::oid[] AS grantees,
        current_setting('pgsr.connecting')::oid[] || current_setting('pgsr.holders')::oid[] || current_setting('pgsr.doers')::oid[]
            || ARRAY(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[])) AS creators
), future AS (
    SELECT d.oid, d.defaclrole, d.defaclacl
    FROM pg_catalog.pg_default_acl AS d
    WHERE @futures::boolean
        OR d.defaclrole = ANY((SELECT a.grantees || a.creators FROM asked AS a)::oid[])
        OR EXISTS (
            SELECT
            FROM aclexplode(array_remove(d.defaclacl, NULL)) AS i
            WHERE cardinality(d.defaclacl) > 0 AND i.grantee = ANY((SELECT a.grantees FROM asked AS a)::oid[])
        )
), few AS (
    SELECT NULL::oid AS owner, NULL::aclitem[] AS acl WHERE false
    UNION ALL
    SELECT l.lanowner, l.lanacl FROM pg_catalog.pg_language AS l
    UNION ALL
    SELECT t.spcowner, t.spcacl FROM pg_catalog.pg_tablespace AS t
    UNION ALL
    SELECT w.fdwowner, w.fdwacl FROM pg_catalog.pg_foreign_data_wrapper AS w
    UNION ALL
    SELECT s.srvowner, s.srvacl FROM pg_catalog.pg_foreign_server AS s
    /* of parameters:
    UNION ALL
    SELECT 10::oid, p.paracl FROM pg_catalog.pg_parameter_acl AS p
    */
    UNION ALL
    SELECT d.defaclrole, d.defaclacl FROM future AS d
), item AS (
    SELECT f.owner, i.grantor, i.grantee, i.is_grantable
    FROM few AS f
    CROSS JOIN LATERAL aclexplode(array_remove(f.acl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
    WHERE f.acl IS NOT NULL
), holder AS (
    SELECT unnest(current_setting('pgsr.holders')::oid[]) AS oid
    UNION
    SELECT f.owner FROM few AS f
    UNION
    SELECT unnest(ARRAY[i.grantor, nullif(i.grantee, 0)]) FROM item AS i
), doer AS (
    SELECT unnest(current_setting('pgsr.doers')::oid[]) AS oid
    UNION
    SELECT f.owner FROM few AS f WHERE @owners::boolean OR NOT current_setting('pgsr.superuser')::boolean
    UNION
    SELECT i.grantor FROM item AS i WHERE i.grantor <> i.owner
    UNION
    SELECT i.grantee FROM item AS i WHERE i.is_grantable AND i.grantee <> 0
)
SELECT
    set_config('pgsr.holders', (SELECT coalesce(array_agg(h.oid), '{}')::text FROM holder AS h WHERE h.oid IS NOT NULL), true) IS NOT NULL,
    set_config('pgsr.doers', (SELECT coalesce(array_agg(d.oid), '{}')::text FROM doer AS d WHERE d.oid IS NOT NULL), true) IS NOT NULL,
    set_config('pgsr.futures', (SELECT coalesce(array_agg(f.oid), '{}')::text FROM future AS f), true) IS NOT NULL;

-- name: AlwaysRead :many
-- Gives a row for each ACL item. An object whose ACL is empty, or the built-in default, has one row without a
-- privilege.
SELECT
    f.kind::text AS kind,
    f.oid::oid AS oid,
    f.name::text AS name,
    f.owner::oid AS owner,
    (f.acl IS NULL)::boolean AS default_acl,
    f.refused::text AS refused,
    coalesce(f.wrapper, '')::text AS wrapper,
    coalesce(i.grantee, 0)::oid AS grantee,
    coalesce(i.grantor, 0)::oid AS grantor,
    coalesce(i.privilege_type, '')::text AS privilege,
    coalesce(i.is_grantable, false)::boolean AS grantable
FROM (
    SELECT NULL::text AS kind, NULL::oid AS oid, NULL::text AS name, NULL::oid AS owner, NULL::aclitem[] AS acl, NULL::text AS refused, NULL::name AS wrapper
    WHERE false
    UNION ALL
    SELECT 'l', l.oid, l.lanname, l.lanowner, l.lanacl, CASE WHEN l.lanpltrusted THEN '' ELSE 'it is not trusted, so that only superusers may use it' END, NULL
    FROM pg_catalog.pg_language AS l
    UNION ALL
    SELECT 't', t.oid, t.spcname, t.spcowner, t.spcacl, '', NULL FROM pg_catalog.pg_tablespace AS t
    UNION ALL
    SELECT 'F', w.oid, w.fdwname, w.fdwowner, w.fdwacl, '', NULL FROM pg_catalog.pg_foreign_data_wrapper AS w
    UNION ALL
    SELECT 'S', s.oid, s.srvname, s.srvowner, s.srvacl, '', (SELECT w.fdwname FROM pg_catalog.pg_foreign_data_wrapper AS w WHERE w.oid = s.srvfdw)
    FROM pg_catalog.pg_foreign_server AS s
    /* of parameters:
    UNION ALL
    SELECT 'p', p.oid, p.parname, 10::oid, p.paracl, '', NULL FROM pg_catalog.pg_parameter_acl AS p
    */
) AS f
LEFT JOIN LATERAL aclexplode(array_remove(f.acl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable) ON f.acl IS NOT NULL;

-- name: NamedParameters :many
-- Gives the names that are those of settings. A name with a dot may be an extension's, or anybody's: the server accepts
-- it unseen. Settings that no list of the server has are named here:
-- https://www.postgresql.org/docs/current/runtime-config-custom.html
SELECT n.name::text
FROM unnest(@names::text[]) AS n (name)
WHERE strpos(n.name, '.') > 0 OR n.name IN ('role', 'session_authorization', 'seed')
    OR pg_settings_get_flags(n.name) IS NOT NULL;
