package access

import (
	"pgsr/planner/catalog"
)

// TrustsAdministrator tells whether the actor may leave new privilege roles to an administrator role: it can act as
// it, no one but superusers and the actor is a member of it, in whatever way, and it is what it is for. Whoever has
// CREATEROLE can make a role of such a name, grant it to the actor, and give himself, as its administrator, whatever
// that creates. https://www.postgresql.org/docs/16/role-attributes.html
func (a *Actor) TrustsAdministrator(role string) bool {
	if !a.MayActAsAdministrator(role) || a.administratorsHolding()[role] {
		return false
	}
	for _, m := range a.catalog.Members[role] {
		if m.Member != a.Name && !a.catalog.IsSuperuser(m.Member) {
			return false
		}
	}
	for _, e := range a.above(role) {
		if (e.Inherit || e.Set) && (!catalog.IsOwnRole(e.role) || catalog.IsAdministratorName(e.role)) {
			return false
		}
	}
	return true
}

// administratorsHolding gives the administrator roles that own something or are granted something on an object, worked
// out once.
func (a *Actor) administratorsHolding() map[string]bool {
	if a.holding != nil {
		return a.holding
	}
	a.holding = map[string]bool{}
	note := func(role string) {
		if catalog.IsAdministratorName(role) {
			a.holding[role] = true
		}
	}
	for _, object := range a.catalog.Objects {
		note(object.Owner)
		eachHolding(object, func(grantee, _ string, _ catalog.Privilege) { note(grantee) })
	}
	return a.holding
}

// GivesAway lists who else than superusers, the actor and the administrator roles that it trusts could give away a
// role by an ADMIN OPTION that a member has: that member, or who can act as it where it is an administrator role.
// Before 16 everyone with CREATEROLE can, and no one is listed.
func (a *Actor) GivesAway(member string) []string {
	switch {
	case !a.catalog.Server.MembershipsHaveOptions(), member == a.Name, a.catalog.IsSuperuser(member):
		return nil
	case !catalog.IsAdministratorName(member):
		return []string{member}
	}
	var who []string
	for _, m := range a.catalog.Members[member] {
		if m.Member != a.Name && !a.catalog.IsSuperuser(m.Member) {
			who = append(who, m.Member)
		}
	}
	return who
}
