package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// step is one database of a run, or one stage of the connected database.
type step struct {
	// what is the name of the step in messages. Database is where it runs; empty: the connected one.
	what, database string
	plan           *planner.Plan
	// isLeftOut tells that there is nothing to do.
	isLeftOut bool
	do        func(ctx context.Context, confirmed *planner.Plan) (*Result, error)
}

// sequenceOf gives the sequence of the steps' plans.
func (r *sequenceRun) sequenceOf(steps []step) *planner.Sequence {
	s := &planner.Sequence{Warnings: r.warnings, Connected: r.connectedTo}
	if r.connected != nil && r.connected.found != nil {
		s.Effects, s.OtherEffects = r.effects, r.otherEffects
	}
	s.Plans = lists.Map(steps, func(one step) *planner.Plan { return one.plan })
	return s
}

// isSingle tells whether no other database has anything to do.
func (r *sequenceRun) isSingle() bool {
	return !slices.ContainsFunc(r.others, func(d *databaseRun) bool { return !d.isDone() })
}

// steps gives the steps in the order in which they run. If another database has something to do, the stages of the
// connected database stand around it.
func (r *sequenceRun) steps() ([]step, error) {
	others := lists.Map(r.others, r.elsewhere)
	if r.isSingle() {
		return append([]step{{what: "all", plan: r.connected.found, isLeftOut: r.connected.isDone()}}, others...), nil
	}
	if r.options.SingleTransaction {
		return nil, r.severalTransactions()
	}
	stages := r.staged
	if stages == nil {
		var err error
		if stages, err = r.stages(); err != nil {
			return nil, err
		}
	}
	steps := append([]step{}, stages[0], stages[1])
	return append(append(steps, others...), stages[2]), nil
}

// elsewhere gives the step of another database. It plans there anew, since the steps before it have changed something.
func (r *sequenceRun) elsewhere(d *databaseRun) step {
	return step{fmt.Sprintf("database %q", d.database.Name), d.database.Name, d.found, d.isDone(), func(ctx context.Context, confirmed *planner.Plan) (result *Result, err error) {
		d.options.Progress, d.planning.last = r.options.Progress, nil
		err = r.within(ctx, d, func(conn *pgx.Conn) error {
			result, err = d.change(ctx, conn, confirmed, d.found.Parts != nil)
			return err
		})
		return result, err
	}}
}

// whatOf names the stages of a database.
var whatOf = map[planner.Stage]string{
	planner.LosingLogins: "lost logins, in database %q",
	planner.Gaining:      "database %q",
	planner.Losing:       "what is lost of what all databases share, in database %q",
}

// stages plans the stages of the connected database, each from the catalog that the one before it leads to.
func (r *sequenceRun) stages() ([]step, error) {
	current := r.connected.found.From
	var steps []step
	for _, stage := range planner.Stages() {
		planning := r.connected.planning.at(stage)
		plan, err := planning.planCatalog(current)
		if err != nil {
			return nil, r.withRevokesFirst(err, func(first []catalog.Change) error {
				other := current.Clone()
				applyShared(first, other)
				_, err := planning.planCatalog(other)
				return err
			})
		}
		if stage == planner.Gaining {
			r.connected.warnOfLedger(plan)
		}
		op := &operation{lockKey: r.connected.lockKey, options: r.options, plan: planning.plan, planning: planning, ledger: r.connected.ledger}
		steps = append(steps, step{fmt.Sprintf(whatOf[stage], current.Server.Database), "", plan, plan.IsEmpty(), func(ctx context.Context, confirmed *planner.Plan) (*Result, error) {
			planning.last = nil // the steps before it have changed what it was made from
			return op.change(ctx, r.conn, confirmed, plan.Parts != nil)
		}})
		current = plan.After()
	}
	return steps, nil
}

// at gives the planning of one stage. It has the same salts.
func (p *planning) at(stage planner.Stage) *planning {
	other := *p
	other.stage, other.last, other.missing, other.skipped = stage, nil, nil, nil
	return &other
}

// severalTransactions says why what is to be done can not be one transaction.
func (r *sequenceRun) severalTransactions() error {
	left := lists.Filter(r.others, func(d *databaseRun) bool { return !d.isDone() })
	return refusedForLocks("there is something to do in other databases than the connected one (%s), and a transaction is in one database: leave out --single-transaction",
		lists.Join(left, func(d *databaseRun) string { return strconv.Quote(d.database.Name) }))
}

// withRevokesFirst adds a remedy to a refusal that comes of the order of several databases. Some memberships which are
// to go keep the connecting role from acting for others. With one database they go first. With several they go last, so
// that nobody is without what they have before and after. Plan tries whether it helps to revoke them first.
func (r *sequenceRun) withRevokesFirst(err error, plan func(first []catalog.Change) error) error {
	refusal, is := errors.AsType[*planner.Refusal](err)
	if !is {
		return err
	}
	first := planner.KeepingFromJoining(r.connected.found.From, r.connected.found.After())
	if len(first) == 0 || plan(first) != nil {
		return err
	}
	helps := *refusal
	helps.Remedies = slices.Compact(lists.Concat(first, func(revoke catalog.Change) []string { return script.Remedy(revoke, "", r.connected.found.Server) }))
	return fmt.Errorf("memberships are lost when all databases have what they gain, and some that are to be lost keep the connecting role from acting for who has them: %w", &helps)
}
