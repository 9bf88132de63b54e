package executor

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// ApplySaved runs exactly a plan that was saved ([report.ReadJSON]), under the lock, or refuses: with a [*StaleError]
// when anything that it relies on has changed since, with a [*StateError] when the result is not what was planned. A
// plan in parts is run as those. The other errors are those of [Sync].
func ApplySaved(ctx context.Context, conn *pgx.Conn, d report.Document, o Options) (*Result, error) {
	if err := checkDocument(d); err != nil {
		return nil, err
	}
	return run(ctx, conn, o, "apply saved", func(o Options) (*Result, error) {
		result, err := applyDocument(ctx, conn, d, o)
		if err == nil {
			result.digest = func() string { return cmp.Or(d.Digest, d.PlanDigest()) }
		}
		return result, err
	}, (*Result).said)
}

// applyDocument does what [ApplySaved] is for.
func applyDocument(ctx context.Context, conn *pgx.Conn, d report.Document, o Options) (*Result, error) {
	plan := planOf(d)
	if err := o.checkMayChange(conn); err != nil {
		return nil, err
	}
	if plan.IsEmpty() {
		return resultOf(plan, false, 0), nil
	}
	if o.SingleTransaction && len(d.Parts) > 0 {
		return nil, refusedForLocks("the plan was made to be %d transactions: to have one, plan again with --single-transaction", len(d.Parts))
	}
	if _, err := confirm(plan, o); err != nil {
		return nil, err
	}
	if len(d.Parts) > 0 {
		return applySavedParts(ctx, conn, d, plan, o)
	}
	attempts, err := withRetries(ctx, conn, o, func() error { return applySaved(ctx, conn, d, o, "applied", nil) })
	if err != nil {
		return nil, err
	}
	return resultOf(plan, true, attempts), nil
}

// planOf gives the plan that a document holds.
func planOf(d report.Document) *planner.Plan {
	return &planner.Plan{Server: d.Server, Statements: d.Statements, Warnings: d.Warnings, Left: d.Left, Parts: d.Parts, SavedEffect: d.Effect}
}

// applySaved runs a document in one transaction. Result is the word for the ledger.
func applySaved(ctx context.Context, conn *pgx.Conn, d report.Document, o Options, result string, since *snapshot) error {
	tx := begin(conn, d.LockKey, o)
	tx.Queue(o.lookForLedger(&tx.ledger)...)
	err := applySavedIn(ctx, tx, d, o, result, since)
	if err != nil {
		_ = wire.Rollback(conn) // whose error says nothing that the first one did not
	}
	return askEventTriggers(ctx, conn, o, err, d.Document)
}

// applySavedIn does everything between BEGIN and COMMIT, and the COMMIT.
func applySavedIn(ctx context.Context, tx *transaction, d report.Document, o Options, result string, since *snapshot) error {
	if err := reliesOn(ctx, tx, d.Document, since); err != nil {
		return err
	}
	if err := tx.ledger.CheckMayRecord(); err != nil {
		return err
	}
	if o.lockHolder == nil {
		if err := o.checkSavedLosses(ctx, tx.Conn, tx, d); err != nil {
			return err
		}
	}
	tx.holdLedger(o)
	tx.run(d.Document, o)
	err := checkState(ctx, tx, d.Document, d.LeadsTo, "verifying: "+comparing, notAsPlanned)
	if len(tx.warnings) > 0 {
		return warningError(tx.warnings)
	}
	if err != nil {
		return err
	}
	err = tx.recordAndCommit(ctx, func() (ledger.Entry, error) {
		e, err := ledgerEntry(d, planOf(d), o, time.Since(tx.locked))
		e.Result = result
		return e, err
	})
	if err == nil && since != nil {
		since.committed(tx.ID)
	}
	return err
}

// reliesOn compares the server with the state that a document relies on, unless nothing has ended since a snapshot;
// nil: there is none.
func reliesOn(ctx context.Context, tx *transaction, d script.Document, since *snapshot) error {
	if since != nil && *since != "" {
		var now snapshot
		if err := tx.RoundTrip(ctx, now.query()); err != nil {
			return err
		}
		if *since == now {
			return nil
		}
		*since = ""
	}
	return checkState(ctx, tx, d, d.ReliesOn, comparing, stale)
}

// manyRoles is from how many roles on a state is read instead of compared by a guard.
const manyRoles = 100

// checkState gives an error unless the server is in a state. A state of many roles is read and compared here, which
// takes a third of the time of a guard. If that finds a difference, the guard says what differs.
func checkState(ctx context.Context, tx *transaction, d script.Document, state script.State, doing string, other func(differences []string) error) error {
	if len(state.Roles) >= manyRoles && inspect.ShowsState(state) {
		seen, err := inspect.StateWithin(ctx, tx.Transaction, state, doing)
		if err != nil || len(tx.warnings) > 0 {
			return err
		}
		if planner.IsSeen(state, d.Server, seen) {
			if state = state.HeldAlone(); state.IsEmpty() {
				return nil
			}
		}
	}
	return tx.RoundTrip(ctx, guard(doing, d, state, other)...)
}

// guard asks the server for the differences from a state, which other makes an error of. An empty state needs no
// question.
func guard(doing string, d script.Document, state script.State, other func(differences []string) error) []wire.Request {
	if state.IsEmpty() {
		return nil
	}
	return wire.Queries(wire.Query{
		Doing: doing, SQL: script.DifferencesSQL(d.Server, state),
		Read: func(rows pgx.Rows) error {
			var line string
			var of int
			var lines []string
			if err := wire.Each(rows, []any{&line, &of}, func() { lines = append(lines, line) }); err != nil {
				return fmt.Errorf("%s: %w", comparing, err)
			}
			if more := of - len(lines); more > 0 {
				lines = append(lines, fmt.Sprintf("and %d more", more))
			}
			if lines == nil {
				return nil
			}
			return other(lines)
		},
		Failed: func(err error) error { return err },
	})
}

const comparing = "comparing the catalog with the plan"

func stale(differences []string) error        { return &StaleError{differences} }
func notAsPlanned(differences []string) error { return &StateError{Differences: differences} }

// StateError says that a saved plan ran and the result was not what was planned. All was rolled back.
type StateError struct {
	Differences []string
	// EventTriggers are those that run for the statements, and may be why.
	EventTriggers []string
}

// Error lists the first differences.
func (e *StateError) Error() string {
	return "after all statements ran, the catalog was not as planned, so everything was rolled back:\n  " + strings.Join(e.Differences, "\n  ") +
		mentionEventTriggers(e.EventTriggers)
}
