-- What is to be known of a transaction whose COMMIT was not answered. The functions are those that 12 and older have, too.

-- name: TransactionID :one
SELECT pg_catalog.txid_current()::text AS id;

-- name: TransactionStatus :one
-- A standby may take for aborted what it has not heard of yet.
SELECT (CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE coalesce(pg_catalog.txid_status((@id::text)::bigint), '') END)::text AS status;

-- name: Lock :exec
SELECT pg_catalog.pg_advisory_xact_lock(@key::bigint);

-- name: LockHolders :many
-- Who holds the lock of a key, in this database or another. Another role's transaction is for members of pg_read_all_stats to see.
-- https://www.postgresql.org/docs/current/view-pg-locks.html
SELECT
    l.pid::integer AS pid,
    coalesce(a.usename, '')::text AS role,
    coalesce(a.application_name, '')::text AS application,
    coalesce(extract(EPOCH FROM a.xact_start), 0)::double precision AS since
FROM pg_catalog.pg_locks AS l
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND (l.classid::bigint << 32 | l.objid::bigint) = @key::bigint
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = coalesce(@database::text, current_database()))
ORDER BY l.pid;

-- name: KeepIdle :exec
-- Lets a transaction last that does nothing but keep a lock. From 17 on there is a limit for all transactions, too.
-- https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT
-- https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT
SELECT
    pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true),
    CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 170000 THEN pg_catalog.set_config('transaction_timeout', '0', true) END;

-- name: BackendPID :one
SELECT pg_catalog.pg_backend_pid() AS pid;

-- name: TextLength :one
-- How many bytes a text takes in the database's encoding, which fails where it cannot hold it.
SELECT pg_catalog.octet_length(@text::text)::integer AS bytes;

-- name: Snapshot :one
-- Which transactions have ended in the cluster, whatever their database.
SELECT pg_catalog.txid_current_snapshot()::text AS snapshot;
