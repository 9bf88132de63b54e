package resolve

import "fmt"

// idleGrants warns of roles that do not inherit and have grants by way of privilege roles: before 16 these do nothing
// for them but by SET ROLE.
// https://www.postgresql.org/docs/15/role-membership.html
func (r *resolver) idleGrants() []string {
	if r.desired.Server.GrantorsMatter() {
		return nil // privilege roles are granted so that they are inherited from: see mustInherit
	}
	var out []string
	for _, role := range r.spec.Roles {
		if len(role.Grants) == 0 || r.desired.Roles[role.Name].Attributes.Inherit {
			continue
		}
		text := fmt.Sprintf("role %q is NOINHERIT, so that before PostgreSQL 16 it can not use what it has under grants: list that under direct_grants", role.Name)
		if role.At.File != "" {
			text = role.At.String() + ": " + text
		}
		out = append(out, text)
	}
	return out
}
