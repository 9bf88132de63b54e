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

// Most runs find nothing to do, above all those of services, which have a run for each role. To see that takes less
// reading than to plan: see [inspect.Drift]. A plan is the same with and without that look.

// canCheckDriftFirst tells whether a look for differences pays. It does not if the call asks for more than a plan, a
// password is set that cannot be compared, mode add has to list what it leaves, or all was prefetched.
func (p *planning) canCheckDriftFirst(conn *pgx.Conn) bool {
	o, status := p.options, conn.PgConn().ParameterStatus
	return !o.Prefetch.IsOpen(conn) && !o.Effect && !o.Undecided && p.spec.Mode != spec.ModeAdd && status("server_encoding") == script.UTF8 &&
		(status("is_superuser") == "on" || !slices.ContainsFunc(p.spec.Roles, setsPassword)) &&
		inspect.ShowsDrift(conn, p.scope())
}

// checkDriftFirst gives the empty plan if a look shows that there is nothing to do. Otherwise the plan is nil, and
// differs tells whether something differs for certain. ALL and patterns are not looked at: a schema may hold so much
// that it is better read once.
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

// inSync gives the empty plan if a catalog is as the spec wants it. That plan does not warn of who can grant privilege
// roles further: nobody looks for them unless something is planned. If something differs for certain, wanted is what
// the spec means, as far as the small catalog of a look shows it.
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
