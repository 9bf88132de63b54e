package catalog

// IsAdministrator tells whether this is an administrator role: one that creates and grants privilege roles, and has
// no attribute but what that takes.
//
// From 16 on each GRANT of a role walks all roles that the current user administers, directly or not, so that one
// CREATEROLE role that has created all of them needs time that grows with their square. Administrator roles have few
// each.
// https://www.postgresql.org/docs/16/role-attributes.html
func (r *Role) IsAdministrator() bool {
	can := r.Attributes
	can.Inherit = true
	return IsAdministratorName(r.Name) && can == Attributes{Inherit: true, CreateRole: true, ConnectionLimit: -1}
}
