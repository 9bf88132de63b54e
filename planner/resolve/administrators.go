package resolve

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// mostAdministered is how many privilege roles an administrator role gets. With fewer, changing from one
// administrator to the next takes longer than it saves; with more, each GRANT does: see docs/benchmarks.md.
const mostAdministered = 64

// administrator gives the administrator role that is to create the next privilege role: the first with room, or a new
// one. Empty: the connecting role creates it, because that makes nothing slower.
func (r *resolver) administrator() string {
	if !r.actor.NeedsAdministrators() || !r.actor.MayCreateRoles() {
		return ""
	}
	if r.loads == nil {
		r.loads = r.administrators()
	}
	for _, name := range slices.Sorted(maps.Keys(r.loads)) {
		if r.loads[name] < mostAdministered {
			r.loads[name]++
			return name
		}
		delete(r.loads, name)
	}
	name := r.createAdministrator()
	r.loads[name] = 1
	return name
}

// administrators gives those that there are and that can be trusted, with how many memberships each has.
func (r *resolver) administrators() map[string]int {
	loads := map[string]int{}
	for name, role := range r.current.Roles {
		if r.actor.TrustsAdministrator(name) {
			loads[name] = role.Administers
		}
	}
	return loads
}

// createAdministrator makes one that the connecting role is a member of.
func (r *resolver) createAdministrator() string {
	for {
		name := catalog.AdministratorPrefix + r.means.Names()
		if r.desired.Roles[name] == nil {
			catalog.CreateRole{Name: name, CreateRole: true, Members: []string{r.actor.Name}}.Apply(r.desired)
			return name
		}
	}
}

// administers tells whether this is the membership by which the connecting role acts as an administrator role, which
// is no spec's to decide.
func (r *resolver) administers(role, member string) bool {
	known := r.desired.Roles[role]
	return member == r.actor.Name && known != nil && known.IsAdministrator()
}
