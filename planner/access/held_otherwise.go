package access

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// hasOtherwise tells whether a role still has a privilege that it no longer holds itself: as a superuser, from a role
// whose privileges it has, or from PUBLIC.
func (c *heldComparison) hasOtherwise(role string, at int) bool {
	after, held := &c.heldAfter[at], c.all[at]
	isKnown := role == catalog.Public || c.after.catalog.Roles[role] != nil
	if !isKnown || after.object == nil || isBarred(after.object, held.Privilege) {
		return false
	}
	if c.after.catalog.IsSuperuser(role) {
		return true
	}
	if c.reach == nil {
		c.reach = NewReach(c.after.catalog)
		// Most memberships are those in privilege roles, which are looked up by what these hold.
		maps.DeleteFunc(c.reach.members, func(role string, _ []catalog.Membership) bool { return catalog.IsOwnRole(role) })
	}
	from := append([]string{catalog.Public}, c.reach.Inherited(role)...)
	if isHeldByAny(after, held, from) {
		return true
	}
	if held.Column == "" {
		return false
	}
	held.Column = ""
	onAll := c.after.at(held)
	return isHeldByAny(&onAll, held, from)
}

func isHeldByAny(at *heldAt, held catalog.Held, roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool {
		return at.level(role) == isHeld || isImplied(role, held.Object.Kind, held.Privilege)
	})
}
