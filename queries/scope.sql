-- What a snapshot has to show, worked out once and noted in settings that end with the transaction, where the other queries find it.
-- So each closure is written, and computed, once, and still everything is asked in one round trip. The settings hold arrays of OIDs:
--
--   pgsr.scope        the roles that the scope names
--   pgsr.wide         whether the scope is so many of the cluster's roles that going through all is the shorter way
--   pgsr.dense        whether there are many memberships for each role
--   pgsr.granted      roles that a role of the scope is a direct member of
--   pgsr.reached      roles that those of the scope reach by membership, by one or many steps, now or when they are what they are to be;
--                     then also their members, where these are to be shown, and all that those reach
--   pgsr.acting       the connecting role and what it may act as
--   pgsr.databases, pgsr.schemas, pgsr.relations   the objects to show
--   pgsr.columns      places (ctid) in pg_attribute of the columns of pgsr.relations that have an ACL
--   pgsr.holders      owners, grantees and grantors of the objects to show, and all roles that initdb made
--   pgsr.doers        who has granted something on the objects to show, or may; and, where whom a plan concerns is shown, their owners
--   pgsr.grantors     roles of the scope that have granted roles to others, from 16 on
--   pgsr.memberships  places (ctid) in pg_auth_members of the rows to show beside those of the scope's own roles
--   pgsr.roles        the roles to show
--   pgsr.lone         those of them that are named as privilege roles and can do nothing but what one ACL gives them
--
-- What goes from one role to the next is a lateral query with OFFSET 0, which the server answers for each by itself, and IS TRUE keeps a condition from
-- choosing the index: so the way is the same whatever the server takes the sizes for, and a plan that a session keeps (narrow.sql) stays a good one.
-- IS NOT NULL keeps the server from sending them all to us. A setting of a made-up name may be set by anybody:
-- https://www.postgresql.org/docs/current/runtime-config-custom.html

-- name: ScopeEnd :exec
-- What follows in the transaction is the server's to choose again. NULL is what the session began with.
SELECT
    set_config('enable_seqscan', 'on', true),
    set_config('enable_hashjoin', 'on', true),
    set_config('enable_mergejoin', 'on', true),
    set_config('enable_sort', 'on', true),
    set_config('enable_material', 'on', true),
    set_config('plan_cache_mode', 'auto', true),
    set_config('work_mem', NULL, true);

