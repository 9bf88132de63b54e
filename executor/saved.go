package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner"
	"pgsr/planner/script"
)

// ApplySaved runs exactly a plan that was saved ([script.ReadJSON]), under the lock, or refuses: with a [*StaleError] when anything that it
// relies on has changed since, with a [*StateError] when the result is not what was planned. The other errors are those of [Sync].
func ApplySaved(ctx context.Context, conn *pgx.Conn, d script.Document, o Options) (*Result, error) {
	plan := &planner.Plan{Server: d.Server, Statements: d.Statements, Warnings: d.Warnings}
	if err := outsideTransaction(conn); err != nil || plan.IsEmpty() {
		return &Result{Plan: plan}, err
	}
	if _, err := confirm(plan, o); err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	if err := applySavedIn(ctx, tx, d, plan, o); err != nil {
		giveUp(ctx, tx)
		return nil, err
	}
	return &Result{Plan: plan, Applied: true, Attempts: 1}, nil
}

// applySavedIn does everything between BEGIN and COMMIT, and the COMMIT.
func applySavedIn(ctx context.Context, tx pgx.Tx, d script.Document, plan *planner.Plan, o Options) error {
	started := time.Now()
	if err := lock(ctx, tx, d.LockKey, o); err != nil {
		return err
	}
	if err := guard(ctx, tx, d, d.ReliesOn, script.Stale); err != nil {
		return err
	}
	o.Notices.take()
	if err := runSteps(ctx, tx, d); err != nil {
		return err
	}
	if err := warningError(o.Notices.take()); err != nil {
		return err
	}
	if err := guard(ctx, tx, d, d.LeadsTo, script.NotAsPlanned); err != nil {
		return err
	}
	e, err := ledgerEntry(d, plan, o, time.Since(started))
	if err != nil {
		return err
	}
	if err := record(ctx, tx, e); err != nil {
		return err
	}
	return commit(ctx, tx)
}

// guard asks the server whether it is in a state. The error says what differs.
func guard(ctx context.Context, tx pgx.Tx, d script.Document, state script.State, g script.Guard) error {
	if state.IsEmpty() {
		return nil
	}
	_, err := tx.Exec(ctx, script.GuardSQL(d.Server, state, g), pgx.QueryExecModeSimpleProtocol)
	var server *pgconn.PgError
	if !errors.As(err, &server) || server.Code != script.GuardErrorCode {
		return err
	}
	differences := strings.Split(server.Detail, "\n")
	if g == script.Stale {
		return &StaleError{differences}
	}
	return &StateError{differences}
}

// StateError says that a saved plan ran and the result was not what was planned. All was rolled back.
type StateError struct{ Differences []string }

// Error lists the first differences.
func (e *StateError) Error() string {
	return "after all statements ran, the catalog was not as planned, so everything was rolled back:\n  " + strings.Join(e.Differences, "\n  ")
}
