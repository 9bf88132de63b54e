package planner

import (
	"slices"
	"strings"
	"sync"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// blockingMemberships lists, by role, the memberships to be revoked by which other roles are direct or indirect members
// of the connecting role. It cannot join those roles. From 16 on it is a member of every role that it may grant, so
// nothing blocks it.
func blockingMemberships(now, want *catalog.Catalog) []memberDifferences {
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

// KeepingFromJoining gives the REVOKE of each membership that is to go and keeps the connecting role from joining a
// role.
func KeepingFromJoining(now, want *catalog.Catalog) []catalog.Change {
	var out []catalog.Change
	for _, of := range blockingMemberships(now, want) {
		for _, d := range of.extra {
			out = append(out, catalog.RevokeRole{Roles: []string{of.role}, Members: []string{d.row.Member}, Grantor: d.row.Grantor})
		}
	}
	return out
}

// byAny lets [catalog.Below] follow all memberships, whatever their options.
func byAny(catalog.Options) bool { return true }

// revokeBlocking revokes the memberships that keep the connecting role from joining a role, if that was found to help.
func (b *builder) revokeBlocking() {
	if b.revokesBlockingFirst {
		b.revokeMemberships(script.Leaving, blockingMemberships(b.working, b.desired))
		b.authority = newAuthority(b)
	}
}

// giveBackFirst ends temporary memberships before memberships are changed. Some would make a cycle with memberships of
// this plan, which the server never allows, not even inside a transaction. Others can be ended only with the privileges
// of a role that the connecting role is to lose.
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
