-- Existing names, to find what a missing name may have meant. They are asked for only if a spec names something
-- missing.

-- name: Names :many
SELECT 'DATABASE'::text AS kind, ''::text AS schema, d.datname::text AS name
FROM pg_catalog.pg_database AS d
UNION ALL
SELECT 'ROLE', '', r.rolname::text
FROM pg_catalog.pg_roles AS r
WHERE NOT left(r.rolname::text, 6) = '_pgsr_'
UNION ALL
SELECT 'SCHEMA', '', n.nspname::text
FROM pg_catalog.pg_namespace AS n
UNION ALL
SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, n.nspname::text, c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND (n.nspname = ANY(@schemas::text[]) OR c.relname = ANY(@names::text[]))
UNION ALL
SELECT 'TYPE', n.nspname::text, t.typname::text
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype <> 'p' AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    AND (n.nspname = ANY(@schemas::text[]) OR t.typname = ANY(@names::text[]))
    AND t.typinput NOT IN ('pg_catalog.array_in'::regproc, 'pg_catalog.int2vectorin'::regproc, 'pg_catalog.oidvectorin'::regproc)
UNION ALL
-- These have a name as tables or types have, but nothing can be granted on them.
-- https://www.postgresql.org/docs/current/catalog-pg-class.html
SELECT CASE WHEN c.relkind IN ('i', 'I') THEN 'INDEX' ELSE 'RELATION' END, n.nspname::text, c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind NOT IN ('r', 'p', 'f', 'v', 'm', 'S', 'c', 't') AND n.nspname = ANY(@schemas::text[]) AND c.relname = ANY(@names::text[])
UNION ALL
SELECT 'ARRAY', n.nspname::text, t.typname::text
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
WHERE n.nspname = ANY(@schemas::text[]) AND t.typname = ANY(@names::text[])
    AND t.typinput IN ('pg_catalog.array_in'::regproc, 'pg_catalog.int2vectorin'::regproc, 'pg_catalog.oidvectorin'::regproc)
UNION ALL
SELECT DISTINCT 'ROUTINE', n.nspname::text, p.proname::text
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = ANY(@schemas::text[]) OR p.proname = ANY(@names::text[])
UNION ALL
SELECT 'PARAMETER', '', lower(s.name COLLATE "C")
FROM pg_catalog.pg_settings AS s
WHERE @settings::boolean;

-- name: TakenNames :many
-- Gives those of some names that a role has.
SELECT r.rolname::text
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = ANY(@names::name[]);

-- name: NamesInBytes :many
-- Gives the names of roles that have characters beyond ASCII, or a backslash, in bytes. The server looks at no encoding
-- for that: a role's name has the encoding of the database in which it was made.
SELECT r.oid::oid AS oid, pg_catalog.encode(pg_catalog.namesend(r.rolname), 'hex')::text AS name
FROM pg_catalog.pg_roles AS r
WHERE pg_catalog.encode(pg_catalog.namesend(r.rolname), 'escape') <> r.rolname::text
ORDER BY r.oid;
