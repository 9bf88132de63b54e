-- Whether everything is read, for a scope that is most of a cluster: that costs less than working out what to leave out. Whoever plans looks only at what
-- the scope is about. The server finds it out itself, so that no answer has to be waited for: if it is not, the queries that read have no rows.
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
SELECT CASE WHEN current_setting('jit', true) IS NOT NULL THEN set_config('jit', 'off', true) END, set_config('work_mem', '64MB', true);
