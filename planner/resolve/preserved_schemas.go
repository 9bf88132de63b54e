package resolve

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
)

// preserves tells whether what a role was granted on an object is to be left alone.
func (r *resolver) preserves(role string, id catalog.ObjectID) bool {
	if r.ignored != nil && r.ignored.has(r.desired.Objects[id]) {
		return true
	}
	place, in := r.scope[role]
	return in && id.Schema != "" && slices.Contains(r.spec.Roles[place].PreserveInSchemas, id.Schema)
}

// preservesMembership tells whether a membership gives something that is to be left alone. The granted role is a
// privilege role, or is named like one and has more than one privilege.
func (r *resolver) preservesMembership(role, member string) bool {
	known := r.desired.Roles[role]
	switch place, in := r.scope[member]; {
	case known == nil || !in || len(r.spec.Roles[place].PreserveInSchemas) == 0 && r.ignored == nil:
		return false
	case known.Holds != nil:
		return r.preserves(member, known.Holds.Object)
	case !catalog.IsOwnRole(role):
		return false
	}
	var preserved, elsewhere []catalog.ObjectID
	for _, id := range r.heldTogether()[role] {
		if r.preserves(member, id) {
			preserved = append(preserved, id)
		} else {
			elsewhere = append(elsewhere, id)
		}
	}
	more := r.withMore()[role]
	if more == "" && len(elsewhere) > 0 {
		more = "something on " + elsewhere[0].String()
	}
	if len(preserved) > 0 && more != "" {
		r.keptTogether = append(r.keptTogether, fmt.Sprintf(
			"role %q keeps %s: it has that by the same membership as what is left alone on %s, and pgsr explain says by which",
			member, more, preserved[0].String()))
	}
	return len(preserved) > 0
}

// listHeldTogether lists, in order, the objects on which roles have something that are named like privilege roles and
// have more than one privilege.
func (x *currentIndex) listHeldTogether() map[string][]catalog.ObjectID {
	held := map[string][]catalog.ObjectID{}
	for id, object := range x.current.Objects {
		for _, item := range object.Items() {
			known := x.current.Roles[item.Grantee]
			if catalog.IsOwnRole(item.Grantee) && (known == nil || known.Holds == nil) {
				held[item.Grantee] = append(held[item.Grantee], id)
			}
		}
	}
	for _, ids := range held {
		slices.SortFunc(ids, catalog.ObjectID.Compare)
	}
	return held
}
