package executor

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// operation is something that is planned, and then planned again and run under a lock.
type operation struct {
	lockKey int64
	options Options
	plan    func(context.Context, catalogReader) (*planner.Plan, error)
	// planning plans for a spec; nil: the operation is prune.
	planning *planning
	// ledger is the state of the ledger at the first planning.
	ledger ledger.State
	// additions plans from a look, without reading everything under the lock; nil: that cannot be done.
	additions planOfAdditions
	// raw is what was read last, without the changes of another database's plan.
	raw *catalog.Catalog
}

// planAlone plans without running anything. It warns of a ledger that pgsr apply will refuse.
func (op *operation) planAlone(ctx context.Context, conn *pgx.Conn) (*planner.Plan, error) {
	return op.planAfter(ctx, conn, nil)
}

// planAfter does so as if changes to roles and memberships had been made.
func (op *operation) planAfter(ctx context.Context, conn *pgx.Conn, before []catalog.Change) (*planner.Plan, error) {
	acting, err := op.options.lookUpActing(ctx, conn)
	if err != nil {
		return nil, err
	}
	from := readOutside(conn, op.options, op.options.lookForLedgerAs(&op.ledger, acting.As)...)
	from.before, from.as = before, acting.As
	if op.options.Effect {
		from.raw = &op.raw
	}
	plan, err := op.plan(ctx, from)
	if err != nil {
		return nil, err
	}
	op.warnOfLedger(plan)
	op.warnOfUnseen(plan, acting)
	return plan, nil
}

func (op *operation) warnOfLedger(plan *planner.Plan) {
	if err := op.ledger.Trusted(); err != nil && op.ledger.Installed {
		plan.Warnings = append(slices.Clip(plan.Warnings), "pgsr apply will refuse: "+err.Error())
	}
}

// do plans and, if there is something to do, asks for confirmation and runs the plan.
func (op *operation) do(ctx context.Context, conn *pgx.Conn) (*Result, error) {
	if err := op.options.checkMayChange(conn); err != nil {
		return nil, err
	}
	plan, differs, err := op.checkDriftFirst(ctx, conn)
	switch {
	case err != nil:
		return nil, err
	case plan != nil:
		return op.planning.summarized(resultOf(plan, false, 0)), nil
	case differs: // who is not asked need not see the plan before the lock is had
		return op.change(ctx, conn, nil, false)
	}
	plan, err = op.plan(ctx, readOutside(conn, op.options, op.options.lookForLedger(&op.ledger)...))
	switch {
	case err != nil:
		return nil, err
	case plan.IsEmpty():
		return op.planning.summarized(resultOf(plan, false, 0)), nil
	}
	if err := op.ledger.CheckMayRecord(); err != nil {
		return nil, err
	}
	confirmed, err := confirm(plan, op.options)
	if err != nil {
		return nil, err
	}
	return op.change(ctx, conn, confirmed, plan.Parts != nil)
}

// change plans again under the lock and runs that, in parts if one transaction cannot hold it.
func (op *operation) change(ctx context.Context, conn *pgx.Conn, confirmed *planner.Plan, inParts bool) (*Result, error) {
	if !inParts {
		result, err := op.applyWithRetries(ctx, conn, confirmed)
		if !errors.Is(err, errInParts) {
			return result, err
		}
	}
	return op.applyInParts(ctx, conn, confirmed)
}
