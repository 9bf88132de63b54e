-- Settings of roles, and what the server says of the parameters that they are about.

-- name: Settings :many
-- Gives the settings of some roles as name=value, for all databases and for the connected one. For roles that are to be
-- dropped it also gives those for other databases, which go with them. A setting for a database that is just being
-- dropped is left out. https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
SELECT
    s.setrole::oid AS role,
    coalesce(d.datname, '')::text AS database,
    c.entry::text AS entry
FROM pg_catalog.pg_db_role_setting AS s
LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
CROSS JOIN LATERAL unnest(s.setconfig) AS c (entry)
WHERE s.setrole IN (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[]))
    AND (
        s.setdatabase = 0 OR d.datname = current_database()
        OR d.oid IS NOT NULL AND s.setrole IN (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@dropped::name[]))
    );

-- name: Parameters :many
-- Parameters of some names, in whatever case, and those that the settings of some roles are about; all that the server knows, if it does not know one
-- of them, which may be a typing error. Those of extensions have a dot in their name, and need not be known; what sessions have made up is no parameter.
-- What the server shows only to superusers and members of pg_read_all_settings is listed here for when such a role is read for by one that is not shown it.
-- Whether SET was granted on one is asked by way of ts_stat for the reason given in server.sql: there is no such function before 15.
-- https://www.postgresql.org/docs/current/view-pg-settings.html
WITH asked AS (
    SELECT lower(n.name COLLATE "C") AS name FROM unnest(@names::text[]) AS n (name)
    UNION
    SELECT lower(split_part(c.entry, '=', 1) COLLATE "C")
    FROM pg_catalog.pg_db_role_setting AS s
    CROSS JOIN LATERAL unnest(s.setconfig) AS c (entry)
    WHERE s.setrole IN (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[]))
), known AS (
    SELECT s.name, lower(s.name COLLATE "C") AS key, s.context
    FROM pg_catalog.pg_settings AS s
    WHERE s.short_desc IS DISTINCT FROM 'GUC placeholder variable'
    UNION ALL
    SELECT h.name, h.name, h.context
    FROM (VALUES
        ('config_file', 'postmaster', 0, 99), ('data_directory', 'postmaster', 0, 99), ('dynamic_library_path', 'superuser', 0, 99),
        ('extension_control_path', 'superuser', 18, 99), ('external_pid_file', 'postmaster', 0, 99), ('hba_file', 'postmaster', 0, 99),
        ('ident_file', 'postmaster', 0, 99), ('jit_provider', 'postmaster', 0, 99), ('krb_server_keyfile', 'sighup', 0, 99),
        ('log_directory', 'sighup', 0, 99), ('log_filename', 'sighup', 0, 99), ('oauth_validator_libraries', 'sighup', 18, 99),
        ('primary_conninfo', 'sighup', 0, 99), ('session_preload_libraries', 'superuser', 0, 99), ('shared_preload_libraries', 'postmaster', 0, 99),
        ('ssl_ciphers', 'sighup', 0, 99), ('ssl_dh_params_file', 'sighup', 0, 99), ('ssl_ecdh_curve', 'sighup', 0, 17), ('ssl_groups', 'sighup', 18, 99),
        ('ssl_max_protocol_version', 'sighup', 0, 99), ('ssl_min_protocol_version', 'sighup', 0, 99), ('ssl_passphrase_command', 'sighup', 0, 99),
        ('ssl_tls13_ciphers', 'sighup', 18, 99), ('stats_temp_directory', 'sighup', 0, 14), ('unix_socket_directories', 'postmaster', 0, 99)
    ) AS h (name, context, from_major, to_major)
    WHERE sqlc.narg('acting')::name IS NOT NULL
        AND current_setting('server_version_num')::integer / 10000 BETWEEN h.from_major AND h.to_major
        AND pg_has_role(coalesce(sqlc.narg('acting')::name, current_user), 'pg_read_all_settings', 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_settings AS s WHERE s.name = h.name)
), granted AS (
    SELECT g.word AS name
    FROM ts_stat(CASE
        WHEN current_setting('server_version_num')::integer >= 150000
            AND set_config('pgsr.parameters', (SELECT array_agg(a.name) FROM asked AS a WHERE a.name <> '')::text, true) IS NOT NULL
            AND set_config('pgsr.acting', coalesce(sqlc.narg('acting')::name, current_user)::text, true) IS NOT NULL THEN $$
            SELECT array_to_tsvector(ARRAY[n.name])
            FROM unnest(current_setting('pgsr.parameters')::text[]) AS n (name)
            WHERE has_parameter_privilege(current_setting('pgsr.acting')::name, n.name, 'SET')
        $$ ELSE
            'SELECT NULL::tsvector'
    END) AS g (word, ndoc, nentry)
)
SELECT
    coalesce(k.name, a.name)::text AS name,
    coalesce(k.context, '')::text AS context,
    EXISTS (SELECT FROM granted AS g WHERE g.name = coalesce(k.key, a.name)) AS may_set
FROM asked AS a
FULL JOIN known AS k ON k.key = a.name
WHERE a.name IS NOT NULL
    OR EXISTS (SELECT FROM asked AS other WHERE strpos(other.name, '.') = 0 AND NOT EXISTS (SELECT FROM known AS o WHERE o.key = other.name));
