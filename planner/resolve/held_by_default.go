package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// heldByDefault names, for each role, the privileges on existing objects that stay only because a FUTURE phrase gives
// them on new ones. No other phrase names them any more: so to take such a phrase out of the spec revokes nothing.
func (r *resolver) heldByDefault() map[string][]string {
	out := map[string][]string{}
	if len(r.futures) == 0 {
		return out
	}
	for id, object := range r.desired.Objects {
		held := map[string][]catalog.Privilege{}
		for _, item := range object.ACL {
			if r.isHeldByDefault(object, item) {
				held[item.Grantee] = lists.AppendNew(held[item.Grantee], item.Privilege)
			}
		}
		for role, privileges := range held {
			out[role] = append(out[role], catalog.JoinPrivileges(privileges)+" on "+id.String())
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

func (r *resolver) isHeldByDefault(object *catalog.Object, item catalog.Item) bool {
	place, inScope := r.scope[item.Grantee]
	if !inScope || item.Grantee == object.Owner || !r.decidesOver(object, item.Grantee) || object.Init.Has(item.Grantee, item.Privilege) {
		return false
	}
	if d := r.declared[object.ID].of("", item.Privilege); d != nil && (slices.Contains(d.direct, specRoleIndex(place)) || slices.Contains(d.viaRole, specRoleIndex(place))) {
		return false
	}
	comes, _ := r.comesByDefault(object, item.Grantee, item.Privilege)
	return comes
}
