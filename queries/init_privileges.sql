-- What the scripts of extensions have granted. ALTER EXTENSION ADD notes the privileges on an added object as well, and
-- takes no more than to own the extension. From 13 on, whoever has CREATE on the database can come to own one. So only
-- the extensions of a superuser, or of the connecting role, are believed.
-- https://www.postgresql.org/docs/current/sql-alterextension.html

-- name: InitPrivileges :many
-- Gives the initial privileges of roles that initdb did not make. Most rows of pg_init_privs are for PUBLIC and
-- PostgreSQL's own roles. Class is a letter, as where these objects are read.
-- https://www.postgresql.org/docs/current/catalog-pg-init-privs.html
SELECT
    (CASE p.classoid
        WHEN 'pg_catalog.pg_class'::regclass THEN 'r'
        WHEN 'pg_catalog.pg_proc'::regclass THEN 'P'
        WHEN 'pg_catalog.pg_type'::regclass THEN 'T'
        WHEN 'pg_catalog.pg_namespace'::regclass THEN 'n'
        WHEN 'pg_catalog.pg_language'::regclass THEN 'l'
        WHEN 'pg_catalog.pg_foreign_data_wrapper'::regclass THEN 'F'
        WHEN 'pg_catalog.pg_foreign_server'::regclass THEN 'S'
        ELSE '?'
    END)::text AS class,
    p.objoid::oid AS oid,
    i.grantee::oid AS grantee,
    i.privilege_type::text AS privilege,
    i.is_grantable::boolean AS grantable
FROM pg_catalog.pg_init_privs AS p
CROSS JOIN LATERAL aclexplode(array_remove(p.initprivs, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
WHERE current_setting('pgsr.whole')::boolean AND p.privtype = 'e' AND i.grantee >= 16384
    AND EXISTS (
        SELECT
        FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
        JOIN pg_catalog.pg_roles AS o ON o.oid = e.extowner
        WHERE d.classid = p.classoid AND d.objid = p.objoid AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
            AND (o.rolsuper OR o.rolname = coalesce(sqlc.narg('acting')::name, current_user))
    );
