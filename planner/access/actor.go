package access

import "pgsr/planner/catalog"

// Actor is the connecting role, with the means it has to act for other roles.
type Actor struct {
	*Reach
	Name string
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

// MayAlter tells whether the actor may ALTER ROLE, COMMENT ON ROLE and DROP ROLE.
// https://www.postgresql.org/docs/current/role-attributes.html
func (a *Actor) MayAlter(role string) bool {
	switch {
	case a.IsSuperuser():
		return true
	case a.catalog.IsSuperuser(role) || !a.MayCreateRoles():
		return false
	}
	return !a.catalog.Server.GrantorsMatter() || a.HasAdmin(a.Name, role)
}

// MayGrant tells whether the actor may GRANT and REVOKE memberships in a role.
func (a *Actor) MayGrant(role string) bool {
	switch {
	case a.IsSuperuser():
		return true
	case a.catalog.IsSuperuser(role):
		return false
	case a.catalog.Server.GrantorsMatter():
		return a.Grantor(a.Name, role) != ""
	}
	return a.MayCreateRoles() || a.HasAdmin(a.Name, role)
}

// MayJoin tells whether the actor may make itself a member of a role: it may grant it, and the role is not a member of it in turn.
func (a *Actor) MayJoin(role string) bool {
	return a.MayGrant(role) && !a.IsMember(role, a.Name)
}

// MayActFor tells whether the actor has a role's privileges, can SET ROLE to it, or may join it for the moment.
func (a *Actor) MayActFor(role string) bool {
	return a.HasPrivilegesOf(a.Name, role) || a.CanSetRole(a.Name, role) || a.MayJoin(role)
}

// MayRevokeAs tells whether the actor can revoke what a grantor granted on an object of an owner by acting as that grantor. It can not where the
// grantor is a superuser, whom the server takes for the owner. https://www.postgresql.org/docs/current/sql-revoke.html
func (a *Actor) MayRevokeAs(grantor, owner string) bool {
	if grantor == owner {
		return a.MayActFor(owner)
	}
	return !a.catalog.IsSuperuser(grantor) && a.MayActFor(grantor)
}
