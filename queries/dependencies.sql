-- What depends on roles that are to be dropped, and what else exists of them. pg_shdepend has the dependencies of all
-- databases: https://www.postgresql.org/docs/current/catalog-pg-shdepend.html

-- name: Dependencies :many
-- Gives what depends in the connected database, and of what all databases share. An object has one row for each way in
-- which it depends, whichever of its columns depend. Names are given for kinds that a name and a schema identify.
-- Temporary tells that it goes with a session.
SELECT
    r.rolname::text AS role,
    d.deptype::text AS way,
    (SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid = d.classid)::text AS catalog,
    d.objid::oid AS oid,
    coalesce(pg_describe_object(d.classid, d.objid, 0), '')::text AS description,
    (CASE
        WHEN d.classid IN (
            'pg_catalog.pg_collation'::regclass, 'pg_catalog.pg_conversion'::regclass, 'pg_catalog.pg_statistic_ext'::regclass,
            'pg_catalog.pg_ts_config'::regclass, 'pg_catalog.pg_ts_dict'::regclass, 'pg_catalog.pg_event_trigger'::regclass,
            'pg_catalog.pg_publication'::regclass, 'pg_catalog.pg_subscription'::regclass, 'pg_catalog.pg_extension'::regclass
        ) OR d.classid = to_regclass('pg_catalog.pg_parameter_acl') -- from 15 on
        THEN (pg_identify_object_as_address(d.classid, d.objid, 0)).object_names
        ELSE '{}'
    END)::text[] AS names,
    (d.dbid = 0)::boolean AS shared,
    coalesce(left((pg_identify_object(d.classid, d.objid, 0)).schema, 8) = 'pg_temp_', false)::boolean AS temporary
FROM pg_catalog.pg_roles AS r
CROSS JOIN LATERAL (
    SELECT DISTINCT d.deptype, d.dbid, d.classid, d.objid
    FROM pg_catalog.pg_shdepend AS d
    WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = r.oid
        AND d.dbid IN (0, (SELECT here.oid FROM pg_catalog.pg_database AS here WHERE here.datname = current_database()))
) AS d
WHERE r.rolname = ANY(@roles::name[])
ORDER BY r.rolname, d.classid, d.objid, d.deptype;

-- name: DependenciesElsewhere :many
-- Gives for each other database how many objects depend, and whether an extension's script has granted the role
-- something.
SELECT
    r.rolname::text AS role,
    b.datname::text AS database,
    b.datallowconn::boolean AS allows_connections,
    count(DISTINCT (d.classid, d.objid))::integer AS objects,
    bool_or(d.deptype = 'i')::boolean AS initial
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_shdepend AS d ON d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.refobjid = r.oid
JOIN pg_catalog.pg_database AS b ON b.oid = d.dbid
WHERE r.rolname = ANY(@roles::name[]) AND b.datname <> current_database()
GROUP BY r.rolname, b.datname, b.datallowconn
ORDER BY r.rolname, b.datname;

-- name: PoliciesOf :many
-- Gives the policies of the roles, each with all its roles.
SELECT
    p.oid::oid AS oid,
    n.nspname::text AS schema,
    c.relname::text AS relation_name,
    c.relkind::text AS relkind,
    p.polname::text AS name,
    ARRAY(SELECT r.rolname::text FROM unnest(p.polroles) AS o (oid) JOIN pg_catalog.pg_roles AS r ON r.oid = o.oid ORDER BY r.rolname)::text[] AS roles
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE p.polroles && ARRAY(SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY(@roles::name[]))
ORDER BY n.nspname, c.relname, p.polname;

-- name: PresenceOf :many
-- Counts the sessions of the roles (s), and those that stream from a replication slot (r), and names their prepared
-- transactions (p). Everyone may see whose sessions there are:
-- https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
SELECT r.rolname::text AS role, 's'::text AS what, ''::text AS name, count(*)::integer AS number
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_stat_activity AS a ON a.usesysid = r.oid
WHERE r.rolname = ANY(@roles::name[])
GROUP BY r.rolname
UNION ALL
SELECT r.rolname::text, 'r', s.slot_name::text, 1
FROM pg_catalog.pg_roles AS r
JOIN pg_catalog.pg_stat_activity AS a ON a.usesysid = r.oid
JOIN pg_catalog.pg_replication_slots AS s ON s.active_pid = a.pid
WHERE r.rolname = ANY(@roles::name[])
UNION ALL
SELECT p.owner::text, 'p', p.gid || ' in database ' || p.database, 1
FROM pg_catalog.pg_prepared_xacts AS p
WHERE p.owner = ANY(@roles::name[])
ORDER BY 1, 2, 3;
