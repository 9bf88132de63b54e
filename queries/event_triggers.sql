-- What may have done something beside the statements of a transaction.

-- name: EventTriggers :one
-- Those that are enabled: https://www.postgresql.org/docs/current/catalog-pg-event-trigger.html
SELECT coalesce(array_agg(e.evtname ORDER BY e.evtname), '{}')::text[] AS names
FROM pg_catalog.pg_event_trigger AS e
WHERE e.evtenabled IN ('O', 'A');
