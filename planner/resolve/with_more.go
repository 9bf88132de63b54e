package resolve

import (
	"cmp"
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// listWithMore says what roles named like privilege roles have that a privilege role never has: an attribute, a
// membership in another role, or something on an object that all databases share. It names the first of several.
func (r *resolver) listWithMore() map[string]string {
	more := map[string]string{}
	r.noteAttributesOfOurs(more)
	r.noteGroupsOfOurs(more)
	r.noteSharedOfOurs(more)
	return more
}

func (r *resolver) noteAttributesOfOurs(more map[string]string) {
	for name, role := range r.current.Roles {
		if !catalog.IsOwnRole(name) || role.Holds != nil {
			continue
		}
		if powers := role.Attributes.Powers(); len(powers) > 0 {
			more[name] = string(powers[0])
		} else if role.Attributes.Login {
			more[name] = "LOGIN"
		}
	}
}

func (r *resolver) noteGroupsOfOurs(more map[string]string) {
	first := map[string]string{}
	for role, rows := range r.current.Members {
		for i := range rows {
			if member := rows[i].Member; catalog.IsOwnRole(member) && (first[member] == "" || role < first[member]) {
				first[member] = role
			}
		}
	}
	for member, role := range first {
		more[member] = cmp.Or(more[member], fmt.Sprintf("what role %q has", role))
	}
}

func (r *resolver) noteSharedOfOurs(more map[string]string) {
	isShared := func(id catalog.ObjectID, _ *catalog.Object) bool { return id.Kind.Info().Shared }
	for _, id := range lists.Keys(r.current.Objects, catalog.ObjectID.Compare, isShared) {
		object := r.current.Objects[id]
		note := func(role string) {
			if catalog.IsOwnRole(role) {
				more[role] = cmp.Or(more[role], "something on "+id.String())
			}
		}
		note(object.Owner)
		for item := range itemsOf(object) {
			note(item.Grantee)
		}
	}
}
