-- The ledger: is it there, what may be done with it, what is in it. See schema/.

-- name: LedgerState :one
-- Asked of the catalog rather than of to_regclass, which fails for those who may not use the schema.
SELECT
    d.datname::text AS database,
    current_user::text AS role,
    has_database_privilege(d.oid, 'CREATE')::boolean AS may_create_schema,
    (n.oid IS NOT NULL)::boolean AS schema_exists,
    coalesce(has_schema_privilege(n.oid, 'CREATE'), false)::boolean AS may_create_table,
    coalesce(has_schema_privilege(n.oid, 'USAGE'), false)::boolean AS may_use_schema,
    (c.oid IS NOT NULL)::boolean AS installed,
    EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'effect' AND NOT a.attisdropped
    )::boolean AS up_to_date,
    coalesce(has_table_privilege(c.oid, 'SELECT'), false)::boolean AS may_read,
    coalesce(has_table_privilege(c.oid, 'INSERT'), false)::boolean AS may_write
FROM pg_catalog.pg_database AS d
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = 'pgsr'
LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'ledger' AND c.relkind IN ('r', 'p')
WHERE d.datname = current_database();

-- name: LockLedger :exec
-- Waits until nobody else installs the ledger in this database, and holds the lock until the transaction ends.
SELECT pg_advisory_xact_lock(@key::bigint);

-- name: ActAs :one
-- SET ROLE, for the session, with the name as a value.
SELECT set_config('role', @role::text, false)::text;

-- name: RecordInLedger :exec
-- Who, when and where are the server's to say: they are the columns' defaults.
INSERT INTO pgsr.ledger (pgsr_version, plan_digest, statements, duration, result, script, rollback, effect)
VALUES (@pgsr_version, @plan_digest, @statements, @duration, @result, @script, @rollback, @effect);

-- name: ListLedger :many
-- The newest entries first; a limit of 0 lists them all. An ID of 0 stands for any.
SELECT
    l.id,
    l.applied_at,
    l.applied_by,
    l.acting_as,
    l.database,
    l.pgsr_version,
    l.plan_digest,
    l.statements,
    l.duration,
    l.result,
    l.script,
    l.rollback,
    l.effect
FROM pgsr.ledger AS l
WHERE @id::bigint IN (0, l.id)
ORDER BY l.id DESC
LIMIT nullif(@entries::bigint, 0);
