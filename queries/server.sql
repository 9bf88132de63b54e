-- Where a snapshot is taken, and as whom.

-- name: Session :one
-- Gives what may change during a session: the current role, a setting, the name of a role. The moment is the same all
-- through a transaction, so that what ends meanwhile counts for the next one. The owner of a database may set a role
-- there as whom everybody acts. That is told of a superuser, unless settings of his own, which come first, say so.
-- https://www.postgresql.org/docs/current/sql-alterdatabase.html
SELECT
    current_user::text AS current_user_name,
    session_user::text AS session_user_name,
    (current_user <> session_user AND EXISTS (
        SELECT
        FROM pg_catalog.pg_roles AS l
        JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
        JOIN pg_catalog.pg_db_role_setting AS s ON s.setdatabase = d.oid AND s.setrole = 0 AND 'role=' || current_user = ANY (s.setconfig)
        WHERE l.rolname = session_user AND l.rolsuper
            AND NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_db_role_setting AS own
                CROSS JOIN LATERAL unnest(own.setconfig) AS c (entry)
                WHERE own.setrole = l.oid AND own.setdatabase IN (0, d.oid) AND left(c.entry, 5) = 'role='
            )
    ))::boolean AS by_database,
    (SELECT r.rolname FROM pg_catalog.pg_roles AS r WHERE r.oid = 10)::text AS bootstrap,
    coalesce(current_setting('createrole_self_grant', true), '')::text AS self_grant,
    now()::timestamptz AS moment;

-- name: Acting :one
-- As whom a role would act that connected here, and how createrole_self_grant would stand for it: what is set for it in this database comes before what is
-- for it anywhere, then come those of the database and of all. A role that it may not become is passed over. What the command line of this session says comes before all of them, and would in its own.
-- This session can not tell where a setting of its own hides the server's.
-- https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
WITH login AS (
    SELECT r.oid, r.rolname, r.rolcanlogin, r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = @role::name
), here AS (
    SELECT d.oid, d.datname FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()
), setting AS (
    SELECT
        lower(split_part(c.entry, '=', 1) COLLATE "C") AS name,
        substr(c.entry, strpos(c.entry, '=') + 1) AS value,
        s.setrole = 0 AS of_all,
        s.setdatabase = 0 AS anywhere
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN LATERAL unnest(s.setconfig) AS c (entry)
    WHERE s.setrole IN (SELECT 0::oid UNION ALL SELECT l.oid FROM login AS l) AND s.setdatabase IN (SELECT 0::oid UNION ALL SELECT h.oid FROM here AS h)
)
SELECT
    l.rolname::text AS login,
    coalesce((
        SELECT o.rolname
        FROM setting AS s
        LEFT JOIN pg_catalog.pg_roles AS o ON o.rolname = s.value
        WHERE s.name = 'role'
            AND (s.value = 'none' OR pg_has_role(l.oid, o.oid, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END))
        ORDER BY s.of_all, s.anywhere
        LIMIT 1
    ), l.rolname)::text AS actor,
    (
        l.rolsuper AND EXISTS (SELECT FROM setting AS s WHERE s.name = 'role' AND s.of_all AND NOT s.anywhere)
        AND NOT EXISTS (SELECT FROM setting AS s WHERE s.name = 'role' AND NOT s.of_all)
    )::boolean AS by_database,
    (NOT l.rolcanlogin OR has_database_privilege(l.oid, h.oid, 'CONNECT'))::boolean AS may_connect,
    h.datname::text AS database,
    current_user::text AS reading_as,
    session_user::text AS reader,
    (NOT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
        AND has_function_privilege(l.oid, 'pg_catalog.pg_control_system()', 'EXECUTE'))::boolean AS hides_system,
    (g.setting IS NULL)::boolean AS hides_self_grant,
    coalesce(g.setting, '')::text AS self_grant
FROM login AS l
CROSS JOIN here AS h
LEFT JOIN pg_catalog.pg_settings AS p ON p.name = 'createrole_self_grant'
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN p.source IN ('client', 'session', 'interactive') THEN p.setting
        ELSE coalesce((SELECT s.value FROM setting AS s WHERE s.name = 'createrole_self_grant' ORDER BY s.of_all, s.anywhere LIMIT 1), CASE
            WHEN p.source IS NULL THEN '' -- before 16 there is no such setting
            WHEN p.source NOT IN ('user', 'database user', 'database') THEN p.setting
        END)
    END AS setting
) AS g;

-- name: Databases :many
-- Gives the databases of the cluster, and which is the connected one. An interrupted DROP DATABASE leaves one that
-- nobody can connect to.
SELECT
    d.datname::text AS database,
    d.datallowconn AND d.datconnlimit <> -2 AS allows_connections,
    d.datistemplate AS is_template,
    d.datname = current_database() AS is_connected
FROM pg_catalog.pg_database AS d
ORDER BY d.datname::text COLLATE "C";

-- name: Server :one
-- What stays the same during a session.
-- The system identifier is asked for by way of ts_stat(). A function that may not be executed fails a statement even in
-- a branch that is never taken, and ts_stat() plans its query only when it runs.
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
