package resolve

import (
	"cmp"
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// listWithMore says what roles named like privilege roles have that a privilege role never has: an attribute, a
// membership in another role, or something on an object that all databases share. It names the first of several.
func (x *currentIndex) listWithMore() map[string]string {
	more := map[string]string{}
	x.noteAttributesOfOurs(more)
	x.noteGroupsOfOurs(more)
	x.noteSharedOfOurs(more)
	return more
}

func (x *currentIndex) noteAttributesOfOurs(more map[string]string) {
	for name, role := range x.current.Roles {
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

func (x *currentIndex) noteGroupsOfOurs(more map[string]string) {
	first := map[string]string{}
	for role, rows := range x.current.Members {
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

func (x *currentIndex) noteSharedOfOurs(more map[string]string) {
	isShared := func(id catalog.ObjectID, _ *catalog.Object) bool { return id.Kind.Info().Shared }
	for _, id := range lists.Keys(x.current.Objects, catalog.ObjectID.Compare, isShared) {
		object := x.current.Objects[id]
		note := func(role string) {
			if catalog.IsOwnRole(role) {
				more[role] = cmp.Or(more[role], "something on "+id.String())
			}
		}
		note(object.Owner)
		for _, item := range object.Items() {
			note(item.Grantee)
		}
	}
}
