-- Queries that only some specs need, beside the objects themselves.

-- name: ColumnNames :many
-- Gives the columns of the named relations, and of all relations in the schemas of contents. System columns, which can
-- be granted like others, come last: their attnum is negative. A dropped column may keep its ACL:
-- https://www.postgresql.org/docs/current/catalog-pg-attribute.html
SELECT
    r.oid::oid AS relation,
    array(
        SELECT a.attname::text FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = r.oid AND NOT a.attisdropped ORDER BY a.attnum < 0, a.attnum
    )::text[] AS columns
FROM (
    SELECT c.oid
    FROM ROWS FROM (unnest(@schemas::name[]), unnest(@names::name[])) AS o (schema, name)
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relname = o.name AND c.relnamespace = n.oid OFFSET 0) AS c
    UNION
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    WHERE cardinality(@contents::name[]) > 0
        AND c.relnamespace = ANY(ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@contents::name[])))
) AS r;

-- name: ExtensionMembers :many
-- Gives the members of extensions that superusers or the connecting role own, by their catalog. Other extensions are
-- left out: their owner can add any object of his to them.
-- https://www.postgresql.org/docs/current/catalog-pg-depend.html
SELECT c.relname::text AS catalog, d.objid::oid AS oid
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_roles AS o ON o.oid = e.extowner AND (o.rolsuper OR o.rolname = coalesce(sqlc.narg('acting')::name, current_user))
CROSS JOIN LATERAL (
    SELECT d.classid, d.objid
    FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    OFFSET 0
) AS d
JOIN pg_catalog.pg_class AS c ON c.oid = d.classid;
