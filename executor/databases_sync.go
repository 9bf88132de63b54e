package executor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// SyncDatabases does what [Sync] does for a spec that is about other databases, too ([spec.Role.In]), one transaction a
// database, in the order that [planner.Stage] says: logins are lost first, then comes what is gained of what all
// databases share, with all of the connected database, then each other database by name, and at last what is lost of
// what they share. With nothing to do elsewhere it is [Sync]. The lock is taken in each database.
//
// It stops at the first failure. If something is committed by then, the error is a [*SequenceError], else that of
// [Sync]; one of another database is a [*DatabaseError].
func SyncDatabases(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*SequenceResult, error) {
	return run(ctx, conn, o, "sync", func(o Options) (*SequenceResult, error) {
		if err := checkSpec(s); err != nil {
			return nil, err
		}
		return syncDatabases(ctx, conn, s, o)
	}, (*SequenceResult).said)
}

// syncDatabases does what [SyncDatabases] is for.
func syncDatabases(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*SequenceResult, error) {
	var more []string
	if !s.NamesDatabases() {
		op, err := syncOperation(s, o)
		if err != nil {
			return nil, err
		}
		result, err := op.do(ctx, conn)
		if err == nil || len(op.planning.elsewhere) == 0 {
			return InOne(result), err
		}
		more = slices.Collect(maps.Keys(op.planning.elsewhere)) // where something depends on roles that are to be gone
	}
	if err := o.checkMayChange(conn); err != nil {
		return nil, err
	}
	run, err := planDatabases(ctx, conn, s, o, more, true)
	if err != nil {
		return nil, err
	}
	steps, err := run.steps()
	if err != nil {
		return nil, err
	}
	if err := run.checkMayRecord(); err != nil {
		return nil, err
	}
	sequence := run.sequenceOf(steps)
	if run.isSingle() {
		return run.applySingle(ctx, sequence, sequence.Plans[0])
	}
	if err := confirmSequence(sequence, o); err != nil {
		return nil, err
	}
	return run.apply(ctx, sequence, steps)
}

func confirmSequence(sequence *planner.Sequence, o Options) error {
	if o.ConfirmSequence == nil {
		return nil
	}
	return declinedUnless(o.ConfirmSequence(sequence))
}

// applySingle applies what is to be done in the connected database alone.
func (r *sequenceRun) applySingle(ctx context.Context, sequence *planner.Sequence, plan *planner.Plan) (*SequenceResult, error) {
	if plan.IsEmpty() {
		return r.summarized(&SequenceResult{Sequence: sequence}), nil
	}
	confirmed, err := r.confirmSingle(sequence, plan)
	if err != nil {
		return nil, err
	}
	result, err := r.connected.change(ctx, r.conn, confirmed, plan.Parts != nil)
	if err != nil {
		return nil, err
	}
	return r.summarized(&SequenceResult{Sequence: sequence, Results: []*Result{result}}), nil
}

// confirmSingle asks for confirmation of a plan of one database, together with what it means for people in other
// databases.
func (r *sequenceRun) confirmSingle(sequence *planner.Sequence, plan *planner.Plan) (*planner.Plan, error) {
	if r.options.ConfirmSequence != nil && len(sequence.EffectElsewhere()) > 0 {
		return plan, confirmSequence(sequence, r.options)
	}
	return confirm(plan, r.options)
}

// checkMayRecord refuses a run before it does anything, if a ledger cannot be written.
func (r *sequenceRun) checkMayRecord() error {
	if !r.connected.found.IsEmpty() {
		if err := r.connected.ledger.CheckMayRecord(); err != nil {
			return err
		}
	}
	for _, d := range r.others {
		if err := d.ledger.CheckMayRecord(); err != nil && !d.isDone() && !d.isUnplanned {
			return &DatabaseError{Database: d.database.Name, Err: err}
		}
	}
	return nil
}

// apply runs the steps in order. It runs only what was confirmed.
func (r *sequenceRun) apply(ctx context.Context, sequence *planner.Sequence, steps []step) (*SequenceResult, error) {
	out := &SequenceResult{Sequence: sequence}
	var done []string
	step, of := 0, len(slices.DeleteFunc(slices.Clone(steps), func(s step) bool { return s.isLeftOut }))
	for i, s := range steps {
		if s.isLeftOut {
			continue
		}
		step++
		r.options.call.step(step, of, s.database)
		var confirmed *planner.Plan
		if r.options.ConfirmSequence != nil {
			confirmed = s.plan
		}
		result, err := s.do(ctx, confirmed)
		if err != nil {
			return nil, stopped(done, steps[i:], err)
		}
		out.Results = append(out.Results, result)
		r.options.spend(result.Plan)
		if result.Applied {
			done = append(done, s.what)
		}
	}
	return r.summarized(out), nil
}

// SequenceError says that of what was to be done in several databases some is committed, and what failed next. It
// unwraps to why.
type SequenceError struct {
	// Done is what is committed, Failed what was rolled back, Left what was not begun, each in words.
	Done   []string
	Failed string
	Left   []string
	Err    error
}

// stopped gives the error of a run that stopped at a step; the step's own error if nothing is committed.
func stopped(done []string, from []step, err error) error {
	if len(done) == 0 {
		return err
	}
	e := &SequenceError{Done: done, Failed: from[0].what, Err: err}
	for _, s := range from[1:] {
		if !s.isLeftOut {
			e.Left = append(e.Left, s.what)
		}
	}
	return e
}

// Unwrap gives the cause.
func (e *SequenceError) Unwrap() error { return e.Err }

// Error says what is done, what failed and how to go on.
func (e *SequenceError) Error() string {
	left := ""
	if len(e.Left) > 0 {
		left = "; not begun: " + strings.Join(e.Left, ", ")
	}
	return fmt.Sprintf("committed: %s (what they did is safe to keep, and running it again goes on from there); rolled back: %s%s: %v",
		strings.Join(e.Done, ", "), e.Failed, left, e.Err)
}
