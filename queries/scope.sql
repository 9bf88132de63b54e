-- What a snapshot has to show. These queries run one after the other: ScopeStart, ScopeReach, ScopeObjects,
-- ScopeAlwaysRead (always_read.sql), ScopeBelow, ScopeMemberships, ScopeRoles. Each notes what it finds in settings
-- that end with the transaction. There the queries find it that read the catalog (roles.sql, objects.sql). So each walk
-- over memberships is written once and done once, and still all is asked in one round trip.
--
-- These settings hold roles, as arrays of OIDs:
--
--   pgsr.scope        those that the scope names                                                    ScopeReach
--   pgsr.granted      those of which they are direct members                                        ScopeReach
--   pgsr.reached      pgsr.granted and the mentioned ones, and all that these are members of        ScopeReach
--                     by one or many steps; then also whom a change of what they have concerns      ScopeBelow
--   pgsr.connecting   the connecting role's login and the role that it acts as                      ScopeReach
--   pgsr.holders      owners, grantees and grantors of the objects to show, and what initdb made    ScopeObjects,
--   pgsr.doers        grantors on the objects to show, and who has a grant option there; at times   ScopeAlwaysRead
--                     also their owners, since who acts for an owner needs what that may look up
--   pgsr.roles        those to show                                                                 ScopeRoles
--
-- These hold what else is to be shown:
--
--   pgsr.databases, pgsr.schemas, pgsr.relations, pgsr.routines, pgsr.types, pgsr.large_objects     ScopeObjects
--                     objects, as arrays of OIDs
--   pgsr.futures      default privileges, as an array of OIDs of pg_default_acl                     ScopeAlwaysRead
--   pgsr.memberships  rows of pg_auth_members, as an array of ctid, without those in which          ScopeMemberships
--                     a role of pgsr.scope is the member
--
-- These hold one value: pgsr.actor the OID of the role whose rights count, pgsr.superuser whether that is a superuser
-- (ScopeReach), and pgsr.whole whether all of the catalog is read (whole.sql). The role is the current user, unless the
-- catalog is read for another one.
--
-- What goes from one role to the next is a lateral query with OFFSET 0, which the server answers for each role by
-- itself. IS TRUE keeps a condition from choosing the index. The members of a role are asked for by BETWEEN and ORDER
-- BY, since only the index that begins with the role gives that order. Of an equation the server, while there are few,
-- may also read all of the index that begins with the member. So the way is the same whatever the server takes the
-- sizes for, and a plan that a session keeps stays a good one. IS NOT NULL keeps the server from sending the arrays.
-- A setting of a made-up name may be set by anybody:
-- https://www.postgresql.org/docs/current/runtime-config-custom.html

-- name: ScopeStart :exec
-- Forbids plans that read all of a catalog, or clear much memory. Nobody can estimate how many steps a walk takes and
-- how wide it becomes. So the server prepares for the worst: it reads all of a catalog, and clears as much memory for
-- each walk as work_mem allows. For a small scope that takes many times as long as all else. Right after a large change
-- it also takes the catalogs for as small as they were, and reads all of one for each role. By index, step by step,
-- such walks are short:
-- https://www.postgresql.org/docs/current/runtime-config-query.html
-- So one plan is good for all small scopes in any cluster, and the session can keep it:
-- https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
SELECT
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true),
    set_config('enable_sort', 'off', true),
    set_config('enable_material', 'off', true),
    set_config('work_mem', '64kB', true),
    CASE WHEN current_setting('plan_cache_mode', true) IS NOT NULL THEN set_config('plan_cache_mode', 'force_generic_plan', true) END, -- from 12 on
    CASE WHEN current_setting('jit', true) IS NOT NULL THEN set_config('jit', 'off', true) END, -- from 11 on
    set_config('random_page_cost', '1', true),
    set_config('pgsr.whole', 'true', true);

-- name: ScopeEnd :exec
-- Lets the server choose its plans again for what follows in the transaction. NULL stands for the value that the
-- session began with.
SELECT
    set_config('enable_seqscan', 'on', true),
    set_config('enable_hashjoin', 'on', true),
    set_config('enable_mergejoin', 'on', true),
    set_config('enable_sort', 'on', true),
    set_config('enable_material', 'on', true),
    CASE WHEN current_setting('plan_cache_mode', true) IS NOT NULL THEN set_config('plan_cache_mode', 'auto', true) END,
    set_config('work_mem', NULL, true);

