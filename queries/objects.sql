-- Objects with owner and ACL. What /* in scope: */ marks is part of a query where only what belongs to a scope is read: see scope.sql.

-- name: Objects :many
-- Kind is relkind, or d for a database, n for a schema. Schemas, and the tables that sequences belong to, are given by OID. The types of a column
-- are the same in all branches, or the server would go over all rows once more.
-- A NULL ACL stands for the built-in default, an empty one for nobody:
-- https://www.postgresql.org/docs/current/ddl-priv.html
-- Of what an owner has by default there are eight or nine items, and most often one other: has_default says that Items leaves them out.
SELECT
    'd'::"char" AS kind,
    d.oid::oid AS oid,
    NULL::oid AS schema,
    d.datname::name AS name,
    d.datdba::oid AS owner,
    (d.datacl IS NULL)::boolean AS has_default,
    NULL::oid AS sequence_of
FROM pg_catalog.pg_database AS d
WHERE current_setting('pgsr.whole')::boolean /* in scope: AND d.oid = ANY(current_setting('pgsr.databases')::oid[]) */
UNION ALL
SELECT 'n'::"char", n.oid, NULL::oid, n.nspname, n.nspowner, n.nspacl IS NULL, NULL::oid
FROM pg_catalog.pg_namespace AS n
WHERE current_setting('pgsr.whole')::boolean /* in scope: AND n.oid = ANY(current_setting('pgsr.schemas')::oid[]) */
UNION ALL
SELECT c.relkind, c.oid, c.relnamespace, c.relname, c.relowner,
    c.relacl IS NULL OR (acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))[1] = ANY(c.relacl),
    CASE WHEN c.relkind = 'S' THEN (
        SELECT d.refobjid
        FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
            AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
        LIMIT 1
    ) END
FROM pg_catalog.pg_class AS c
WHERE current_setting('pgsr.whole')::boolean AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
    /* in scope: AND c.oid = ANY(current_setting('pgsr.relations')::oid[]) */;

-- name: Items :many
-- Gives the items of all ACLs. Privileges are the server's words, so that none of a later server is lost. Column is
-- NULL except for items of columns. An empty ACL has no dimension, and aclexplode() wants an array of one.
-- aclexplode() stands among the columns, so that the server does not store its rows first, which takes as long again.
-- OFFSET 0 has it called once, not once for each column:
-- https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTIONS-RETURNING-SET
-- array_remove() that removes nothing is for large ACLs, which are stored compressed: aclexplode() decompresses them
-- anew for each row. No object is left out, since roles may have something on what Objects leaves out. The class of
-- relations is NULL.
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
    /* in scope: WHERE d.oid = ANY(current_setting('pgsr.databases')::oid[]) */
    UNION ALL
    SELECT 'n'::text, n.oid, NULL::name, aclexplode(array_remove(n.nspacl, NULL))
    FROM pg_catalog.pg_namespace AS n
    /* in scope: WHERE n.oid = ANY(current_setting('pgsr.schemas')::oid[]) */
    UNION ALL
    SELECT NULL::text, c.oid, NULL::name,
        aclexplode(nullif(array_remove(c.relacl, (acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, c.relowner))[1]), '{}'))
    FROM pg_catalog.pg_class AS c
    WHERE c.relacl IS NOT NULL /* in scope: AND c.oid = ANY(current_setting('pgsr.relations')::oid[]) */
    UNION ALL
    SELECT NULL::text, a.attrelid, a.attname, aclexplode(array_remove(a.attacl, NULL))
    FROM pg_catalog.pg_attribute AS a
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped /* in scope: AND a.attrelid = ANY(current_setting('pgsr.relations')::oid[]) */
    OFFSET 0
) AS i
WHERE current_setting('pgsr.whole')::boolean;

-- name: Defaults :many
-- Gives the built-in ACL of each kind of object, with the bootstrap superuser (10) as owner.
SELECT
    k.letter::text AS letter,
    (i.grantee = 10)::boolean AS to_owner,
    i.privilege_type::text AS privilege,
    i.is_grantable::boolean AS grantable
FROM unnest(@letters::text[]) AS k (letter)
CROSS JOIN LATERAL aclexplode(acldefault(k.letter::"char", 10::oid)) AS i (grantor, grantee, privilege_type, is_grantable);
