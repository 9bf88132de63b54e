-- Where a snapshot is taken, and as whom.

-- name: Session :one
-- What may change while a session lasts: SET ROLE, a setting, the name of a role. The moment is the same all through a transaction, so that what ends
-- in between is the next one's.
SELECT
    current_user::text AS current_user_name,
    session_user::text AS session_user_name,
    (SELECT r.rolname FROM pg_catalog.pg_roles AS r WHERE r.oid = 10)::text AS bootstrap,
    coalesce(current_setting('createrole_self_grant', true), '')::text AS self_grant,
    now()::timestamptz AS moment;

-- name: Databases :many
-- Those of the cluster, and whether it is the connected one. A DROP DATABASE that was interrupted leaves one that nobody can connect to.
SELECT
    d.datname::text AS database,
    d.datallowconn AND d.datconnlimit <> -2 AS allows_connections,
    d.datistemplate AS is_template,
    d.datname = current_database() AS is_connected
FROM pg_catalog.pg_database AS d
ORDER BY d.datname::text COLLATE "C";

-- name: Server :one
-- What stays as it is while a session lasts.
-- The system identifier is asked for by way of ts_stat, because a function that may not be executed fails a statement even in a
-- branch that is never taken: ts_stat alone plans its query when, and only if, it runs.
SELECT
    current_setting('server_version_num')::integer AS version_num,
    coalesce((
        SELECT s.word
        FROM ts_stat(CASE
            WHEN has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
                THEN 'SELECT array_to_tsvector(ARRAY[system_identifier::text]) FROM pg_catalog.pg_control_system()'
            ELSE 'SELECT NULL::tsvector'
        END) AS s (word, ndoc, nentry)
    ), '')::text AS system_identifier,
    d.datname::text AS database,
    d.oid::oid AS database_oid,
    current_setting('max_locks_per_transaction')::integer AS locks_per_transaction,
    -- For how many transactions the lock table is made: https://www.postgresql.org/docs/current/runtime-config-locks.html
    (
        current_setting('max_connections')::integer + current_setting('max_worker_processes')::integer
        + coalesce(current_setting('autovacuum_worker_slots', true), current_setting('autovacuum_max_workers'))::integer
        + current_setting('max_wal_senders')::integer + current_setting('max_prepared_transactions')::integer + 1
    )::integer AS lock_transactions
FROM pg_catalog.pg_database AS d
WHERE d.datname = current_database();
