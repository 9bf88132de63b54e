package resolve

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// mostAdministered is how many privilege roles an administrator role gets. With fewer, changing from one administrator
// to the next takes longer than it saves; with more, each GRANT does: see docs/benchmarks.md.
const mostAdministered = 64

// administrator gives the administrator role that is to create the next privilege role: the first with room, or a new
// one. Empty: the connecting role creates it, because that makes nothing slower.
func (r *resolver) administrator() string {
	if !r.actor.NeedsAdministrators() || !r.actor.MayCreateRoles() {
		return ""
	}
	if r.administered == nil {
		r.administered = r.trustedAdministrators()
	}
	for _, name := range slices.Sorted(maps.Keys(r.administered)) {
		if r.administered[name] < mostAdministered {
			r.administered[name]++
			return name
		}
		delete(r.administered, name)
	}
	name := r.createAdministrator()
	r.administered[name] = 1
	return name
}

// trustedAdministrators gives the administrator roles that there are and that can be trusted, with how many memberships
// each has.
func (r *resolver) trustedAdministrators() map[string]int {
	administered := map[string]int{}
	for name, role := range r.current.Roles {
		if r.actor.TrustsAdministrator(name) {
			administered[name] = role.Administers
		}
	}
	return administered
}

// createAdministrator makes one that the connecting role is a member of.
func (r *resolver) createAdministrator() string {
	name := r.firstFree(func(n int) string { return catalog.AdministratorName(r.actor.Name, n) })
	catalog.CreateRole{Name: name, CreateRole: true, Members: []string{r.actor.Name}}.Apply(r.desired)
	return name
}

// isAdministration tells whether this is the connecting role's membership in an administrator role. It acts by that
// one, so no spec decides over it.
func (r *resolver) isAdministration(role, member string) bool {
	known := r.desired.Roles[role]
	return member == r.actor.Name && known != nil && known.IsAdministrator()
}

// manyAdministered is a number of administered roles. From 16 on, a connecting role that administers more and is no
// superuser no longer grants these privilege roles. Each GRANT walks all roles that it administers, with all that they
// are members of. To make another privilege role by an administrator role takes less: see docs/benchmarks.md.
const manyAdministered = 1000

// costlyGrant is a privilege role that is costly to grant, with the members that it was meant for. These get another
// privilege role, which holds the same privilege.
type costlyGrant struct {
	role    string
	members []specRoleIndex
}

// isCostlyToGrant tells whether the connecting role would have to grant this privilege role itself while it administers
// many others.
func (r *resolver) isCostlyToGrant(role string) bool {
	actor := r.current.Roles[r.actor.Name]
	if actor == nil || actor.Administers <= manyAdministered || !r.actor.NeedsAdministrators() || !r.actor.MayCreateRoles() {
		return false
	}
	known := r.current.Roles[role]
	return known != nil && known.Holds != nil && r.actor.AdministratorOf(role) == ""
}

// grantCostly makes a second privilege role for each one that is costly to grant, and makes the waiting members its
// members.
func (r *resolver) grantCostly() {
	slices.SortFunc(r.costlyGrants, func(x, y costlyGrant) int { return cmp.Compare(x.role, y.role) })
	for _, costly := range r.costlyGrants {
		held := r.current.Roles[costly.role].Holds
		role := r.createPrivilegeRole(*held)
		r.desired.Members[role] = r.addMembers(r.desired.Members[role], role, costly.members, nil)
	}
}

// firstToGrant gives the privilege role of several that new members get: the first that is not costly to grant.
func (r *resolver) firstToGrant(privilegeRoles []string) string {
	if len(privilegeRoles) > 1 {
		if at := slices.IndexFunc(privilegeRoles, func(role string) bool { return !r.isCostlyToGrant(role) }); at >= 0 {
			return privilegeRoles[at]
		}
	}
	return privilegeRoles[0]
}
