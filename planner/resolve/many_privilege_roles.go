package resolve

import "fmt"

// manyPrivilegeRoles is how many privilege roles the grants of one role may take before that is advised against.
const manyPrivilegeRoles = 100

// mostAdvised is how many of such roles are named each in a warning of its own: a spec may have thousands.
const mostAdvised = 3

// privilegeRoleWarnings names the roles whose grants take very many privilege roles, when they get the first of them.
func (r *resolver) privilegeRoleWarnings() []string {
	counts := make([]int, len(r.spec.Roles))
	for d := range r.eachDeclaration() {
		for _, at := range d.viaRole {
			counts[at]++
		}
	}
	newlyGiven := map[string]bool{}
	for at, count := range counts {
		if count > manyPrivilegeRoles {
			newlyGiven[r.spec.Roles[at].Name] = true
		}
	}
	r.dropMembersOfPrivilegeRoles(newlyGiven)
	var out []string
	for at, count := range counts {
		if role := r.spec.Roles[at]; newlyGiven[role.Name] {
			out = append(out, role.At.Before(fmt.Sprintf(
				"the grants of role %q take %d privilege roles, of each of which it becomes a member: under direct_grants they take none", role.Name, count)))
		}
	}
	if more := len(out) - mostAdvised; more > 1 {
		out = append(out[:mostAdvised], fmt.Sprintf("the grants of %d more roles take more than %d privilege roles each, too", more, manyPrivilegeRoles))
	}
	return out
}

// dropMembersOfPrivilegeRoles takes out of some roles those that are members of a privilege role already. There may be
// a million memberships, so it stops when no role is left.
func (r *resolver) dropMembersOfPrivilegeRoles(roles map[string]bool) {
	for role, members := range r.current.Members {
		if holder := r.current.Roles[role]; holder == nil || holder.Holds == nil {
			continue
		}
		for _, m := range members {
			if len(roles) == 0 {
				return
			}
			delete(roles, m.Member)
		}
	}
}