-- name: ScopeReach :exec
-- Notes the roles of the scope, the roles granted to them, and what these, and mentioned roles, reach by membership.
WITH RECURSIVE scope AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[])
), granted AS (
    SELECT DISTINCT m.roleid AS oid
    FROM scope AS s
    CROSS JOIN LATERAL (SELECT m.roleid FROM pg_catalog.pg_auth_members AS m WHERE m.member = s.oid OFFSET 0) AS m
), connecting AS (
    SELECT r.oid, r.rolsuper, r.rolname = coalesce(sqlc.narg('acting')::name, current_user) AS is_actor
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname IN (coalesce(sqlc.narg('acting')::name, current_user), coalesce(sqlc.narg('login')::name, session_user))
), reached (oid) AS (
    (SELECT g.oid FROM granted AS g UNION SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[]))
    UNION
    SELECT m.roleid FROM reached AS r CROSS JOIN LATERAL (SELECT m.roleid FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS m
)
SELECT
    set_config('pgsr.scope', coalesce((SELECT array_agg(s.oid) FROM scope AS s), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.granted', coalesce((SELECT array_agg(g.oid) FROM granted AS g), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.reached', coalesce((SELECT array_agg(r.oid) FROM reached AS r), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.actor', coalesce((SELECT c.oid FROM connecting AS c WHERE c.is_actor), 0)::text, true) IS NOT NULL,
    set_config('pgsr.superuser', coalesce((SELECT c.rolsuper FROM connecting AS c WHERE c.is_actor), false)::text, true) IS NOT NULL,
    set_config('pgsr.connecting', coalesce((SELECT array_agg(c.oid) FROM connecting AS c), '{}')::text, true) IS NOT NULL;

-- name: ScopeObjects :exec
-- Notes the objects to show: named objects, those in the named schemas, and those on which a role of the scope, or a
-- privilege role granted to one, has something. Where effective access is asked for, these are also the objects on
-- which any role has something that they reach; or all objects. To them belong the schemas that they lie in, the
-- sequences of these tables, the tables of these sequences, the same of the row types of tables on which something was
-- granted, and the tables with policies for a role of the scope. One owner may have a million large objects, so owned
-- ones are shown only where effective access is asked for.
-- pg_shdepend has them by role, and who has something on them by object:
-- https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
-- It has nothing of roles that initdb made, whose OIDs are below 12000. These are few, and always shown. What such a
-- role has can be anything, or is everything. What pg_database_owner has is looked for in ACLs: the database's owner is
-- its member without a row.
WITH here AS (
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), reading AS (
    SELECT @everything::boolean
        OR @reaching::boolean AND EXISTS (SELECT FROM unnest(current_setting('pgsr.reached')::oid[]) AS r (oid) WHERE r.oid < 12000) AS everything
), owners AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'pg_database_owner'
), holder AS (
    SELECT unnest(current_setting('pgsr.scope')::oid[]) AS oid
    UNION
    SELECT r.oid
    FROM unnest(current_setting('pgsr.granted')::oid[]) AS g (oid)
    CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = g.oid AND left(r.rolname::text, 6) = '_pgsr_' OFFSET 0) AS r
    UNION
    SELECT r.oid FROM unnest(current_setting('pgsr.reached')::oid[]) AS r (oid) WHERE @reaching::boolean
), held AS (
    SELECT DISTINCT d.classid, d.objid
    FROM holder AS h
    CROSS JOIN LATERAL (
        SELECT d.classid, d.objid
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = h.oid
            AND (d.deptype = 'a' OR d.deptype = 'o' AND (@reaching::boolean OR d.classid <> 'pg_catalog.pg_largeobject'::regclass))
            AND (d.dbid IN (0, (SELECT h.oid FROM here AS h))) IS TRUE
        OFFSET 0
    ) AS d
    UNION
    SELECT 'pg_catalog.pg_class'::regclass::oid, p.polrelid
    FROM unnest(current_setting('pgsr.scope')::oid[]) AS s (oid)
    CROSS JOIN LATERAL (
        SELECT d.objid
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = s.oid AND d.deptype = 'r'
            AND (d.dbid = (SELECT h.oid FROM here AS h)) IS TRUE AND (d.classid = 'pg_catalog.pg_policy'::regclass) IS TRUE
        OFFSET 0
    ) AS d
    CROSS JOIN LATERAL (SELECT p.polrelid FROM pg_catalog.pg_policy AS p WHERE p.oid = d.objid OFFSET 0) AS p
    WHERE @reaching::boolean
    UNION
    SELECT 'pg_catalog.pg_namespace'::regclass::oid, n.oid
    FROM pg_catalog.pg_namespace AS n
    WHERE @reaching::boolean AND (n.nspowner IN (SELECT o.oid FROM owners AS o)
        OR EXISTS (SELECT FROM aclexplode(array_remove(n.nspacl, NULL)) AS i WHERE n.nspacl IS NOT NULL AND i.grantee IN (SELECT o.oid FROM owners AS o)))
    UNION
    SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid
    FROM pg_catalog.pg_class AS c
    WHERE @reaching::boolean AND (c.relowner IN (SELECT o.oid FROM owners AS o)
        OR EXISTS (SELECT FROM aclexplode(array_remove(c.relacl, NULL)) AS i WHERE c.relacl IS NOT NULL AND i.grantee IN (SELECT o.oid FROM owners AS o)))
    UNION
    SELECT 'pg_catalog.pg_proc'::regclass::oid, p.oid
    FROM pg_catalog.pg_proc AS p
    WHERE @reaching::boolean AND (p.proowner IN (SELECT o.oid FROM owners AS o)
        OR EXISTS (SELECT FROM aclexplode(array_remove(p.proacl, NULL)) AS i WHERE p.proacl IS NOT NULL AND i.grantee IN (SELECT o.oid FROM owners AS o)))
    UNION
    SELECT 'pg_catalog.pg_type'::regclass::oid, t.oid
    FROM pg_catalog.pg_type AS t
    WHERE @reaching::boolean AND (t.typowner IN (SELECT o.oid FROM owners AS o)
        OR EXISTS (SELECT FROM aclexplode(array_remove(t.typacl, NULL)) AS i WHERE t.typacl IS NOT NULL AND i.grantee IN (SELECT o.oid FROM owners AS o)))
), named AS (
    SELECT o.kind, o.schema, o.name
    FROM ROWS FROM (unnest(@kinds::text[]), unnest(@schemas::name[]), unnest(@names::name[])) AS o (kind, schema, name)
), peoples AS (
    SELECT n.oid
    FROM pg_catalog.pg_namespace AS n
    WHERE (SELECT r.everything FROM reading AS r)
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT left(n.nspname::text, 8) = 'pg_toast'
), routines AS (
    SELECT p.oid, p.pronamespace
    FROM (
        SELECT p.oid
        FROM named AS o
        CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
        CROSS JOIN LATERAL (SELECT p.oid FROM pg_catalog.pg_proc AS p WHERE p.proname = o.name AND p.pronamespace = n.oid OFFSET 0) AS p
        WHERE o.kind = 'ROUTINE'
        UNION
        SELECT p.oid
        FROM pg_catalog.pg_proc AS p
        WHERE cardinality(@routine_contents::name[]) > 0
            AND p.pronamespace = ANY(ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@routine_contents::name[])))
        UNION
        SELECT p.oid FROM pg_catalog.pg_proc AS p WHERE (SELECT r.everything FROM reading AS r) AND p.pronamespace = ANY(ARRAY(SELECT n.oid FROM peoples AS n))
        UNION
        SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_proc'::regclass
    ) AS o
    CROSS JOIN LATERAL (SELECT p.oid, p.pronamespace FROM pg_catalog.pg_proc AS p WHERE p.oid = o.oid OFFSET 0) AS p
), type AS (
    SELECT t.oid
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.typname = o.name AND t.typnamespace = n.oid OFFSET 0) AS t
    WHERE o.kind = 'TYPE'
    UNION
    SELECT t.oid
    FROM pg_catalog.pg_type AS t
    WHERE cardinality(@type_contents::name[]) > 0
        AND t.typnamespace = ANY(ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@type_contents::name[])))
        AND (t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid))
    UNION
    SELECT t.oid
    FROM pg_catalog.pg_type AS t
    WHERE (SELECT r.everything FROM reading AS r) AND t.typnamespace = ANY(ARRAY(SELECT n.oid FROM peoples AS n))
        AND (t.typrelid = 0 OR t.typacl IS NOT NULL OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid))
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_type'::regclass
), large_objects AS (
    SELECT l.oid
    FROM (
        SELECT o.name::text::oid AS oid FROM named AS o WHERE o.kind = 'LARGE OBJECT'
        UNION
        SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_largeobject'::regclass
        UNION
        SELECT l.oid
        FROM pg_catalog.pg_largeobject_metadata AS l
        CROSS JOIN LATERAL aclexplode(array_remove(l.lomacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
        WHERE (SELECT r.everything FROM reading AS r) AND l.lomacl IS NOT NULL AND i.grantee < 12000
    ) AS o
    CROSS JOIN LATERAL (SELECT l.oid FROM pg_catalog.pg_largeobject_metadata AS l WHERE l.oid = o.oid OFFSET 0) AS l
), relation AS (
    SELECT c.oid
    FROM named AS o
    CROSS JOIN LATERAL (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = o.schema OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relname = o.name AND c.relnamespace = n.oid OFFSET 0) AS c
    WHERE o.kind = ''
    UNION
    SELECT t.typrelid
    FROM type AS o
    CROSS JOIN LATERAL (SELECT t.typrelid FROM pg_catalog.pg_type AS t WHERE t.oid = o.oid AND t.typrelid <> 0 OFFSET 0) AS t
    UNION
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    WHERE cardinality(@contents::name[]) > 0
        AND c.relnamespace = ANY(ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@contents::name[])))
    UNION
    SELECT c.oid
    FROM pg_catalog.pg_class AS c
    WHERE (SELECT r.everything FROM reading AS r) AND c.relnamespace = ANY(ARRAY(SELECT n.oid FROM peoples AS n))
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass
), shown AS (
    SELECT c.oid, c.relnamespace, c.relkind
    FROM relation AS r
    CROSS JOIN LATERAL (
        SELECT c.oid, c.relnamespace, c.relkind
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
    UNION
    SELECT c.oid, c.relnamespace
    FROM shown AS s
    CROSS JOIN LATERAL (
        SELECT d.refobjid
        FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.oid AND d.objsubid = 0
            AND (d.refclassid = 'pg_catalog.pg_class'::regclass) IS TRUE AND d.deptype IN ('a', 'i')
        OFFSET 0
    ) AS d
    CROSS JOIN LATERAL (SELECT c.oid, c.relnamespace FROM pg_catalog.pg_class AS c WHERE c.oid = d.refobjid OFFSET 0) AS c
    WHERE s.relkind = 'S'
), types AS (
    SELECT t.oid, t.typnamespace
    FROM (
        SELECT o.oid FROM type AS o
        UNION
        SELECT t.oid
        FROM relations AS r
        CROSS JOIN LATERAL (
            SELECT c.reltype FROM pg_catalog.pg_class AS c WHERE c.oid = r.oid OFFSET 0
        ) AS c
        CROSS JOIN LATERAL (SELECT t.oid FROM pg_catalog.pg_type AS t WHERE t.oid = c.reltype AND t.typacl IS NOT NULL OFFSET 0) AS t
    ) AS o
    CROSS JOIN LATERAL (
        SELECT t.oid, t.typnamespace
        FROM pg_catalog.pg_type AS t
        WHERE t.oid = o.oid AND (t.typtype <> 'p' OR t.typisdefined OR t.typacl IS NOT NULL) AND t.typinput NOT IN ('pg_catalog.array_in'::regproc, 'pg_catalog.int2vectorin'::regproc, 'pg_catalog.oidvectorin'::regproc)
        OFFSET 0
    ) AS t
), schemas AS (
    SELECT n.oid
    FROM (
        SELECT r.relnamespace AS oid FROM relations AS r
        UNION
        SELECT p.pronamespace FROM routines AS p
        UNION
        SELECT t.typnamespace
        FROM (
            SELECT DISTINCT unnest(p.proargtypes::oid[]) AS oid
            FROM routines AS r
            CROSS JOIN LATERAL (SELECT p.proargtypes FROM pg_catalog.pg_proc AS p WHERE p.oid = r.oid OFFSET 0) AS p
        ) AS a
        CROSS JOIN LATERAL (SELECT t.typnamespace FROM pg_catalog.pg_type AS t WHERE t.oid = a.oid OFFSET 0) AS t
        WHERE t.typnamespace <> 'pg_catalog'::regnamespace
        UNION
        SELECT t.typnamespace FROM types AS t
        UNION
        SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass
        UNION
        SELECT n.oid
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspname = ANY(@contents::name[] || ARRAY(SELECT o.name FROM named AS o WHERE o.kind = 'SCHEMA'))
        UNION
        SELECT n.oid
        FROM pg_catalog.pg_namespace AS n
        WHERE (SELECT r.everything FROM reading AS r) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    ) AS s
    CROSS JOIN LATERAL (SELECT n.oid, n.nspname::text AS name, n.nspacl IS NOT NULL AS has_acl FROM pg_catalog.pg_namespace AS n WHERE n.oid = s.oid OFFSET 0) AS n
    WHERE NOT (left(n.name, 8) = 'pg_toast' OR left(n.name, 8) = 'pg_temp_') OR n.has_acl
), databases AS (
    SELECT h.oid FROM here AS h
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_database'::regclass
    UNION
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = ANY(ARRAY(SELECT o.name FROM named AS o WHERE o.kind = 'DATABASE'))
    UNION
    SELECT d.oid
    FROM pg_catalog.pg_database AS d
    WHERE (SELECT r.everything FROM reading AS r) OR (SELECT count(*) > 0 FROM named AS o WHERE o.kind = 'DATABASES')
), object AS (
    SELECT 0 AS dbid, 'pg_catalog.pg_database'::regclass::oid AS classid, d.oid, d.datdba AS owner, d.datacl AS acl
    FROM databases AS o
    CROSS JOIN LATERAL (SELECT d.oid, d.datdba, d.datacl FROM pg_catalog.pg_database AS d WHERE d.oid = o.oid OFFSET 0) AS d
    UNION ALL
    SELECT (SELECT h.oid FROM here AS h), 'pg_catalog.pg_namespace'::regclass, n.oid, n.nspowner, n.nspacl
    FROM schemas AS o
    CROSS JOIN LATERAL (SELECT n.oid, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.oid = o.oid OFFSET 0) AS n
    UNION ALL
    SELECT (SELECT h.oid FROM here AS h), 'pg_catalog.pg_class'::regclass, c.oid, c.relowner, c.relacl
    FROM relations AS o
    CROSS JOIN LATERAL (SELECT c.oid, c.relowner, c.relacl FROM pg_catalog.pg_class AS c WHERE c.oid = o.oid OFFSET 0) AS c
    UNION ALL
    SELECT (SELECT h.oid FROM here AS h), 'pg_catalog.pg_proc'::regclass, p.oid, p.proowner, p.proacl
    FROM routines AS o
    CROSS JOIN LATERAL (SELECT p.oid, p.proowner, p.proacl FROM pg_catalog.pg_proc AS p WHERE p.oid = o.oid OFFSET 0) AS p
    UNION ALL
    SELECT (SELECT h.oid FROM here AS h), 'pg_catalog.pg_type'::regclass, t.oid, t.typowner, t.typacl
    FROM types AS o
    CROSS JOIN LATERAL (SELECT t.oid, t.typowner, t.typacl FROM pg_catalog.pg_type AS t WHERE t.oid = o.oid OFFSET 0) AS t
    UNION ALL
    SELECT (SELECT h.oid FROM here AS h), 'pg_catalog.pg_largeobject'::regclass, l.oid, l.lomowner, l.lomacl
    FROM large_objects AS o
    CROSS JOIN LATERAL (SELECT l.oid, l.lomowner, l.lomacl FROM pg_catalog.pg_largeobject_metadata AS l WHERE l.oid = o.oid OFFSET 0) AS l
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
), acl AS (
    SELECT o.owner, o.acl FROM object AS o WHERE o.acl IS NOT NULL
    UNION ALL
    SELECT NULL::oid, a.attacl
    FROM relations AS r
    CROSS JOIN LATERAL (
        SELECT a.attacl FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = r.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped OFFSET 0
    ) AS a
), doers AS (
    SELECT o.owner AS oid FROM object AS o WHERE @reaching::boolean OR NOT current_setting('pgsr.superuser')::boolean
    UNION
    SELECT CASE g.which WHEN 1 THEN i.grantor ELSE nullif(i.grantee, 0) END
    FROM acl AS a
    CROSS JOIN LATERAL aclexplode(array_remove(a.acl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
    CROSS JOIN (VALUES (1), (2)) AS g (which)
    WHERE g.which = 1 AND (i.grantor <> a.owner) IS NOT FALSE OR g.which = 2 AND i.is_grantable
)
SELECT
    set_config('pgsr.relations', coalesce((SELECT array_agg(r.oid) FROM relations AS r), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.routines', coalesce((SELECT array_agg(r.oid) FROM routines AS r), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.types', coalesce((SELECT array_agg(t.oid) FROM types AS t), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.large_objects', coalesce((SELECT array_agg(l.oid) FROM large_objects AS l), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.schemas', coalesce((SELECT array_agg(s.oid) FROM schemas AS s), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.databases', coalesce((SELECT array_agg(d.oid) FROM databases AS d), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.holders', coalesce((SELECT array_agg(h.oid) FROM holders AS h), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.doers', coalesce((SELECT array_agg(d.oid) FROM doers AS d WHERE d.oid IS NOT NULL), '{}')::text, true) IS NOT NULL;

-- name: ScopeBelow :exec
-- Adds to pgsr.reached the members of some roles, and their members, and all that those reach: a change of what the
-- roles have concerns them. The connecting role is one of the roles, since it may come to own things. So are the doers,
-- who may lose something. With holders, so are the roles that have something on the objects to show. Predefined roles
-- are in no ACL. Superusers, and before 16 roles with CREATEROLE, come to have everything.
WITH RECURSIVE below (oid) AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = ANY(@below::name[])
        OR cardinality(@below::name[]) > 0 AND r.oid = current_setting('pgsr.actor')::oid
        OR (@holders::boolean OR cardinality(@below::name[]) > 0)
            AND r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_maintain', 'pg_database_owner')
        OR @holders::boolean AND (r.rolsuper OR r.rolcreaterole AND current_setting('server_version_num')::integer < 160000)
    UNION
    SELECT d.oid FROM unnest(current_setting('pgsr.doers')::oid[]) AS d (oid) WHERE cardinality(@below::name[]) > 0
    UNION
    SELECT h.oid FROM unnest(current_setting('pgsr.holders')::oid[]) AS h (oid) WHERE @holders::boolean
    UNION
    SELECT m.member
    FROM below AS b
    CROSS JOIN LATERAL (SELECT m.member FROM pg_catalog.pg_auth_members AS m WHERE m.roleid BETWEEN b.oid AND b.oid ORDER BY m.roleid OFFSET 0) AS m
), beside (oid) AS (
    SELECT b.oid FROM below AS b
    UNION
    SELECT m.roleid FROM beside AS b CROSS JOIN LATERAL (SELECT m.roleid FROM pg_catalog.pg_auth_members AS m WHERE m.member = b.oid OFFSET 0) AS m
), reached AS (
    SELECT unnest(current_setting('pgsr.reached')::oid[]) AS oid
    UNION
    SELECT b.oid FROM beside AS b
)
SELECT set_config('pgsr.reached', coalesce(array_agg(r.oid), '{}')::text, true) IS NOT NULL FROM reached AS r;

-- name: ScopeMemberships :exec
-- Notes the memberships to show beside those of the scope's own roles:
-- - From 16 on, what the scope's roles have granted, what was granted on from there, and other rows of the same members
-- in the same roles. A REVOKE from a grantor takes the first, and GRANT changes only the options that it names. Before
-- 16, only what leavers have granted matters.
-- - The memberships by which the connecting role may act as other roles: those that inherit or allow SET ROLE, as all
-- do before 16. An option is a bare name: from 16 on that is the column of pg_auth_members, before 16 that of the query
-- around it. So with the doers, who have granted something on the objects to show, or may: what they inherit decides
-- whether a REVOKE is passed on.
-- - From 16 on, the memberships of those roles in roles that matter here. The creator of all roles of a cluster
-- administers all of them. So these are looked up one by one, except for roles that initdb made; or among all, if they
-- are many.
-- - The direct and indirect members of the connecting role, which cannot join them, and of roles with
-- ADMIN OPTION on the scope's roles, which they may use by any way.
-- - The members of administrator roles that the connecting role may act as, and those with ADMIN OPTION on privilege
-- roles. For a role with very many members only the oldest are looked at, among whom its creator is.
-- Rows are walked by the text of their ctid: before 14 a ctid has no hash, which UNION takes.
-- The scope is an array of a query within the query, so that the server takes it for a few roles, and makes a hash.
-- Of thousands, which it would see in the setting, a hash seems too large for work_mem, and each membership would be
-- compared with each role.
WITH RECURSIVE passed_on AS (
    SELECT m.roleid, m.member, m.admin_option
    FROM unnest(current_setting('pgsr.scope')::oid[]) AS s (oid)
    CROSS JOIN LATERAL (SELECT m.roleid, m.member, m.admin_option FROM pg_catalog.pg_auth_members AS m WHERE m.grantor = s.oid OFFSET 0) AS m
    WHERE current_setting('server_version_num')::integer >= 160000 OR @leaving::boolean
    UNION
    SELECT m.roleid, m.member, m.admin_option
    FROM passed_on AS p
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.member, m.admin_option
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid BETWEEN p.roleid AND p.roleid AND (m.grantor = p.member) IS TRUE
        ORDER BY m.roleid
        OFFSET 0
    ) AS m
    WHERE p.admin_option
), way (oid, member, place, is_ours) AS (
    (
        SELECT c.oid, NULL::oid, NULL::text, true FROM unnest(current_setting('pgsr.connecting')::oid[]) AS c (oid)
        UNION ALL
        SELECT d.oid, NULL::oid, NULL::text, false
        FROM unnest(current_setting('pgsr.doers')::oid[]) AS d (oid)
        WHERE d.oid <> ALL (current_setting('pgsr.connecting')::oid[])
    )
    UNION
    SELECT m.roleid, w.oid, m.ctid::text, w.is_ours
    FROM (SELECT DISTINCT w.oid, w.is_ours FROM way AS w) AS w
    CROSS JOIN (SELECT true AS inherit_option, true AS set_option) AS older
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.member = w.oid AND (inherit_option OR set_option) OFFSET 0
    ) AS m
), acting AS (
    SELECT array_agg(DISTINCT w.oid) AS roles FROM way AS w WHERE w.is_ours
), under (oid, place) AS (
    (
        SELECT current_setting('pgsr.actor')::oid, NULL::text
        UNION ALL
        SELECT m.member, m.ctid::text
        FROM unnest(current_setting('pgsr.scope')::oid[]) AS s (oid)
        CROSS JOIN LATERAL (
            SELECT m.member, m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.roleid BETWEEN s.oid AND s.oid AND m.admin_option ORDER BY m.roleid OFFSET 0
        ) AS m
        WHERE current_setting('server_version_num')::integer >= 160000
    )
    UNION
    SELECT m.member, m.ctid::text
    FROM (SELECT DISTINCT u.oid FROM under AS u) AS u
    CROSS JOIN LATERAL (SELECT m.member, m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.roleid BETWEEN u.oid AND u.oid ORDER BY m.roleid OFFSET 0) AS m
    WHERE NOT current_setting('pgsr.superuser')::boolean
), administered AS (
    SELECT a.roles AS administrators, r.roles, cardinality(a.roles) * cardinality(r.roles) <= 1000 AS few
    FROM acting AS a
    CROSS JOIN (
        SELECT current_setting('pgsr.scope')::oid[] || current_setting('pgsr.granted')::oid[] || current_setting('pgsr.holders')::oid[]
            || ARRAY(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[])) AS roles
    ) AS r
    WHERE current_setting('server_version_num')::integer >= 160000
), others AS (
    SELECT m.ctid AS place, m.member
    FROM acting AS a
    CROSS JOIN LATERAL unnest(a.roles) AS w (oid)
    CROSS JOIN LATERAL (
        SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = w.oid AND left(r.rolname::text, 20) = '_pgsr_administrator_' OFFSET 0
    ) AS r
    CROSS JOIN LATERAL (SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.roleid BETWEEN r.oid AND r.oid ORDER BY m.roleid OFFSET 0) AS m
    UNION ALL
    SELECT m.place, m.member
    FROM (
        SELECT DISTINCT h.oid
        FROM unnest(current_setting('pgsr.granted')::oid[] || current_setting('pgsr.holders')::oid[]) AS h (oid)
        WHERE h.oid >= 12000
    ) AS h
    CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = h.oid AND left(r.rolname::text, 6) = '_pgsr_' OFFSET 0) AS r
    CROSS JOIN LATERAL (
        SELECT m.ctid AS place, m.member, m.admin_option
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid BETWEEN r.oid AND r.oid
        ORDER BY m.roleid, m.member
        LIMIT 200
    ) AS m
    WHERE m.admin_option AND current_setting('server_version_num')::integer >= 160000
), membership AS (
    SELECT m.ctid AS place, m.member
    FROM unnest(current_setting('pgsr.reached')::oid[]) AS r (oid)
    CROSS JOIN LATERAL (SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS m
    UNION ALL
    SELECT w.place::tid, w.member FROM way AS w WHERE w.place IS NOT NULL
    UNION ALL
    SELECT u.place::tid, u.oid FROM under AS u WHERE u.place IS NOT NULL
    UNION ALL
    SELECT m.ctid, m.member
    FROM administered AS o
    CROSS JOIN LATERAL unnest(o.administrators) AS a (oid)
    CROSS JOIN LATERAL (
        SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.member = a.oid AND m.roleid < 12000
        UNION ALL
        SELECT m.ctid, m.member
        FROM (SELECT DISTINCT r.oid FROM unnest(o.roles) AS r (oid) WHERE r.oid >= 12000) AS r
        CROSS JOIN LATERAL (SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.member = a.oid AND m.roleid = r.oid OFFSET 0) AS m
    ) AS m
    WHERE o.few
    UNION ALL
    SELECT m.ctid, m.member
    FROM pg_catalog.pg_auth_members AS m
    WHERE m.member = ANY((SELECT o.administrators FROM administered AS o WHERE NOT o.few)::oid[])
        AND (m.roleid IN (SELECT unnest(o.roles) FROM administered AS o)) IS TRUE
    UNION ALL
    SELECT m.ctid, m.member
    FROM (SELECT DISTINCT p.roleid, p.member FROM passed_on AS p) AS p
    CROSS JOIN LATERAL (
        SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = p.roleid AND m.member = p.member OFFSET 0
    ) AS m
    UNION ALL
    SELECT o.place, o.member FROM others AS o
    UNION ALL
    SELECT m.ctid, m.member
    FROM unnest(@members_of::name[]) AS n (name)
    CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = n.name OFFSET 0) AS r
    CROSS JOIN LATERAL (SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.roleid BETWEEN r.oid AND r.oid ORDER BY m.roleid OFFSET 0) AS m
    OFFSET 0
)
SELECT set_config('pgsr.memberships', coalesce(array_agg(m.place), '{}')::text, true) IS NOT NULL
FROM membership AS m
WHERE (m.member IN (SELECT unnest((SELECT current_setting('pgsr.scope')::oid[])))) IS NOT TRUE;

-- name: ScopeRoles :exec
-- Notes the roles to show. With holders these are also the superusers, who hold everything.
WITH membership AS (
    SELECT m.roleid, m.member, m.grantor
    FROM pg_catalog.pg_auth_members AS m
    WHERE m.ctid = ANY(current_setting('pgsr.memberships')::tid[])
), shown AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = 10
    UNION
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[])
    UNION
    SELECT unnest(current_setting('pgsr.connecting')::oid[])
    UNION
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE @holders::boolean AND (r.rolsuper OR r.rolcreaterole AND current_setting('server_version_num')::integer < 160000)
    UNION
    SELECT unnest(current_setting('pgsr.scope')::oid[] || current_setting('pgsr.granted')::oid[] || current_setting('pgsr.holders')::oid[])
    UNION
    SELECT unnest(ARRAY[m.roleid, m.member, m.grantor]) FROM membership AS m
    UNION
    SELECT m.grantor
    FROM unnest(current_setting('pgsr.scope')::oid[]) AS r (oid)
    CROSS JOIN LATERAL (SELECT m.grantor FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS m
)
SELECT set_config('pgsr.roles', coalesce(array_agg(s.oid), '{}')::text, true) IS NOT NULL FROM shown AS s;

-- name: ScopeHidden :one
-- Gives what Hidden gives, for a scope. Not all is read then. So it asks which of the roles to show are named as
-- privilege roles and have more than one ACL in the cluster gives them, and which of them have that on an object of an
-- unknown kind. OFFSET 0 keeps the server from going the other way round, through all memberships.
SELECT
    coalesce(array_agg(h.oid) FILTER (WHERE NOT h.is_lone), '{}')::oid[] AS roles,
    coalesce(array_agg(h.oid) FILTER (WHERE h.is_lone AND h.is_unknown), '{}')::oid[] AS unknown
FROM (
    SELECT r.oid, d.is_unknown, d.is_lone AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS is_lone
    FROM pg_catalog.pg_roles AS r
    CROSS JOIN LATERAL (
        SELECT count(*) = 1 AND bool_and(d.deptype = 'a') AS is_lone, bool_and(d.is_unknown) AS is_unknown
        FROM (
            SELECT d.deptype, d.dbid IN (0, (SELECT here.oid FROM pg_catalog.pg_database AS here WHERE here.datname = current_database()))
                AND CASE WHEN d.classid = 'pg_catalog.pg_class'::regclass THEN EXISTS (
                    SELECT FROM pg_catalog.pg_class AS c
                    WHERE c.oid = d.objid AND c.relkind NOT IN ('r', 'p', 'f', 'v', 'm', 'S', 'i', 'I', 't', 'c')
                ) ELSE d.classid <> ALL (
                    (SELECT array_agg(to_regclass(c.name)) FILTER (WHERE to_regclass(c.name) IS NOT NULL) FROM unnest(@managed::text[]) AS c (name))::oid[]
                ) END AS is_unknown
            FROM pg_catalog.pg_shdepend AS d
            WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = r.oid
            LIMIT 2
        ) AS d
    ) AS d
    WHERE r.oid = ANY(current_setting('pgsr.roles')::oid[])
        AND left(r.rolname::text, 6) = '_pgsr_'
) AS h;
