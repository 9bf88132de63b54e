package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// TrustsAdministrator tells whether an administrator role may create privilege roles for the actor. The actor has to be
// able to act as it, nobody else except superusers may be a member of it in any way, and it must have nothing else.
// Anyone with CREATEROLE can make a role of such a name and grant it to the actor. As its administrator he could give
// himself whatever it creates. https://www.postgresql.org/docs/16/role-attributes.html
func (a *Actor) TrustsAdministrator(role string) bool {
	if !a.MayActAsAdministrator(role) || a.administratorsHolding()[role] {
		return false
	}
	for _, m := range a.catalog.Members[role] {
		if m.Member != a.Name && !a.catalog.IsSuperuser(m.Member) {
			return false
		}
	}
	return !slices.ContainsFunc(a.above(role), func(e edge) bool {
		return (e.Inherit || e.Set) && (!catalog.IsOwnRole(e.role) || catalog.IsAdministratorName(e.role))
	})
}

// administratorsHolding gives, worked out once, the administrator roles that own an object or are granted something on
// one.
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

// GivesAway lists who could grant a role further because a member has ADMIN OPTION on it: that member or, if the member
// is an administrator role, those who can act as it. Superusers, the actor and its trusted administrator roles are left
// out. Before 16 everyone with CREATEROLE can, and nobody is listed.
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
