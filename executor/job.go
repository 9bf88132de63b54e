package executor

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// job is something that is planned, and then planned again and run under a lock.
type job struct {
	lockKey int64
	options Options
	plan    func(context.Context, source) (*planner.Plan, error)
	// planning is what plans, if that is a spec.
	planning *planning
	// ledger is what there was of it when it was planned first.
	ledger ledger.State
}

// source is where a plan is made from: a transaction, or, if that is nil, snapshots of their own.
type source struct {
	wire.Session
	tx *transaction
	// along is asked together with each inspection that is outside of the transaction.
	along []wire.Request
	// effect tells whether the plan is to know what it means for people.
	effect bool
	// ran tells that a plan has just been run, and that it is verified whether anything is left.
	ran bool
	// reading is what is known of how much there is to read.
	reading *inspect.Reading
	// seen is where it is put what the server could be seen to hold when all was read; nil: nobody asks.
	seen *string
}

// outside reads snapshots of their own.
func outside(conn *pgx.Conn, o Options, along ...wire.Request) source {
	return source{Session: wire.Session{Conn: conn, Progress: o.Progress}, along: along, reading: new(inspect.Reading)}
}

// inside reads within a transaction.
func inside(tx *transaction, effect bool) source {
	return source{Session: tx.Session, tx: tx, effect: effect, reading: new(inspect.Reading)}
}

// afterwards reads to verify what a plan has done that has just run.
func (s source) afterwards() source {
	s.ran = true
	return s
}

// Ask asks something, together with what waits in the transaction; outside of one, in one that can change nothing.
func (s source) Ask(ctx context.Context, requests ...wire.Request) error {
	if s.tx != nil {
		return s.tx.Ask(ctx, requests...)
	}
	return s.Session.Read(ctx, requests...)
}

// saw notes what the server could be seen to hold, if anyone asks.
func (s source) saw(snapshot string) {
	if s.seen != nil {
		*s.seen = snapshot
	}
}

func (s source) inspect(ctx context.Context, scope catalog.Scope) (*catalog.Catalog, error) {
	// What comes next, once all is read.
	defer s.Tell(Progress{Doing: "planning"})
	if s.tx != nil {
		return inspect.Within(ctx, s.tx.Transaction, scope, s.reading)
	}
	return inspect.Snapshot(ctx, s.Session, scope, s.reading, s.along...)
}

// planAlone plans and does nothing. A ledger that keeps the plan from being applied is warned of.
func (j *job) planAlone(ctx context.Context, conn *pgx.Conn) (*planner.Plan, error) {
	plan, err := j.plan(ctx, outside(conn, j.options, j.options.lookForLedger(&j.ledger)...))
	if err != nil {
		return nil, err
	}
	if err := j.ledger.Trusted(); err != nil && j.ledger.Installed {
		plan.Warnings = append(slices.Clip(plan.Warnings), "pgsr apply will refuse: "+err.Error())
	}
	return plan, nil
}

// do plans and, if there is something to do, asks and runs it.
func (j *job) do(ctx context.Context, conn *pgx.Conn) (*Result, error) {
	if err := wire.MayChange(conn); err != nil {
		return nil, err
	}
	plan, differs, err := j.look(ctx, conn)
	switch {
	case err != nil:
		return nil, err
	case plan != nil:
		return &Result{Plan: plan}, nil
	case differs: // who is not asked need not see the plan before the lock is had
		return j.change(ctx, conn, nil, false)
	}
	plan, err = j.plan(ctx, outside(conn, j.options, j.options.lookForLedger(&j.ledger)...))
	if err != nil || plan.IsEmpty() {
		return &Result{Plan: plan}, err
	}
	if err := j.ledger.MayRecord(); err != nil {
		return nil, err
	}
	confirmed, err := confirm(plan, j.options)
	if err != nil {
		return nil, err
	}
	return j.change(ctx, conn, confirmed, plan.Parts != nil)
}

// change plans under the lock and does that, in parts where it turns out that it has to be.
func (j *job) change(ctx context.Context, conn *pgx.Conn, confirmed *planner.Plan, inParts bool) (*Result, error) {
	if !inParts {
		result, err := j.applyWithRetries(ctx, conn, confirmed)
		if !errors.Is(err, errInParts) {
			return result, err
		}
	}
	return j.applyInParts(ctx, conn, confirmed)
}
