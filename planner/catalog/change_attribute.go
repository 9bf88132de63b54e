package catalog

import "slices"

// Attribute is an attribute of a role as ALTER ROLE names it.
type Attribute string

// The attributes that are set by themselves: https://www.postgresql.org/docs/current/sql-alterrole.html
const (
	CreatesRoles Attribute = "CREATEROLE"
	Inherits     Attribute = "INHERIT"
	NoSuperuser  Attribute = "NOSUPERUSER"
)

// SetAttribute is ALTER ROLE name attribute. No plan has it: it is what a superuser can be asked to run.
type SetAttribute struct {
	Role      string
	Attribute Attribute
}

// Apply sets the attribute. Before 16 it is the member's INHERIT by which all its memberships pass privileges on.
func (ch SetAttribute) Apply(c *Catalog) {
	c.editRole(ch.Role, func(r *Role) {
		switch ch.Attribute {
		case CreatesRoles:
			r.Attributes.CreateRole = true
		case Inherits:
			r.Attributes.Inherit = true
		case NoSuperuser:
			r.Attributes.Superuser = false
		}
	})
	if ch.Attribute != Inherits || c.Server.MembershipsHaveOptions() {
		return
	}
	for role, rows := range c.Members {
		at := slices.IndexFunc(rows, func(m Membership) bool { return m.Member == ch.Role })
		if at >= 0 {
			c.Members[role] = slices.Clone(rows)
			c.Members[role][at].Inherit = true
		}
	}
}

// Touches gives the role.
func (ch SetAttribute) Touches(*Catalog) Touched { return Touched{Roles: []string{ch.Role}} }

// Lock locks nothing, as of [AlterRole].
func (ch SetAttribute) Lock(Locks, Server) {}
