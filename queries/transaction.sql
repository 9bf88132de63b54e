-- What is to be known of a transaction whose COMMIT was not answered.

-- name: TransactionID :one
SELECT pg_catalog.pg_current_xact_id()::text AS id;

-- name: TransactionStatus :one
SELECT coalesce(pg_catalog.pg_xact_status((@id::text)::xid8), '')::text AS status;

-- name: Lock :exec
SELECT pg_catalog.pg_advisory_xact_lock(@key::bigint);
