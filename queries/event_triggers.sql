-- What may run beside the statements of a transaction.

-- name: EventTriggers :many
-- Gives the enabled event triggers that fire when a command begins or ends. From 17 on a setting turns all of them off.
-- https://www.postgresql.org/docs/current/catalog-pg-event-trigger.html
SELECT
    e.evtname::text AS name,
    pg_get_userbyid(e.evtowner)::text AS owner,
    e.evtfoid::regproc::text AS function,
    (e.evtevent = 'ddl_command_end')::boolean AS at_the_end,
    coalesce(e.evttags, '{}')::text[] AS tags
FROM pg_catalog.pg_event_trigger AS e
WHERE e.evtenabled IN ('O', 'A') AND e.evtevent IN ('ddl_command_start', 'ddl_command_end')
    AND coalesce(current_setting('event_triggers', true), 'on') <> 'off'
ORDER BY e.evtname::text COLLATE "C";
