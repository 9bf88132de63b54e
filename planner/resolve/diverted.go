package resolve

import (
	"cmp"
	"slices"
)

// manyAdministered is with how many roles of its own a connecting role that is no superuser no longer grants them,
// from 16 on: each GRANT walks all of them, with all that they are members of, and takes longer than to make another
// privilege role by an administrator role: see docs/benchmarks.md.
const manyAdministered = 1000

// diversion is who was to be granted a privilege role that is dear to grant, and gets another one with the same
// privilege.
type diversion struct {
	from    string
	members []roleAt
}

// divert notes new members of a role who get another one instead.
func (r *resolver) divert(role string, members []roleAt) {
	r.diverted = append(r.diverted, diversion{role, members})
}

// isDear tells whether this is a privilege role that the connecting role would have to grant by itself, with many
// others that it administers.
func (r *resolver) isDear(role string) bool {
	if !r.administersMany() {
		return false
	}
	known := r.current.Roles[role]
	return known != nil && known.Holds != nil && r.actor.AdministratorOf(role) == ""
}

func (r *resolver) administersMany() bool {
	known := r.current.Roles[r.actor.Name]
	return known != nil && known.Administers > manyAdministered && r.actor.NeedsAdministrators() && r.actor.MayCreateRoles()
}

// grantDiverted makes a privilege role for each that is dear to grant, and has those as members who were to get that
// one.
func (r *resolver) grantDiverted() {
	slices.SortFunc(r.diverted, func(x, y diversion) int { return cmp.Compare(x.from, y.from) })
	for _, d := range r.diverted {
		held := r.current.Roles[d.from].Holds
		role := r.createPrivilegeRole(held.Object, held.Privilege)
		r.desired.Members[role] = r.addMembers(r.desired.Members[role], role, d.members, nil)
	}
}

// firstToGrant gives the privilege role of several that new members get: the first that is not dear to grant.
func (r *resolver) firstToGrant(holders []string) string {
	if len(holders) > 1 {
		if at := slices.IndexFunc(holders, func(role string) bool { return !r.isDear(role) }); at >= 0 {
			return holders[at]
		}
	}
	return holders[0]
}