-- name: ScopeSize :exec
-- A role takes about 128 bytes of pg_authid, a membership about 64. JIT costs more than it gains here, and catalogs are in memory.
SELECT
    set_config('jit', 'off', true),
    set_config('random_page_cost', '1', true),
    set_config('pgsr.scope', coalesce(array_agg(r.oid), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.wide', (cardinality(@roles::name[]) * 20 > pg_relation_size('pg_catalog.pg_authid') / 128)::text, true),
    set_config('pgsr.dense', (pg_relation_size('pg_catalog.pg_auth_members') / 64 > pg_relation_size('pg_catalog.pg_authid') / 128 * 32)::text, true)
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = ANY(@roles::name[]);

-- name: ScopeGranted :exec
-- All branches say the same. The first reads each membership of the scope; the second goes through all memberships, the third through all roles and stops at
-- the first member of each that is in the scope, which is shorter when there are very many memberships and most are the scope's.
WITH scope AS (
    SELECT unnest(current_setting('pgsr.scope')::oid[]) AS oid
), granted AS (
    SELECT DISTINCT m.roleid AS oid
    FROM scope AS s
    CROSS JOIN LATERAL (SELECT m.roleid FROM pg_catalog.pg_auth_members AS m WHERE m.member = s.oid OFFSET 0) AS m
    WHERE NOT current_setting('pgsr.wide')::boolean
    UNION ALL
    SELECT DISTINCT m.roleid
    FROM pg_catalog.pg_auth_members AS m
    WHERE current_setting('pgsr.wide')::boolean AND NOT current_setting('pgsr.dense')::boolean AND (m.member IN (SELECT s.oid FROM scope AS s)) IS TRUE
    UNION ALL
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    CROSS JOIN LATERAL (
        SELECT FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid = r.oid AND (m.member IN (SELECT s.oid FROM scope AS s)) IS TRUE
        LIMIT 1
    ) AS first_member
    WHERE current_setting('pgsr.wide')::boolean AND current_setting('pgsr.dense')::boolean
)
SELECT set_config('pgsr.granted', coalesce(array_agg(g.oid), '{}')::text, true) IS NOT NULL FROM granted AS g;

-- name: ScopeByIndex :exec
-- How many steps a walk takes, and how wide it becomes, nobody can estimate, and the server prepares for the worst by reading all
-- memberships, and by clearing much memory. Right after a large change it also takes the catalogs for as small as they were, and reads all of one
-- for each role. By index, step by step, is how such walks are short: https://www.postgresql.org/docs/current/runtime-config-query.html
SELECT
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true),
    set_config('enable_sort', 'off', true),
    set_config('work_mem', '1MB', true);

-- name: ScopeReach :exec
-- What the roles of the scope, and those that are to be granted to them, reach by membership.
WITH RECURSIVE reached (oid) AS (
    SELECT unnest(current_setting('pgsr.granted')::oid[])
    UNION
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[])
    UNION
    SELECT m.roleid FROM reached AS r CROSS JOIN LATERAL (SELECT m.roleid FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS m
)
SELECT set_config('pgsr.reached', coalesce((SELECT array_agg(r.oid) FROM reached AS r), '{}')::text, true) IS NOT NULL;

-- name: ScopeByEstimate :exec
-- Ends what ScopeByIndex begins: the server chooses again.
SELECT
    set_config('enable_seqscan', 'on', true),
    set_config('enable_hashjoin', 'on', true),
    set_config('enable_mergejoin', 'on', true),
    set_config('enable_sort', 'on', true),
    set_config('work_mem', NULL, true);

-- name: ScopeObjects :exec
-- Objects that are named, that lie in the named schemas, and that a role of the scope, or a privilege role that was granted to
-- one, has something on; where effective access is asked for, also what any role has that they reach; or everything. Then the schemas
-- that these lie in, and the sequences that belong to these tables.
-- pg_shdepend knows them by role: https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
-- It knows nothing of roles that initdb made, which have OIDs below 12000. What such a role has can be anything, or is everything; what
-- pg_database_owner has, of which the database's owner is a member without a row, is looked for in ACLs.
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
    JOIN pg_catalog.pg_roles AS r ON r.oid = g.oid
    WHERE starts_with(r.rolname::text, '_pgsr_')
    UNION
    SELECT r.oid FROM unnest(current_setting('pgsr.reached')::oid[]) AS r (oid) WHERE @reaching::boolean
), held AS (
    SELECT DISTINCT d.classid, d.objid
    FROM holder AS h
    JOIN pg_catalog.pg_shdepend AS d ON d.refobjid = h.oid
    WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass
        AND d.deptype IN ('o', 'a')
        AND d.dbid IN (0, (SELECT h.oid FROM here AS h))
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
), named AS (
    SELECT o.kind, o.schema, o.name
    FROM ROWS FROM (unnest(@kinds::text[]), unnest(@schemas::name[]), unnest(@names::name[])) AS o (kind, schema, name)
), relation AS (
    SELECT c.oid
    FROM named AS o
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = o.schema
    JOIN pg_catalog.pg_class AS c ON c.relname = o.name AND c.relnamespace = n.oid
    UNION
    SELECT c.oid
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid
    WHERE n.nspname = ANY(@contents::name[])
        OR (SELECT r.everything FROM reading AS r) AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT starts_with(n.nspname::text, 'pg_toast')
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_class'::regclass
), shown AS (
    SELECT c.oid, c.relnamespace
    FROM relation AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
), owned AS (
    SELECT c.oid, c.relnamespace
    FROM shown AS t
    JOIN pg_catalog.pg_depend AS d ON d.refobjid = t.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
    JOIN pg_catalog.pg_class AS c ON c.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND c.relkind = 'S'
), relations AS (
    SELECT s.oid, s.relnamespace FROM shown AS s UNION SELECT o.oid, o.relnamespace FROM owned AS o
), schemas AS (
    SELECT r.relnamespace AS oid FROM relations AS r
    UNION
    SELECT n.oid
    FROM pg_catalog.pg_namespace AS n
    WHERE (SELECT r.everything FROM reading AS r) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        OR n.nspname = ANY(@contents::name[])
        OR n.nspname IN (SELECT o.name FROM named AS o WHERE o.kind = 'SCHEMA')
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass
), databases AS (
    SELECT h.oid FROM here AS h
    UNION
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE (SELECT r.everything FROM reading AS r) OR d.datname IN (SELECT o.name FROM named AS o WHERE o.kind = 'DATABASE')
    UNION
    SELECT d.objid FROM held AS d WHERE d.classid = 'pg_catalog.pg_database'::regclass
)
SELECT
    set_config('pgsr.relations', coalesce((SELECT array_agg(r.oid) FROM relations AS r), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.schemas', coalesce((
        SELECT array_agg(n.oid)
        FROM schemas AS s
        JOIN pg_catalog.pg_namespace AS n ON n.oid = s.oid
        WHERE NOT (starts_with(n.nspname::text, 'pg_toast') OR starts_with(n.nspname::text, 'pg_temp_')) OR n.nspacl IS NOT NULL
    ), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.databases', coalesce((SELECT array_agg(d.oid) FROM databases AS d), '{}')::text, true) IS NOT NULL;

-- name: ScopeColumns :exec
SELECT set_config('pgsr.columns', coalesce(array_agg(a.ctid), '{}')::text, true) IS NOT NULL
FROM unnest(current_setting('pgsr.relations')::oid[]) AS r (oid)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
WHERE a.attacl IS NOT NULL AND NOT a.attisdropped;

-- name: ScopeHolders :exec
-- pg_shdepend knows them without a look into the ACLs, but for roles that initdb made: see ScopeObjects. These are few, and always shown. Beside
-- them, those who get something on schemas that the scope's roles create.
WITH here AS (
    SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), object AS (
    SELECT 0 AS dbid, 'pg_catalog.pg_database'::regclass::oid AS classid, unnest(current_setting('pgsr.databases')::oid[]) AS oid
    UNION ALL
    SELECT h.oid, 'pg_catalog.pg_namespace'::regclass, unnest(current_setting('pgsr.schemas')::oid[]) FROM here AS h
    UNION ALL
    SELECT h.oid, 'pg_catalog.pg_class'::regclass, unnest(current_setting('pgsr.relations')::oid[]) FROM here AS h
), holder AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid < 12000
    UNION
    SELECT d.refobjid
    FROM object AS o
    JOIN pg_catalog.pg_shdepend AS d ON d.dbid = o.dbid AND d.classid = o.classid AND d.objid = o.oid
    WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.deptype IN ('o', 'a')
    UNION
    SELECT i.grantee
    FROM pg_catalog.pg_default_acl AS d
    CROSS JOIN LATERAL aclexplode(array_remove(d.defaclacl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
    WHERE d.defaclrole = ANY(current_setting('pgsr.scope')::oid[]) AND d.defaclnamespace = 0 AND d.defaclobjtype = 'n' AND i.grantee <> 0
)
SELECT set_config('pgsr.holders', coalesce(array_agg(h.oid), '{}')::text, true) IS NOT NULL FROM holder AS h;

-- name: ScopeDoers :exec
-- Who does something with the objects to show: they have granted something on them, or may by a grant option; or, where it is asked whom a plan
-- concerns, own them.
WITH object AS (
    SELECT d.datdba AS owner, d.datacl AS acl
    FROM unnest(current_setting('pgsr.databases')::oid[]) AS o (oid)
    CROSS JOIN LATERAL (SELECT d.datdba, d.datacl FROM pg_catalog.pg_database AS d WHERE d.oid = o.oid OFFSET 0) AS d
    UNION ALL
    SELECT n.nspowner, n.nspacl
    FROM unnest(current_setting('pgsr.schemas')::oid[]) AS o (oid)
    CROSS JOIN LATERAL (SELECT n.nspowner, n.nspacl FROM pg_catalog.pg_namespace AS n WHERE n.oid = o.oid OFFSET 0) AS n
    UNION ALL
    SELECT c.relowner, c.relacl
    FROM unnest(current_setting('pgsr.relations')::oid[]) AS o (oid)
    CROSS JOIN LATERAL (SELECT c.relowner, c.relacl FROM pg_catalog.pg_class AS c WHERE c.oid = o.oid OFFSET 0) AS c
    UNION ALL
    SELECT NULL::oid, a.attacl FROM pg_catalog.pg_attribute AS a WHERE a.ctid = ANY(current_setting('pgsr.columns')::tid[])
), doer AS (
    SELECT o.owner AS oid FROM object AS o WHERE @owners::boolean
    UNION
    SELECT CASE g.which WHEN 1 THEN i.grantor ELSE nullif(i.grantee, 0) END
    FROM object AS o
    CROSS JOIN LATERAL aclexplode(array_remove(o.acl, NULL)) AS i (grantor, grantee, privilege_type, is_grantable)
    CROSS JOIN (VALUES (1), (2)) AS g (which)
    WHERE o.acl IS NOT NULL AND (g.which = 1 AND (i.grantor <> o.owner) IS NOT FALSE OR g.which = 2 AND i.is_grantable)
)
SELECT set_config('pgsr.doers', coalesce(array_agg(d.oid), '{}')::text, true) IS NOT NULL FROM doer AS d WHERE d.oid IS NOT NULL;

-- name: ScopeBelow :exec
-- Whom a change of what roles have concerns: their members, and the members of these; and what else those reach. The connecting role may
-- come to own things, and who does something with the objects to show may lose them. With holders, the roles are those that have something on the objects to show; the predefined ones are in no ACL.
WITH RECURSIVE below (oid) AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = ANY(@below::name[])
        OR cardinality(@below::name[]) > 0 AND r.rolname = current_user
        OR (@holders::boolean OR cardinality(@below::name[]) > 0)
            AND r.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_maintain', 'pg_database_owner')
    UNION
    SELECT d.oid FROM unnest(current_setting('pgsr.doers')::oid[]) AS d (oid) WHERE cardinality(@below::name[]) > 0
    UNION
    SELECT h.oid FROM unnest(current_setting('pgsr.holders')::oid[]) AS h (oid) WHERE @holders::boolean
    UNION
    SELECT m.member FROM below AS b CROSS JOIN LATERAL (SELECT m.member FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = b.oid OFFSET 0) AS m
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

-- name: ScopeGrantors :exec
-- Which of the scope's roles have granted roles: from 16 on, revoking from a grantor has to do with what it granted. Each grantor is
-- found once, by steps through the index that pg_auth_members has on it from 16 on.
WITH RECURSIVE grantor (oid) AS (
    SELECT (SELECT m.grantor FROM pg_catalog.pg_auth_members AS m ORDER BY m.grantor LIMIT 1)
    WHERE current_setting('server_version_num')::integer >= 160000
    UNION ALL
    SELECT (SELECT m.grantor FROM pg_catalog.pg_auth_members AS m WHERE m.grantor > g.oid ORDER BY m.grantor LIMIT 1)
    FROM grantor AS g
    WHERE g.oid IS NOT NULL
)
SELECT set_config('pgsr.grantors', coalesce(array_agg(g.oid), '{}')::text, true) IS NOT NULL
FROM grantor AS g
JOIN unnest(current_setting('pgsr.scope')::oid[]) AS s (oid) ON s.oid = g.oid;

-- name: ScopeMemberships :exec
-- To what the scope's roles have granted belongs what was granted on from there, and what else the same members have of the same roles: a GRANT of what is
-- there changes only the options that it names. The connecting role's way goes on through memberships that let it act as the
-- role granted, as all do before 16. An option is named bare: from 16 on that is the column of pg_auth_members, before 16 that of the query around it.
-- What it only administers, as the creator of all roles of a cluster administers all of them, is shown of roles that matter here: these are
-- looked up one by one, but for those that initdb made, or, where they are many, among all. Under it, and under those with ADMIN OPTION on the scope's roles, are all that are members of
-- them, directly or not: nobody can be made a member of such a role, and who administers a role may do so by any way. Those who have
-- granted something on objects to show, or may, are doers: what they inherit says whether a REVOKE is passed on.
-- Others are those who could act as one of its administrator roles, or give away a privilege role: of a role with very many members, the oldest are looked
-- at, among whom its creator is.
WITH RECURSIVE passed_on AS (
    SELECT m.roleid, m.member, m.admin_option
    FROM pg_catalog.pg_auth_members AS m
    WHERE cardinality(current_setting('pgsr.grantors')::oid[]) > 0 AND m.grantor = ANY(current_setting('pgsr.grantors')::oid[])
    UNION
    SELECT m.roleid, m.member, m.admin_option
    FROM passed_on AS p
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.member, m.admin_option FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = p.roleid AND (m.grantor = p.member) IS TRUE OFFSET 0
    ) AS m
    WHERE p.admin_option
), way (oid, member, place, is_ours) AS (
    (
        SELECT r.oid, NULL::oid, NULL::tid, true FROM pg_catalog.pg_roles AS r WHERE r.rolname IN (current_user, session_user)
        UNION ALL
        SELECT d.oid, NULL::oid, NULL::tid, false
        FROM unnest(current_setting('pgsr.doers')::oid[]) AS d (oid)
        WHERE d.oid <> ALL (ARRAY(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname IN (current_user, session_user)))
    )
    UNION
    SELECT m.roleid, w.oid, m.ctid, w.is_ours
    FROM (SELECT DISTINCT w.oid, w.is_ours FROM way AS w) AS w
    CROSS JOIN (SELECT true AS inherit_option, true AS set_option) AS older
    CROSS JOIN LATERAL (
        SELECT m.roleid, m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.member = w.oid AND (inherit_option OR set_option) OFFSET 0
    ) AS m
), acting AS (
    SELECT array_agg(DISTINCT w.oid) AS roles FROM way AS w WHERE w.is_ours
), under (oid, place) AS (
    (
        SELECT r.oid, NULL::tid FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user
        UNION ALL
        SELECT m.member, m.ctid
        FROM unnest(current_setting('pgsr.scope')::oid[]) AS s (oid)
        CROSS JOIN LATERAL (SELECT m.member, m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = s.oid AND m.admin_option OFFSET 0) AS m
        WHERE current_setting('server_version_num')::integer >= 160000
    )
    UNION
    SELECT m.member, m.ctid
    FROM (SELECT DISTINCT u.oid FROM under AS u) AS u
    CROSS JOIN LATERAL (SELECT m.member, m.ctid FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = u.oid OFFSET 0) AS m
    WHERE NOT current_setting('is_superuser')::boolean
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
        SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = w.oid AND starts_with(r.rolname::text, '_pgsr_administrator_') OFFSET 0
    ) AS r
    CROSS JOIN LATERAL (SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = r.oid OFFSET 0) AS m
    UNION ALL
    SELECT m.place, m.member
    FROM (
        SELECT DISTINCT h.oid
        FROM unnest(current_setting('pgsr.granted')::oid[] || current_setting('pgsr.holders')::oid[]) AS h (oid)
        WHERE h.oid >= 12000
    ) AS h
    CROSS JOIN LATERAL (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = h.oid AND starts_with(r.rolname::text, '_pgsr_') OFFSET 0) AS r
    CROSS JOIN LATERAL (
        SELECT m.ctid AS place, m.member, m.admin_option
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.roleid = r.oid
        ORDER BY m.member
        LIMIT 200
    ) AS m
    WHERE m.admin_option AND current_setting('server_version_num')::integer >= 160000
), membership AS (
    SELECT m.ctid AS place, m.member
    FROM unnest(current_setting('pgsr.reached')::oid[]) AS r (oid)
    CROSS JOIN LATERAL (SELECT m.ctid, m.member FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS m
    UNION ALL
    SELECT w.place, w.member FROM way AS w WHERE w.place IS NOT NULL
    UNION ALL
    SELECT u.place, u.oid FROM under AS u WHERE u.place IS NOT NULL
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
    OFFSET 0
)
SELECT
    set_config('pgsr.acting', coalesce((SELECT a.roles FROM acting AS a), '{}')::text, true) IS NOT NULL,
    set_config('pgsr.memberships', coalesce((
        SELECT array_agg(m.place) FROM membership AS m WHERE (m.member IN (SELECT unnest(current_setting('pgsr.scope')::oid[]))) IS NOT TRUE
    ), '{}')::text, true) IS NOT NULL;

-- name: ScopeRoles :exec
-- All roles for a wide scope: whoever reads the memberships sees which of them are meant. Superusers hold everything.
WITH membership AS (
    SELECT m.roleid, m.member, m.grantor
    FROM pg_catalog.pg_auth_members AS m
    WHERE m.ctid = ANY(current_setting('pgsr.memberships')::tid[])
), narrow AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.oid = 10
    UNION
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname IN (current_user, session_user)
    UNION
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@mentioned::name[])
    UNION
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE @holders::boolean AND r.rolsuper
    UNION
    SELECT unnest(current_setting('pgsr.scope')::oid[])
    UNION
    SELECT unnest(current_setting('pgsr.granted')::oid[])
    UNION
    SELECT unnest(current_setting('pgsr.holders')::oid[])
    UNION
    SELECT unnest(ARRAY[m.roleid, m.member, m.grantor]) FROM membership AS m
    UNION
    SELECT m.grantor
    FROM unnest(current_setting('pgsr.scope')::oid[]) AS r (oid)
    CROSS JOIN LATERAL (SELECT m.grantor FROM pg_catalog.pg_auth_members AS m WHERE m.member = r.oid OFFSET 0) AS m
), shown AS (
    SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE current_setting('pgsr.wide')::boolean
    UNION ALL
    SELECT n.oid FROM narrow AS n WHERE NOT current_setting('pgsr.wide')::boolean
)
SELECT set_config('pgsr.roles', coalesce(array_agg(s.oid), '{}')::text, true) IS NOT NULL FROM shown AS s;

-- name: ScopeLone :exec
-- Privilege roles can do nothing but what one single ACL in the cluster gives them: here are those of the roles to show, named so, of which that is
-- true. LIMIT keeps the server from going the other way round, through all memberships.
WITH named AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = ANY(current_setting('pgsr.roles')::oid[])
        AND starts_with(r.rolname::text, '_pgsr_')
        AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin OR r.rolreplication OR r.rolbypassrls)
), alone AS (
    SELECT n.oid
    FROM named AS n
    CROSS JOIN LATERAL (
        SELECT d.deptype, d.objsubid
        FROM pg_catalog.pg_shdepend AS d
        WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = n.oid
        LIMIT 2
    ) AS d
    GROUP BY n.oid
    HAVING count(*) = 1 AND bool_and(d.deptype = 'a' AND d.objsubid = 0)
), member AS (
    SELECT n.oid
    FROM named AS n
    CROSS JOIN LATERAL (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.member = n.oid LIMIT 1) AS m
)
SELECT set_config('pgsr.lone', coalesce(array_agg(a.oid), '{}')::text, true) IS NOT NULL
FROM alone AS a
WHERE (a.oid IN (SELECT m.oid FROM member AS m)) IS NOT TRUE;
