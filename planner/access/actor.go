package access

import "pgsr/planner/catalog"

// Actor is the connecting role, with the means it has to act for other roles.
type Actor struct {
	*Reach
	Name string
	// holding are the administrator roles that own or are granted something; nil: they were not looked for yet.
	holding map[string]bool
}

// NewActor gives the catalog's connecting role.
func NewActor(c *catalog.Catalog) *Actor {
	return &Actor{Reach: NewReach(c), Name: c.Server.CurrentUser}
}

// IsSuperuser tells whether nothing is forbidden to the actor.
func (a *Actor) IsSuperuser() bool { return a.catalog.IsSuperuser(a.Name) }

// MayCreateRoles tells whether the actor has CREATEROLE.
func (a *Actor) MayCreateRoles() bool {
	r := a.catalog.Roles[a.Name]
	return r != nil && (r.Attributes.CreateRole || r.Attributes.Superuser)
}

// MayChange tells whether the actor may run COMMENT ON ROLE and DROP ROLE.
// https://www.postgresql.org/docs/current/role-attributes.html
func (a *Actor) MayChange(role string) bool {
	switch {
	case a.IsSuperuser():
		return true
	case a.catalog.IsSuperuser(role) || !a.MayCreateRoles():
		return false
	}
	return !a.catalog.Server.MembershipsHaveOptions() || a.HasAdmin(a.Name, role)
}

// MayAlter tells whether the actor may ALTER ROLE: what [Actor.MayChange] tells, but for what is reserved
// for superusers.
func (a *Actor) MayAlter(role string) bool {
	return a.MayChange(role) && (a.IsSuperuser() || !a.IsReservedForSuperusers(role))
}

// IsReservedForSuperusers tells whether only superusers may ALTER a role: a superuser, and before 16 a role with
// REPLICATION.
// https://www.postgresql.org/docs/15/sql-alterrole.html
func (a *Actor) IsReservedForSuperusers(role string) bool {
	r := a.catalog.Roles[role]
	return r != nil && (r.Attributes.Superuser || r.Attributes.Replication && !a.catalog.Server.MembershipsHaveOptions())
}

// MayGrant tells whether the actor may GRANT and REVOKE memberships in a role.
func (a *Actor) MayGrant(role string) bool {
	switch {
	case a.IsSuperuser():
		return true
	case a.catalog.IsSuperuser(role), role == catalog.DatabaseOwners:
		return false
	case a.catalog.Server.MembershipsHaveOptions():
		return a.Grants(role) != ""
	}
	return a.MayCreateRoles() || a.HasAdmin(a.Name, role)
}

// Grants gives the role that the server records as grantor when the actor grants a role: an administrator role with
// ADMIN OPTION on it, as which the actor then acts, else that of [Reach.Grantor]. Empty: the actor may not grant it.
func (a *Actor) Grants(role string) string {
	if administrator := a.AdministratorOf(role); administrator != "" {
		return administrator
	}
	return a.Grantor(a.Name, role)
}

// AdministratorOf gives the administrator role, the first by name, that has ADMIN OPTION on a role and as which the
// actor may act; empty: none.
func (a *Actor) AdministratorOf(role string) string {
	if !a.NeedsAdministrators() {
		return ""
	}
	first := ""
	for _, m := range a.catalog.Members[role] {
		if m.Admin && (first == "" || m.Member < first) && a.MayActAsAdministrator(m.Member) {
			first = m.Member
		}
	}
	return first
}

// NeedsAdministrators tells whether a GRANT takes the actor longer the more roles it has created: see
// [catalog.Role.IsAdministrator].
func (a *Actor) NeedsAdministrators() bool {
	return a.catalog.Server.MembershipsHaveOptions() && !a.IsSuperuser()
}

// MayActAsAdministrator tells whether a role is an administrator role that the actor can SET ROLE to, or can join
// temporarily.
func (a *Actor) MayActAsAdministrator(role string) bool {
	known := a.catalog.Roles[role]
	if known == nil || !known.IsAdministrator() {
		return false
	}
	return a.CanSetRole(a.Name, role) || a.Grantor(a.Name, role) != ""
}

// MayJoin tells whether the actor may make itself a member of a role: it may grant the role, and the role is not its
// member. For pg_database_owner it may join the owner of the database.
func (a *Actor) MayJoin(role string) bool {
	role = a.Joined(role)
	return a.MayGrant(role) && !a.IsMember(role, a.Name)
}

// InheritsOnJoining tells whether the actor can inherit from a role that it joins. Before 16 its own attribute decides.
func (a *Actor) InheritsOnJoining() bool {
	return a.catalog.Server.MembershipsHaveOptions() || a.catalog.Roles[a.Name].Attributes.Inherit
}

// Joined gives the role to join for a role's privileges. For pg_database_owner, which cannot be granted, it is the
// database's owner. https://www.postgresql.org/docs/current/predefined-roles.html
func (a *Actor) Joined(role string) string {
	if role == catalog.DatabaseOwners && a.owner != "" {
		return a.owner
	}
	return role
}

// MayActFor tells whether the actor has a role's privileges, can SET ROLE to it, or can join it temporarily.
func (a *Actor) MayActFor(role string) bool {
	return a.HasPrivilegesOf(a.Name, role) || a.CanSetRole(a.Name, role) || a.MayJoin(role)
}

// MayRevokeAs tells whether the actor can act as a grantor to revoke what that one granted. It cannot if the grantor is
// a superuser: the server then takes the owner for the grantor.
// https://www.postgresql.org/docs/current/sql-revoke.html
func (a *Actor) MayRevokeAs(grantor, owner string) bool {
	if grantor == owner {
		return a.MayActFor(owner)
	}
	return !a.catalog.IsSuperuser(grantor) && a.MayActFor(grantor)
}
