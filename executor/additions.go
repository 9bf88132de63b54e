package executor

import (
	"slices"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
)

// Most changes of services add a role, or privileges to one: the role is created, and granted privilege roles that are
// there. The look that finds out whether there is anything to do shows enough to plan that. It need not be planned anew
// under the lock, where to read what it takes to plan anything would take most of the time of the whole call: if
// something has changed meanwhile, a statement fails, or the look that verifies sees it, and all is read for the next
// attempt.

// planAdditions plans from what a look has seen, and what the spec means for that; nil where it takes more, or
// something is to be refused.
func (p *planning) planAdditions(seen inspect.DriftSeen, wanted *resolve.Resolution) *planner.Plan {
	if !seen.MayAdd {
		return nil
	}
	if plan, err := p.planResolved(seen.Catalog, wanted); err == nil && onlyAdds(plan) {
		p.last.looked = snapshot(seen.Snapshot)
		return plan
	}
	p.last = nil
	return nil
}

// onlyAdds tells whether a plan only creates roles of the spec and grants them privilege roles that are there.
func onlyAdds(plan *planner.Plan) bool {
	adds := func(s script.Statement) bool {
		switch change := s.Change.(type) {
		case catalog.CreateRole:
			return change.Holds == nil && !change.CreateRole && len(change.Members) == 0
		case catalog.GrantRole:
			return !slices.ContainsFunc(change.Roles, func(role string) bool {
				known := plan.From.Roles[role]
				return known == nil || known.Holds == nil
			})
		}
		return false
	}
	return plan.Parts == nil && !slices.ContainsFunc(plan.Statements, func(s script.Statement) bool { return s.As != "" || !adds(s) })
}
