package resolve

import (
	"slices"

	"pgsr/planner/catalog"
)

// keptByDefault names, by role, what it keeps on objects that are there because a FUTURE phrase gives it to new ones,
// and no other phrase names it: whoever takes a phrase of such an object out of the spec takes nothing away.
func (r *resolver) keptByDefault() map[string][]string {
	out := map[string][]string{}
	if len(r.futures) == 0 {
		return out
	}
	for id, object := range r.desired.Objects {
		kept := map[string][]catalog.Privilege{}
		for _, item := range object.ACL {
			if r.isKeptByDefault(object, item) && !slices.Contains(kept[item.Grantee], item.Privilege) {
				kept[item.Grantee] = append(kept[item.Grantee], item.Privilege)
			}
		}
		for role, privileges := range kept {
			out[role] = append(out[role], catalog.JoinPrivileges(privileges)+" on "+id.String())
		}
	}
	for _, names := range out {
		slices.Sort(names)
	}
	return out
}

func (r *resolver) isKeptByDefault(object *catalog.Object, item catalog.Item) bool {
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
