package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// ApplySavedSequence does what [ApplySaved] does with a plan over several databases ([report.ReadPlan]): one step after
// the other, each in its database, until one fails. The errors are those of [SyncDatabases] and [ApplySaved]. A plan of
// one database is applied as that.
func ApplySavedSequence(ctx context.Context, conn *pgx.Conn, saved report.Sequence, o Options) (*SequenceResult, error) {
	if err := checkSaved(saved); err != nil {
		return nil, err
	}
	return run(ctx, conn, o, "apply saved", func(o Options) (*SequenceResult, error) {
		result, err := applySequence(ctx, conn, saved, o)
		if err == nil {
			result.digest = saved.Digest
		}
		return result, err
	}, (*SequenceResult).said)
}

// applySequence does what [ApplySavedSequence] is for.
func applySequence(ctx context.Context, conn *pgx.Conn, saved report.Sequence, o Options) (*SequenceResult, error) {
	if saved.IsSingle() {
		result, err := applyDocument(ctx, conn, saved.Documents[0], o)
		return InOne(result), err
	}
	if err := o.checkMayChange(conn); err != nil {
		return nil, err
	}
	run := &sequenceRun{conn: conn, options: o.withBudget(), warnings: saved.Warnings}
	connected, _, err := readDatabases(ctx, o.session(conn))
	if err != nil {
		return nil, err
	}
	run.connectedTo = connected.Name
	if err := run.checkSavedLosses(ctx, saved, connected.Name); err != nil {
		return nil, err
	}
	if o.SingleTransaction {
		return nil, refusedForLocks("the plan is for several databases, and a transaction is in one database: leave out --single-transaction")
	}
	var steps []step
	for i, d := range saved.Documents {
		steps = append(steps, run.saved(d, connected.Name, fmt.Sprintf("step %d, in database %q", i+1, d.Server.Database)))
	}
	sequence := run.sequenceOf(steps)
	if err := confirmSequence(sequence, o); err != nil {
		return nil, err
	}
	return run.apply(ctx, sequence, steps)
}

// saved gives the step of a saved plan. Its database is compared with what the plan relies on.
func (r *sequenceRun) saved(d report.Document, connected, what string) step {
	database := d.Server.Database
	if database == connected {
		database = ""
	}
	return step{what, database, planOf(d), len(d.Statements) == 0, func(ctx context.Context, _ *planner.Plan) (result *Result, err error) {
		one := &databaseRun{operation: &operation{options: r.options}, database: spec.Database{Name: d.Server.Database}}
		one.options.Confirm = nil
		if d.Server.Database == connected {
			return applyUnlessDone(ctx, r.conn, d, one.options)
		}
		err = r.within(ctx, one, func(conn *pgx.Conn) error {
			result, err = applyUnlessDone(ctx, conn, d, one.options)
			return err
		})
		return result, err
	}}
}

// applyUnlessDone applies a step of a saved plan, unless its database is as the step leaves it. So a run that has
// stopped goes on where it stopped.
func applyUnlessDone(ctx context.Context, conn *pgx.Conn, d report.Document, o Options) (*Result, error) {
	result, err := applyDocument(ctx, conn, d, o)
	if !errors.As(err, new(*StaleError)) || len(d.Parts) > 0 {
		return result, err
	}
	isDone := o.session(conn).Read(ctx, guard(comparing, d.Document, d.LeadsTo, stale)...) == nil
	if !isDone {
		return result, err
	}
	return resultOf(planOf(d), false, 0), nil
}
