package executor

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// Most runs find that there is nothing to do, above all those of services, which have a run for each role. To see that,
// less has to be read than to plan: see [inspect.Drift]. What is planned does not depend on it.

// canCheckDriftFirst tells whether it pays to look for differences before all is read: not where more is asked of a
// plan, nor where a password is set again that can not be compared, nor where what is left is to be listed, nor where
// all was prefetched.
func (p *planning) canCheckDriftFirst(conn *pgx.Conn) bool {
	o, status := p.options, conn.PgConn().ParameterStatus
	return !o.Prefetch.IsOpen(conn) && !o.Effect && !o.Undecided && p.spec.Mode != spec.ModeAdd && status("server_encoding") == script.UTF8 &&
		(status("is_superuser") == "on" || !slices.ContainsFunc(p.spec.Roles, setsPassword)) &&
		inspect.ShowsDrift(conn, p.scope())
}

// checkDriftFirst plans if there is nothing to do. Else the plan is nil, and differs tells whether that is for
// certain, and nothing is wrong so far. Of all that is in a schema there may be so much that it is better read once.
func (op *operation) checkDriftFirst(ctx context.Context, conn *pgx.Conn) (plan *planner.Plan, differs bool, err error) {
	p := op.planning
	if p == nil || op.options.Confirm != nil || !p.canCheckDriftFirst(conn) || len(p.scope().Contents) > 0 {
		return nil, false, nil
	}
	l := readOutside(conn, op.options)
	seen, err := inspect.Drift(ctx, l.Session, p.including(p.scope(), false))
	if err != nil {
		return nil, false, err
	}
	op.ledger.Installed = seen.HasLedger && !op.options.NoLedger
	plan, wanted := p.inSync(seen.Catalog)
	if wanted != nil && !op.ledger.Installed { // a ledger keeps what a plan means for people
		op.additions = p.additionsAfter(seen, wanted)
	}
	return plan, wanted != nil, nil
}

// inSync gives the plan to do nothing, if that is what there is to do. It is without the warnings of who can give
// privileges away, which are looked for where something is planned. Else what the spec means is given if something is
// to be done for certain, as far as a catalog shows that is too small to plan; nil shows nothing.
func (p *planning) inSync(c *catalog.Catalog) (plan *planner.Plan, wanted *resolve.Resolution) {
	if c == nil || p.spec.Local && p.hasLeavers(c) {
		return nil, nil
	}
	resolution, err := p.resolve(c)
	if err != nil {
		return nil, nil
	}
	if !planner.IsSame(c, resolution.Desired) {
		return nil, resolution
	}
	plan, _ = p.build(c, resolution) // which refuses what Plan does as well
	return plan, nil
}
