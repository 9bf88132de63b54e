package planner

import (
	"slices"
	"strings"
	"sync"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// leaving lists, by role, the memberships that are to go and make other roles members of the connecting role,
// directly or not: it can not join those. From 16 on it is a member of every role that it may grant, so that none is
// in its way.
func leaving(now, want *catalog.Catalog) []memberDifferences {
	user := now.Server.CurrentUser
	if now.Server.MembershipsHaveOptions() || now.IsSuperuser(user) {
		return nil
	}
	var out []memberDifferences
	for role := range catalog.Below([]string{user}, byAny, now) {
		var extra []memberDifference
		find := want.FindMember(want.Members[role], len(now.Members[role]))
		for _, m := range now.Members[role] {
			if find(m) < 0 && want.Roles[role] != nil {
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

// KeepingFromJoining gives the memberships that are to go and keep the connecting role from joining other roles, each
// with what revokes it.
func KeepingFromJoining(now, want *catalog.Catalog) []catalog.Change {
	var out []catalog.Change
	for _, of := range leaving(now, want) {
		for _, d := range of.extra {
			out = append(out, catalog.RevokeRole{Roles: []string{of.role}, Members: []string{d.row.Member}, Grantor: d.row.Grantor})
		}
	}
	return out
}

// byAny has all memberships lead on.
func byAny(catalog.Options) bool { return true }

func leavesAny(now, want *catalog.Catalog) bool { return len(leaving(now, want)) > 0 }

// leaveFirst revokes the memberships that keep the connecting role from joining a role, if that was found to help.
func (b *builder) leaveFirst() {
	if b.leavingFirst {
		b.revokeMemberships(script.Leaving, leaving(b.working, b.desired))
		b.authority = newAuthority(b)
	}
}

// giveBackFirst ends the temporary memberships that would make a cycle with those that are to come or have yet to go:
// the server allows no cycle, not even inside a transaction. It also ends those that only the privileges of another
// role can end, which the connecting role is to lose.
func (a *authority) giveBackFirst() {
	if a.IsSuperuser() {
		return // it joins nothing
	}
	below := catalog.Below([]string{a.Name}, byAny, a.b.working, a.b.desired)
	after := sync.OnceValue(func() *access.Actor { return access.NewActor(a.b.desired) })
	a.isClosed = func(role, grantor string) bool {
		return below[role] || grantor != a.Name && !after().HasPrivilegesOf(a.Name, grantor)
	}
	goes := func(role string) bool { return a.isClosed(role, a.joined[role].row.Grantor) }
	first := slices.DeleteFunc(slices.Clone(a.order), func(role string) bool { return !goes(role) })
	a.order = slices.DeleteFunc(a.order, goes)
	a.giveBackAll(script.GivingBackFirst, first)
	for _, role := range first {
		delete(a.joined, role)
	}
}
