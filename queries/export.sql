-- What `pgsr export` asks for before it reads the catalog.

-- name: RoleNames :many
-- Gives all roles of the cluster: settings and passwords have to be asked for by name.
SELECT r.rolname::text AS name
FROM pg_catalog.pg_roles AS r
ORDER BY 1;
