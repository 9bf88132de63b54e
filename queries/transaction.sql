-- What is to be known of a transaction whose COMMIT was not answered. The functions are those that 12 and older have, too.

-- name: TransactionID :one
SELECT pg_catalog.txid_current()::text AS id;

-- name: TransactionStatus :one
-- A standby may take for aborted what it has not heard of yet.
SELECT (CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE coalesce(pg_catalog.txid_status((@id::text)::bigint), '') END)::text AS status;

-- name: Lock :exec
SELECT pg_catalog.pg_advisory_xact_lock(@key::bigint);

-- name: LockHolders :many
-- Gives the sessions that hold the advisory lock of a key, in this database or another. Only members of
-- pg_read_all_stats see when another role's transaction began.
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
-- Lets a transaction stay idle that only keeps a lock. From 17 on all transactions have a time limit, too.
-- https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT
-- https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT
SELECT
    pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true),
    CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 170000 THEN pg_catalog.set_config('transaction_timeout', '0', true) END;

-- name: BackendPID :one
SELECT pg_catalog.pg_backend_pid() AS pid;

-- name: TextLength :one
-- Gives the length of a text in bytes in the database's encoding. It fails if that encoding cannot hold the text.
SELECT pg_catalog.octet_length(@text::text)::integer AS bytes;

-- name: Snapshot :one
-- Tells which transactions of the cluster have ended, whatever their database.
SELECT pg_catalog.txid_current_snapshot()::text AS snapshot;
