package planner

import (
	"iter"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// below gives a role, all its members, theirs, and so on, by the memberships of any of some catalogs.
func below(role string, catalogs ...*catalog.Catalog) map[string]bool {
	all := map[string]bool{role: true}
	for next := []string{role}; len(next) > 0; next = next[1:] {
		for _, c := range catalogs {
			for _, m := range c.Members[next[0]] {
				if !all[m.Member] {
					all[m.Member] = true
					next = append(next, m.Member)
				}
			}
		}
	}
	return all
}

// leaving lists, by role, the memberships below the connecting role that are there and are not to be. From 16 on whom
// it may grant it is a member of already, so that none is in its way.
func leaving(now, want *catalog.Catalog) []memberDifferences {
	user := now.Server.CurrentUser
	if now.Server.GrantorsMatter() || now.IsSuperuser(user) {
		return nil
	}
	var out []memberDifferences
	for role := range below(user, now) {
		var extra []memberDifference
		for _, m := range now.Members[role] {
			isSame := func(other catalog.Membership) bool { return other.Member == m.Member }
			if !slices.ContainsFunc(want.Members[role], isSame) && want.Roles[role] != nil {
				extra = append(extra, memberDifference{row: m})
			}
		}
		if len(extra) > 0 {
			out = append(out, memberDifferences{role: role, extra: extra})
		}
	}
	slices.SortFunc(out, func(x, y memberDifferences) int { return strings.Compare(x.role, y.role) })
	return out
}

// hasCycle tells whether one of some roles, or a member of them, directly or not, is a member of itself by the
// memberships of all catalogs together.
func hasCycle(roles []string, catalogs ...*catalog.Catalog) bool {
	return access.HasCycle(roles, func(role string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for _, c := range catalogs {
				for _, m := range c.Members[role] {
					if !yield(m.Member) {
						return
					}
				}
			}
		}
	})
}

func leavesAny(now, want *catalog.Catalog) bool { return len(leaving(now, want)) > 0 }

// leaveFirst revokes the memberships that may keep the connecting role from joining a role, if that was found to help.
func (b *builder) leaveFirst() {
	if b.leavingFirst {
		b.revokeMemberships(script.Leaving, leaving(b.working, b.desired), false)
		b.authority = newAuthority(b)
	}
}

// giveBackFirst gives back those of the temporary memberships that would make a circle with the ones that are to come,
// and those still to go: the server has none, not even for the moment.
func (a *authority) giveBackFirst() {
	if a.IsSuperuser() {
		return // it joins nothing
	}
	a.below = below(a.Name, a.b.working, a.b.desired)
	isBelow := func(role string) bool { return a.below[role] }
	first := slices.DeleteFunc(slices.Clone(a.order), func(role string) bool { return !isBelow(role) })
	a.order = slices.DeleteFunc(a.order, isBelow)
	a.giveBackAll(script.GivingBackFirst, first)
	for _, role := range first {
		delete(a.joined, role)
	}
}
