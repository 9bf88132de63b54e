package executor

import (
	"context"
	"slices"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
)

// Most changes of services only add: they create a role, or grant it privilege roles that exist. The look that finds
// the difference shows enough to plan that. So it is not planned anew under the lock: to read all that a plan may need
// takes most of the time of a call. If something has changed meanwhile, a statement fails, or the look that verifies
// shows it. Then the next attempt reads everything.

// planOfAdditions plans under the lock from what a look has shown; a nil plan: that is not enough.
type planOfAdditions func(context.Context, *transaction) (*planner.Plan, error)

// additionsAfter prepares to plan from a look. Only now that there is something to do, it is read who may grant the
// privilege roles.
func (p *planning) additionsAfter(seen inspect.DriftSeen, wanted *resolve.Resolution) planOfAdditions {
	if server := seen.Catalog.Server; !seen.MayAdd || server.CurrentUser != server.SessionUser { // why not is asked with all else
		return nil
	}
	return func(ctx context.Context, tx *transaction) (*planner.Plan, error) {
		if seen.Catalog.Server.MembershipsHaveOptions() {
			if err := inspect.AdministratorsWithin(ctx, tx.Transaction, seen.Catalog); err != nil {
				return nil, err
			}
			_, wanted = p.inSync(seen.Catalog)
		}
		if wanted == nil {
			return nil, nil
		}
		return p.planAdditions(seen, wanted), nil
	}
}

// planAdditions gives nil if the plan does more than add, or is refused. None is made where objects differ, or a role
// is to be gone: it may be about more than the look has shown.
func (p *planning) planAdditions(seen inspect.DriftSeen, wanted *resolve.Resolution) *planner.Plan {
	if len(seen.Catalog.Leavers) == 0 && planner.IsSameButRoles(seen.Catalog, wanted.Desired) {
		if plan, err := p.planResolved(seen.Catalog, wanted); err == nil && onlyAdds(plan) {
			p.last.looked = snapshot(seen.Snapshot)
			return plan
		}
	}
	p.last = nil
	return nil
}

// onlyAdds tells whether a plan only creates roles of the spec and grants them existing privilege roles. From 16 on, a
// role that is no superuser has to grant them by acting as administrator roles: what it grants itself may be costly.
func onlyAdds(plan *planner.Plan) bool {
	needsAdministrators := access.NewActor(plan.From).NeedsAdministrators()
	adds := func(s script.Statement) bool {
		switch change := s.Change.(type) {
		case catalog.CreateRole:
			return s.As == "" && change.Holds == nil && !change.CreateRole && len(change.Members) == 0
		case catalog.GrantRole:
			return (s.As != "") == needsAdministrators && !slices.ContainsFunc(change.Roles, func(role string) bool {
				known := plan.From.Roles[role]
				return known == nil || known.Holds == nil
			})
		}
		return false
	}
	return plan.Parts == nil && !slices.ContainsFunc(plan.Statements, func(s script.Statement) bool { return !adds(s) })
}
