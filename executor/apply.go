package executor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/script"
)

// apply plans and runs in one transaction, under the lock. Unless all of it goes as planned, all of it is rolled back.
func (j *job) apply(ctx context.Context, conn *pgx.Conn, confirmed string) (*Result, error) {
	// READ COMMITTED: a snapshot from before the lock was had would not show what its last holder did.
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite})
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction: %w", err)
	}
	result, err := j.applyIn(ctx, tx, confirmed)
	if err != nil {
		giveUp(ctx, tx)
		return nil, err
	}
	return result, nil
}

// giveUp rolls a transaction back, also when the context has ended. Its own error says nothing that the first one did not.
func giveUp(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = tx.Rollback(ctx)
}

// applyIn does everything between BEGIN and COMMIT, and the COMMIT.
func (j *job) applyIn(ctx context.Context, tx pgx.Tx, confirmed string) (*Result, error) {
	if err := lock(ctx, tx, j.lockKey, j.options); err != nil {
		return nil, err
	}
	started := time.Now()
	hasLedger, err := mayRecord(ctx, tx)
	if err != nil {
		return nil, err
	}
	plan, err := j.plan(ctx, inside(tx, hasLedger))
	if err != nil {
		return nil, err
	}
	if plan.IsEmpty() {
		return &Result{Plan: plan}, tx.Rollback(ctx)
	}
	if confirmed != "" && plan.Digest() != confirmed {
		return nil, &StaleError{}
	}
	if err := j.run(ctx, tx, plan); err != nil {
		return nil, err
	}
	if err := j.verify(ctx, tx); err != nil {
		return nil, err
	}
	if hasLedger {
		if err := j.record(ctx, tx, plan, time.Since(started)); err != nil {
			return nil, err
		}
	}
	if err := commit(ctx, tx); err != nil {
		return nil, err
	}
	return &Result{Plan: plan, Applied: true}, nil
}

// record keeps the plan in the ledger, with the way back and what it means for people.
func (j *job) record(ctx context.Context, tx pgx.Tx, plan *planner.Plan, took time.Duration) error {
	d := document(j.lockKey, plan, j.options)
	d.Effect = plan.Effect()
	if err := addRollback(&d, plan, j.options); err != nil {
		return err
	}
	e, err := ledgerEntry(d, plan, j.options, took)
	if err != nil {
		return err
	}
	return record(ctx, tx, e)
}

// run sends all statements in one go and takes any warning for a failure.
func (j *job) run(ctx context.Context, tx pgx.Tx, plan *planner.Plan) error {
	j.options.Notices.take()
	if err := runSteps(ctx, tx, script.Document{Server: plan.Server, Statements: plan.Statements}); err != nil {
		return err
	}
	return warningError(j.options.Notices.take())
}

// verify plans once more: there must be nothing left to do.
func (j *job) verify(ctx context.Context, tx pgx.Tx) error {
	left, err := j.plan(ctx, inside(tx, false))
	if err != nil {
		return fmt.Errorf("planning again to verify: %w", err)
	}
	if !left.InSync() {
		return &NotAsPlannedError{left}
	}
	return nil
}

// StaleError says that the catalog has changed since a plan was confirmed or saved. Nothing was changed.
type StaleError struct {
	// Differences say what has changed, where that is known.
	Differences []string
}

// Error says what has changed and what to do.
func (e *StaleError) Error() string {
	if len(e.Differences) == 0 {
		return "the catalog has changed since the plan was shown, so nothing was done: run it again to see the plan of now"
	}
	return "the plan is stale, so nothing was done: plan again; what has changed since:\n  " + strings.Join(e.Differences, "\n  ")
}

// NotAsPlannedError says that the statements ran and the result was not what was planned. All was rolled back.
type NotAsPlannedError struct{ Left *planner.Plan }

// Error lists what would still have to be done, at most ten of it.
func (e *NotAsPlannedError) Error() string {
	const most = 10
	var text strings.Builder
	text.WriteString("after all statements ran, the catalog was not as planned, so everything was rolled back; still to do would be:")
	for i, s := range e.Left.Statements {
		if i == most {
			fmt.Fprintf(&text, "\n  and %d more", len(e.Left.Statements)-most)
			break
		}
		text.WriteString("\n  " + script.Masked(s.Change, e.Left.Server))
	}
	return text.String()
}
