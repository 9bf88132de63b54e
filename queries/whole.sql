-- Whether everything is read, for a scope that is most of a cluster: that costs less than working out what to leave out. Whoever plans looks only at what
-- the scope is about. The server finds it out itself, so that no answer has to be waited for: if it is not, the queries that read have no rows.
--
--   pgsr.whole    whether all is read

-- name: WholeSize :one
-- Tells whether a scope is about half of what there is, or more. A role takes about 128 bytes of pg_authid, a membership about 64. Where VACUUM has
-- counted what is in the pages, that is how much there is in each, which may be mostly dead: the planner goes by it as well. About how many memberships
-- the scope's roles have is told by those of some of them, where the rest is not enough; times is how many roles each of these stands for.
-- https://www.postgresql.org/docs/current/row-estimation-examples.html
SELECT set_config('pgsr.whole', CASE WHEN s.named >= s.half THEN true ELSE s.half <= s.named + (@times)::bigint * (
        SELECT count(*)
        FROM pg_catalog.pg_auth_members AS m
        WHERE m.member = ANY(ARRAY(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@sample::name[])))
    ) END::text, true)::boolean AS whole
FROM (
    SELECT (@named)::bigint + c.contents AS named, (r.roles + m.memberships + c.relations) / 2 AS half
    FROM (
        SELECT count(*) AS relations,
            count(*) FILTER (WHERE c.relnamespace = ANY(ARRAY(SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = ANY(@contents::name[])))) AS contents
        FROM pg_catalog.pg_class AS c
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    ) AS c
    CROSS JOIN (
        SELECT least(pg_relation_size('pg_catalog.pg_authid') / 128, (
            SELECT k.reltuples / k.relpages * (pg_relation_size(k.oid) / 8192)
            FROM pg_catalog.pg_class AS k
            WHERE k.oid = 'pg_catalog.pg_authid'::regclass AND k.relpages >= 10
        ))::bigint AS roles
    ) AS r
    CROSS JOIN (
        SELECT least(pg_relation_size('pg_catalog.pg_auth_members') / 64, (
            SELECT k.reltuples / k.relpages * (pg_relation_size(k.oid) / 8192)
            FROM pg_catalog.pg_class AS k
            WHERE k.oid = 'pg_catalog.pg_auth_members'::regclass AND k.relpages >= 10
        ))::bigint AS memberships
    ) AS m
    OFFSET 0
) AS s;

-- name: WholeKnown :exec
-- Notes what WholeSize found out in an earlier reading.
SELECT set_config('pgsr.whole', 'true', true);

-- name: WholeStart :exec
-- JIT costs more than it gains here, and arrays of members are larger than the server thinks.
SELECT CASE WHEN current_setting('jit', true) IS NOT NULL THEN set_config('jit', 'off', true) END, set_config('work_mem', '64MB', true);
