package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/gen"
	"pgsr/planner/script"
)

// lock sets the timeouts and waits for the advisory lock, which ends with the transaction.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
func lock(ctx context.Context, tx pgx.Tx, key int64, o Options) error {
	settings := script.Settings(script.Document{LockTimeout: o.LockTimeout, StatementTimeout: o.StatementTimeout})
	for _, sql := range settings {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("setting timeouts: %w", err)
		}
	}
	err := gen.New(tx).Lock(ctx, key)
	var server *pgconn.PgError
	if errors.As(err, &server) && server.Code == "55P03" { // lock_not_available
		return fmt.Errorf("another session holds the lock (pg_advisory_xact_lock, key %d); pg_locks says which: %w", key, err)
	}
	if err != nil {
		return fmt.Errorf("waiting for the lock (pg_advisory_xact_lock, key %d): %w", key, err)
	}
	return nil
}
