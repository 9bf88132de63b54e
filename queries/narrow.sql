-- What is asked for a scope of few names, instead of some of the questions of scope.sql.

-- name: NarrowStart :exec
-- Everything is answered by index, step by step, as ScopeByIndex says, so that one plan is good for all such scopes in whatever cluster, and the
-- session can keep it: https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
SELECT
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true),
    set_config('enable_sort', 'off', true),
    set_config('enable_material', 'off', true),
    set_config('work_mem', '1MB', true),
    set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('jit', 'off', true),
    set_config('random_page_cost', '1', true),
    set_config('pgsr.wide', 'false', true),
    set_config('pgsr.dense', 'false', true);

-- name: NarrowScope :exec
SELECT set_config('pgsr.scope', coalesce(array_agg(r.oid), '{}')::text, true) IS NOT NULL
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = ANY(@roles::name[]);

-- name: NarrowObjects :exec
-- What ScopeObjects, ScopeColumns and ScopeHolders find out, where no schema's contents are asked for.
WITH here AS (
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), holder AS (
    SELECT unnest(current_setting('pgsr.scope')::oid[]) AS oid
    UNION
    SELECT r.oid
    FROM unnest(current_setting('pgsr.granted')::oid[]) AS g (oid)
    CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = g.oid AND starts_with(r.rolname::text, '_pgsr_') OFFSET 0) AS r
), held AS (
    SELECT DISTINCT d.classid, d.objid
    FROM holder AS h
    CROSS JOIN LATERAL (
        SELECT d.classid, d.objid
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = h.oid
            AND d.deptype IN ('o', 'a')
            AND (d.dbid IN (0, (SELECT h.oid FROM here AS h))) IS TRUE
        OFFSET 0
    ) AS d
), named AS (
    SELECT o.kind, o.schema, o.name
    FROM ROWS FROM (unnest(@kinds::text[]), unnest(@schemas::name[]), unnest(@names::name[])) AS o (kind, schema, name)
), relation AS (
    SELECT c.oid
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relname = o.name AND c.relnamespace = n.oid OFFSET 0) AS c
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass
), shown AS (
    SELECT c.oid, c.relnamespace
    FROM relation AS r
    CROSS JOIN LATERAL (
        SELECT c.oid, c.relnamespace
        FROM pg_catalog.pg_class AS c
        WHERE c.oid = r.oid AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
        OFFSET 0
    ) AS c
), relations AS (
    SELECT s.oid, s.relnamespace FROM shown AS s
    UNION
    SELECT c.oid, c.relnamespace
    FROM shown AS s
    CROSS JOIN LATERAL (
        SELECT d.objid
        FROM pg_catalog.pg_depend AS d
        WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = s.oid
            AND (d.classid = 'pg_catalog.pg_class'::regclass) IS TRUE AND d.deptype IN ('a', 'i')
        OFFSET 0
    ) AS d
    CROSS JOIN LATERAL (SELECT c.oid, c.relnamespace FROM pg_catalog.pg_class AS c WHERE c.oid = d.objid AND c.relkind = 'S' OFFSET 0) AS c
), schemas AS (
    SELECT n.oid
    FROM (
        SELECT r.relnamespace AS oid FROM relations AS r
        UNION
        SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass
        UNION
        SELECT n.oid
        FROM named AS o
        CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.name OFFSET 0) AS n
        WHERE o.kind = 'SCHEMA'
    ) AS s
    CROSS JOIN LATERAL (SELECT n.oid, n.nspname::text AS name, n.nspacl IS NOT NULL AS has_acl FROM pg_catalog.pg_namespace AS n WHERE n.oid = s.oid OFFSET 0) AS n
    WHERE NOT (starts_with(n.name, 'pg_toast') OR starts_with(n.name, 'pg_temp_')) OR n.has_acl
), databases AS (
    SELECT h.oid FROM here AS h
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_database'::regclass
    UNION
    SELECT d.oid
    FROM named AS o
    CROSS JOIN LATERAL (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = o.name OFFSET 0) AS d
    WHERE o.kind = 'DATABASE'
), object AS (
    SELECT 0 AS dbid, 'pg_catalog.pg_database'::regclass::oid AS classid, d.oid FROM databases AS d
    UNION ALL
    SELECT h.oid, 'pg_catalog.pg_namespace'::regclass, s.oid FROM here AS h CROSS JOIN schemas AS s
    UNION ALL
    SELECT h.oid, 'pg_catalog.pg_class'::regclass, r.oid FROM here AS h CROSS JOIN relations AS r
), holders AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid < 12000
    UNION
    SELECT d.refobjid
    FROM object AS o
    CROSS JOIN LATERAL (
        SELECT d.refobjid
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.dbid = o.dbid AND d.classid = o.classid AND d.objid = o.oid
            AND (d.refclassid = 'pg_catalog.pg_authid'::regclass) IS TRUE AND d.deptype IN ('o', 'a')
        OFFSET 0
    ) AS d
    UNION
    SELECT i.grantee
    FROM pg_catalog.pg_default_acl AS d
    CROSS JOIN LATERAL aclexplode(array_remove(d.defaclacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
    WHERE d.defaclrole = ANY(current_setting('pgsr.scope')::oid[]) AND d.defaclnamespace = 0 AND d.defaclobjtype = 'n' AND i.grantee <> 0
), columns AS (
    SELECT a.place
    FROM relations AS r
    CROSS JOIN LATERAL (
        SELECT a.ctid AS place FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = r.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped OFFSET 0
    ) AS a
)
SELECT
    set_config('pgsr.relations', coalesce((SELECT array_agg(r.oid) FROM relations AS r), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.schemas', coalesce((SELECT array_agg(s.oid) FROM schemas AS s), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.databases', coalesce((SELECT array_agg(d.oid) FROM databases AS d), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.columns', coalesce((SELECT array_agg(c.place) FROM columns AS c), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.holders', coalesce((SELECT array_agg(h.oid) FROM holders AS h), '{}')::text, true) IS NOT NULL;
