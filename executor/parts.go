package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// errInParts says that a plan is found under the lock to take several transactions, which needs another lock.
var errInParts = errors.New("the plan takes several transactions")

// checkMayBeInParts refuses a plan in parts where one transaction was asked for.
func (o Options) checkMayBeInParts(plan *planner.Plan) error {
	if !o.SingleTransaction || plan.Parts == nil {
		return nil
	}
	if plan.EndsSessions() {
		return refusedForLocks("the plan ends sessions, in a transaction of its own: leave out --single-transaction, or end_sessions in the spec")
	}
	return &planner.LockTableError{What: "the plan", Locks: plan.Locks(), Table: plan.Server.Locks}
}

// applyInParts plans and runs in several transactions, all under one lock, so that no other run comes in
// between. Each transaction is guarded by what its part relies on and leads to.
func (op *operation) applyInParts(ctx context.Context, conn *pgx.Conn, confirmed *planner.Plan) (*Result, error) {
	var result *Result
	err := withLock(ctx, conn, op.lockKey, op.options, func(o Options) error {
		defer func(before Options) { op.options = before }(op.options)
		op.options = o
		from := readOutside(conn, op.options, op.options.lookForLedger(&op.ledger)...)
		from.effect = op.ledger.Installed
		plan, err := op.plan(ctx, from)
		switch {
		case err != nil:
			return err
		case !plan.IsEmpty() && !isConfirmed(plan, confirmed):
			return &StaleError{}
		case plan.Parts == nil: // another run has done the rest
			result, err = op.applyWithRetries(ctx, conn, confirmed)
			return err
		}
		result, err = op.runParts(ctx, conn, plan, from.effect, from.snapshot)
		return err
	})
	return result, err
}

// runParts runs the parts of a plan and plans once more: there must be nothing left to do.
func (op *operation) runParts(ctx context.Context, conn *pgx.Conn, plan *planner.Plan, effect bool, since *snapshot) (*Result, error) {
	of, digest := len(plan.Parts), ""
	var state *catalog.Catalog // of which only the ledger keeps something
	if effect {
		state, digest = plan.From.Clone(), plan.Digest()
	}
	op.options.running(plan)
	attempts, err := eachPart(ctx, conn, of, op.options, since, func(n int) (report.Document, error) {
		part := plan.Part(n, state)
		d, err := op.partDocument(part, plan.Parts[n], effect)
		if effect {
			d.Digest = digest
			part.Apply(state)
		}
		return d, err
	})
	if err != nil {
		return nil, err
	}
	op.options.call.part(0, 0)
	from := readOutside(conn, op.options).verifying()
	from.Session = from.Verifying()
	left, err := op.plan(ctx, from)
	if err != nil {
		return nil, &PartialError{of, of, fmt.Errorf("planning again to verify: %w", err)}
	}
	if !left.InSync() {
		return nil, &PartialError{of, of, fmt.Errorf("something else has changed what they did: there are %d statements to run", len(left.Statements))}
	}
	return op.planning.summarized(resultOf(plan, true, attempts)), nil
}

// partDocument makes a document of a part, with the states before and after it. For the ledger it adds the way back and
// what the part means for people.
func (op *operation) partDocument(part *planner.Plan, guards script.Part, effect bool) (report.Document, error) {
	d := unguarded(op.lockKey, part, op.options)
	d.ReliesOn, d.LeadsTo = guards.ReliesOn, guards.LeadsTo
	if !effect {
		return d, nil
	}
	d.Header = script.HeaderLines(d.Document)
	d.Effect = part.Effect()
	err := addRollback(&d, part, op.options)
	return d, err
}

// applySavedParts runs a saved plan in parts.
func applySavedParts(ctx context.Context, conn *pgx.Conn, d report.Document, plan *planner.Plan, o Options) (*Result, error) {
	transactions := d.Transactions()
	result := resultOf(plan, true, 0)
	err := withLock(ctx, conn, d.LockKey, o, func(o Options) (err error) {
		if err := o.checkSavedLosses(ctx, conn, nil, d); err != nil {
			return err
		}
		result.Attempts, err = eachPart(ctx, conn, len(transactions), o, nil, func(n int) (report.Document, error) { return transactions[n], nil })
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// eachPart runs one transaction after the other, and retries each that meets another one. It counts the attempts.
func eachPart(ctx context.Context, conn *pgx.Conn, of int, o Options, since *snapshot, document func(n int) (report.Document, error)) (int, error) {
	all := 0
	for n := range of {
		o.call.part(n+1, of)
		d, err := document(n)
		if err == nil {
			var attempts int
			attempts, err = withRetries(ctx, conn, o, func() error {
				if err := o.lockHolder.check(ctx); err != nil {
					return err
				}
				return applySaved(ctx, conn, d, o, fmt.Sprintf("applied: transaction %d of %d", n+1, of), since)
			})
			all += attempts
		}
		switch {
		case err != nil && n > 0:
			return all, &PartialError{Done: n, Of: of, Err: err}
		case err != nil:
			return all, err
		}
	}
	return all, nil
}

// PartialError says that of several transactions some are committed and the next one failed. It unwraps to why.
type PartialError struct {
	// Done is how many are committed, Of how many there are.
	Done, Of int
	Err      error
}

// Unwrap gives the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// Error says what is done, what failed and how to go on.
func (e *PartialError) Error() string {
	const goOn = "what they did is safe to keep, and running it again goes on from there"
	if e.Done == e.Of {
		return fmt.Sprintf("all %d transactions are committed (%s), but then: %v", e.Of, goOn, e.Err)
	}
	return fmt.Sprintf("%d of %d transactions are committed (%s); the next one was rolled back: %v", e.Done, e.Of, goOn, e.Err)
}
