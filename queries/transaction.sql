-- What is to be known of a transaction whose COMMIT was not answered. The functions are those that 12 and older have, too.

-- name: TransactionID :one
SELECT pg_catalog.txid_current()::text AS id;

-- name: TransactionStatus :one
-- A standby may take for aborted what it has not heard of yet.
SELECT (CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE coalesce(pg_catalog.txid_status((@id::text)::bigint), '') END)::text AS status;

-- name: Lock :exec
SELECT pg_catalog.pg_advisory_xact_lock(@key::bigint);

-- name: KeepIdle :exec
-- Lets a transaction last that does nothing but keep a lock.
-- https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT
SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true);

-- name: BackendPID :one
SELECT pg_catalog.pg_backend_pid() AS pid;

-- name: TextLength :one
-- How many bytes a text takes in the database's encoding, which fails where it cannot hold it.
SELECT pg_catalog.octet_length(@text::text)::integer AS bytes;

-- name: Snapshot :one
-- Which transactions have ended in the cluster, whatever their database.
SELECT pg_catalog.txid_current_snapshot()::text AS snapshot;
