-- What is in databases that are not connected to.

-- name: HeldElsewhere :many
-- In which other databases some roles have something. What it is can be seen there alone.
-- https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
SELECT
    d.datname::text AS database,
    array_agg(DISTINCT r.rolname)::text[] AS roles
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_shdepend AS s ON s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = r.oid
JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
WHERE r.rolname = ANY(@roles::name[]) AND d.datname <> current_database()
GROUP BY d.datname
ORDER BY d.datname::text COLLATE "C";
