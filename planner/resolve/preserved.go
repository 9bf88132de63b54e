package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// preserves tells whether what a role was granted on an object is to be left alone.
func (r *resolver) preserves(role string, id catalog.ObjectID) bool {
	place, in := r.scope[role]
	return in && id.Schema != "" && slices.Contains(r.spec.Roles[place].PreserveInSchemas, id.Schema)
}

// preservesMembership tells whether a privilege role is for an object in a schema in which the member's grants are
// left alone, or one that has more than a privilege role has, something of it there.
func (r *resolver) preservesMembership(role, member string) bool {
	known := r.desired.Roles[role]
	switch place, in := r.scope[member]; {
	case known == nil || !in || len(r.spec.Roles[place].PreserveInSchemas) == 0:
		return false
	case known.Holds != nil:
		return r.preserves(member, known.Holds.Object)
	case !strings.HasPrefix(role, spec.PrivilegeRolePrefix):
		return false
	}
	there, elsewhere := r.heldThere(role, member)
	if there && elsewhere != "" {
		r.mixed = append(r.mixed, fmt.Sprintf(
			"role %q stays a member of %q, by which it has what preserve_in_schemas leaves alone, and also something on %s", member, role, elsewhere))
	}
	return there
}

// heldThere tells whether a role has something on what lies in the schemas in which a member's grants are left
// alone, and what else it has something on: the first of it, or nothing.
func (r *resolver) heldThere(role, member string) (there bool, elsewhere string) {
	for _, id := range r.heldBy()[role] {
		if r.preserves(member, id) {
			there = true
		} else if elsewhere == "" {
			elsewhere = spec.ObjectPhrase(id)
		}
	}
	return there, elsewhere
}

// heldBy lists, in order, what each role has something on that is named as a privilege role and has more than one of
// these has. It is worked out when first asked for.
func (r *resolver) heldBy() map[string][]catalog.ObjectID {
	if r.held != nil {
		return r.held
	}
	r.held = map[string][]catalog.ObjectID{}
	note := func(id catalog.ObjectID, acl catalog.ACL) {
		for _, item := range acl {
			known := r.current.Roles[item.Grantee]
			if strings.HasPrefix(item.Grantee, spec.PrivilegeRolePrefix) && (known == nil || known.Holds == nil) {
				r.held[item.Grantee] = append(r.held[item.Grantee], id)
			}
		}
	}
	for id, object := range r.current.Objects {
		note(id, object.ACL)
		for _, acl := range object.Columns {
			note(id, acl)
		}
	}
	for _, ids := range r.held {
		slices.SortFunc(ids, catalog.ObjectID.Compare)
	}
	return r.held
}
