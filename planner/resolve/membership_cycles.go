package resolve

import (
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// refuseCycles refuses memberships that would make a role a member of itself, which the server does not allow.
func (r *resolver) refuseCycles() {
	changes := func(role spec.Role) bool { return len(role.MemberOf) > 0 || len(role.Members) > 0 }
	if !slices.ContainsFunc(r.spec.Roles, changes) {
		return
	}
	groups := r.groupsByMember()
	cycle := catalog.FindCycle(func(member string) []string { return groups[member] }, r.spec.RoleNames())
	for i, name := range cycle {
		next := cycle[(i+1)%len(cycle)]
		if at, is := r.declaredMembership(name, next); is {
			path := slices.Concat(cycle[i:], cycle[:i], []string{name})
			r.fail(at, "role %q can not be a member of %q, which is a member of it in turn: %s", name, next, strings.Join(path, " → "))
			return
		}
	}
}

// declaredMembership gives where the spec makes one role a member of another.
func (r *resolver) declaredMembership(member, group string) (spec.Position, bool) {
	if place, in := r.scope[member]; in {
		role := &r.spec.Roles[place]
		if at := slices.IndexFunc(role.MemberOf, func(m spec.Membership) bool { return m.Role == group }); at >= 0 {
			return placeOf(role, role.MemberOf[at].At), true
		}
	}
	if place, in := r.scope[group]; in {
		role := &r.spec.Roles[place]
		if at := slices.IndexFunc(role.Members, func(m spec.Membership) bool { return m.Role == member }); at >= 0 {
			return placeOf(role, role.Members[at].At), true
		}
	}
	return spec.Position{}, false
}

// groupsByMember lists the ordinary roles that each role is to be a member of, in order. Privilege roles are members of
// nothing and left out.
func (r *resolver) groupsByMember() map[string][]string {
	groups := map[string][]string{}
	for role, rows := range r.desired.Members {
		if known := r.desired.Roles[role]; known != nil && known.Holds != nil {
			continue
		}
		for _, m := range rows {
			groups[m.Member] = append(groups[m.Member], role)
		}
	}
	for _, names := range groups {
		slices.Sort(names)
	}
	return groups
}
