package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// apply plans and runs in one transaction, under the lock. Unless all of it goes as planned, all of it is rolled back.
func (op *operation) apply(ctx context.Context, conn *pgx.Conn, confirmed *planner.Plan) (*Result, error) {
	result, err := op.applyIn(ctx, begin(conn, op.lockKey, op.options), confirmed)
	if err != nil {
		_ = wire.Rollback(conn) // whose error says nothing that the first one did not
		return nil, err
	}
	return result, nil
}

// applyIn does everything between BEGIN and COMMIT, and the COMMIT.
func (op *operation) applyIn(ctx context.Context, tx *transaction, confirmed *planner.Plan) (*Result, error) {
	plan, err := op.planIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	if plan.IsEmpty() {
		return resultOf(plan, false, 0), wire.Rollback(tx.Conn)
	}
	if !isConfirmed(plan, confirmed) {
		return nil, &StaleError{}
	}
	if plan.Parts != nil {
		return nil, errInParts
	}
	if err := op.runAndCommit(ctx, tx, plan); err != nil {
		return nil, err
	}
	return resultOf(plan, true, 0), nil
}

// runAndCommit runs a plan and commits it, with an entry if there is a ledger. The entry is worked out while the server
// works, since the lock is held meanwhile and the entry needs nothing of the server.
func (op *operation) runAndCommit(ctx context.Context, tx *transaction, plan *planner.Plan) error {
	op.options.running(plan)
	recorded := sync.OnceValues(func() (report.Document, error) { return op.recorded(plan) })
	if tx.ledger.Installed {
		go recorded() //nolint:errcheck // the entry has its error
	}
	if err := op.run(ctx, tx, plan); err != nil {
		return err
	}
	return tx.recordAndCommit(ctx, func() (ledger.Entry, error) {
		d, err := recorded()
		if err != nil {
			return ledger.Entry{}, err
		}
		return ledgerEntry(d, plan, op.options, time.Since(tx.locked))
	})
}

// planIn plans under the lock. For the ledger a plan has to know what it means for people, so it is asked before
// whether there is a ledger. If one was installed since, it plans again. A plan of additions does not ask here: the
// look that verifies sees a new ledger.
func (op *operation) planIn(ctx context.Context, tx *transaction) (*planner.Plan, error) {
	if additions := op.additions; additions != nil {
		op.additions = nil // if it fails, all is read the next time
		if plan, err := additions(ctx, tx); plan != nil || err != nil {
			return plan, err
		}
	}
	expected := op.ledger.Installed
	tx.Queue(op.options.lookForLedger(&tx.ledger)...)
	plan, err := op.plan(ctx, readWithin(tx, expected))
	if err != nil {
		return nil, err
	}
	if err := tx.ledger.CheckMayRecord(); err != nil {
		return nil, err
	}
	if tx.ledger.Installed && !expected {
		return op.plan(ctx, readWithin(tx, true))
	}
	return plan, nil
}

// recorded gives what the ledger is to keep: the plan, the way back, and what the plan means for people.
func (op *operation) recorded(plan *planner.Plan) (report.Document, error) {
	d := document(op.lockKey, plan, op.options)
	d.Effect = plan.Effect()
	return d, addRollback(&d, plan, op.options)
}

// run sends all statements and plans once more, in one round trip: there must be nothing left to do. Any warning of the
// server is a failure.
func (op *operation) run(ctx context.Context, tx *transaction, plan *planner.Plan) error {
	tx.holdLedger(op.options)
	d := script.Document{Server: plan.Server, Statements: plan.Statements}
	tx.run(d, op.options)
	tx.Queue(guard("verifying: "+comparing, d, plan.GivesAway(), func(differences []string) error {
		return &NotAsPlannedError{Differences: differences}
	})...)
	told := tx.Session
	tx.Session = told.Verifying()
	left, err := op.plan(ctx, readWithin(tx, false).verifying())
	tx.Session = told
	switch {
	case len(tx.warnings) > 0:
		return warningError(tx.warnings)
	case errors.As(err, new(*StatementError)), errors.As(err, new(*NotAsPlannedError)):
	case err != nil:
		return fmt.Errorf("planning again to verify: %w%s", err, mentionEventTriggers(planner.EventTriggersFor(plan.From.EventTriggers, d)))
	case !left.InSync():
		err = &NotAsPlannedError{Left: left}
	}
	return nameEventTriggers(err, plan.From.EventTriggers, d)
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
type NotAsPlannedError struct {
	// Left is what would still have to be done; nil where it was not worked out.
	Left *planner.Plan
	// Lost says what roles outside of the spec would no longer have.
	Lost []string
	// Differences say what was otherwise on objects that got another owner.
	Differences []string
	// EventTriggers are those that run for the statements, and may be why.
	EventTriggers []string
}

// Error lists what would still have to be done, at most ten of it, or what others would have lost.
func (e *NotAsPlannedError) Error() string {
	const most = 10
	var text strings.Builder
	if e.Differences != nil {
		return (&StateError{Differences: e.Differences, EventTriggers: e.EventTriggers}).Error()
	}
	if e.Left == nil {
		return "after all statements ran, others had less than before, so everything was rolled back:\n  " + strings.Join(e.Lost[:min(most, len(e.Lost))], "\n  ")
	}
	text.WriteString("after all statements ran, the catalog was not as planned, so everything was rolled back; still to do would be:")
	for i, s := range e.Left.Statements {
		if i == most {
			fmt.Fprintf(&text, "\n  and %d more", len(e.Left.Statements)-most)
			break
		}
		text.WriteString("\n  " + script.Masked(s.Change, e.Left.Server))
	}
	text.WriteString(mentionEventTriggers(e.EventTriggers))
	return text.String()
}
