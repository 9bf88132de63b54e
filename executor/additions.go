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

// Most changes of services add a role, or privileges to one: the role is created, and granted privilege roles that are
// there. The look that finds out whether there is anything to do shows enough to plan that. It need not be planned anew
// under the lock, where to read what it takes to plan anything would take most of the time of the whole call: if
// something has changed meanwhile, a statement fails, or the look that verifies sees it, and all is read for the next
// attempt.

// planOfAdditions plans under the lock from what a look has seen; nil: it takes more.
type planOfAdditions func(context.Context, *transaction) (*planner.Plan, error)

// additionsAfter plans from a look, and what the spec means for that. Who may grant privilege roles is read only now
// that there is something to do.
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

// planAdditions gives nil where the plan does more, or something is to be refused.
func (p *planning) planAdditions(seen inspect.DriftSeen, wanted *resolve.Resolution) *planner.Plan {
	if plan, err := p.planResolved(seen.Catalog, wanted); err == nil && onlyAdds(plan) {
		p.last.looked = snapshot(seen.Snapshot)
		return plan
	}
	p.last = nil
	return nil
}

// onlyAdds tells whether a plan only creates roles of the spec and grants them privilege roles that are there. From 16
// on a role that is no superuser grants them by acting as administrator roles: what it would grant itself may be
// costly.
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
