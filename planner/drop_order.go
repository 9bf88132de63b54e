package planner

import (
	"maps"
	"slices"

	"pgsr/planner/script"
)

// From 16 on a role cannot be dropped while there is a membership that it has granted. DROP ROLE of the granted role,
// or of the member, drops the membership, too. So grantors are dropped last.
// https://www.postgresql.org/docs/16/sql-grant.html

// grantorsLast orders roles to be dropped so that grantors come after the roles and members of the memberships that
// they have granted. Where two have granted something to each other, [builder.revokeBetweenLeavers] comes first.
func (b *builder) grantorsLast(roles []string) []string {
	first := b.droppedBefore(roles)
	out, placed := make([]string, 0, len(roles)), make(map[string]bool, len(roles))
	var place func(string)
	place = func(role string) {
		if placed[role] {
			return
		}
		placed[role] = true
		for _, other := range first[role] {
			place(other)
		}
		out = append(out, role)
	}
	for _, role := range roles {
		place(role)
	}
	return out
}

// droppedBefore gives, for each of the roles, those that have to be dropped before it, in order.
func (b *builder) droppedBefore(roles []string) map[string][]string {
	first := make(map[string][]string, len(roles))
	for _, role := range roles {
		first[role] = nil
	}
	for _, role := range roles {
		for _, m := range b.working.Members[role] {
			if _, goes := first[m.Grantor]; goes && m.Grantor != role {
				first[m.Grantor] = append(first[m.Grantor], role)
			}
		}
	}
	for _, d := range b.grantedBetweenLeavers() {
		for _, m := range d.extra {
			first[m.row.Grantor] = append(first[m.row.Grantor], m.row.Member)
		}
	}
	return first
}

// grantedBetweenLeavers gives, by role, the memberships in roles that stay which one leaver has granted to another.
func (b *builder) grantedBetweenLeavers() (out []memberDifferences) {
	if len(b.desired.Leavers) < 2 || !b.working.Server.MembershipsHaveOptions() {
		return nil
	}
	goes := func(role string) bool { return b.desired.Roles[role] == nil && b.working.Roles[role] != nil }
	for _, role := range slices.Sorted(maps.Keys(b.working.Members)) {
		d := memberDifferences{role: role}
		for _, m := range b.working.Members[role] {
			if m.Member != m.Grantor && goes(m.Member) && goes(m.Grantor) && !goes(role) {
				d.extra = append(d.extra, memberDifference{row: m})
			}
		}
		if d.extra != nil {
			out = append(out, d)
		}
	}
	return out
}

// revokeBetweenLeavers revokes such memberships where the grantor is dropped before the member for another reason.
func (b *builder) revokeBetweenLeavers() {
	between := b.grantedBetweenLeavers()
	if between == nil {
		return
	}
	place := map[string]int{}
	for at, role := range b.surplusRoles() {
		place[role] = at
	}
	for i := range between {
		d := &between[i]
		d.extra = slices.DeleteFunc(d.extra, func(m memberDifference) bool { return place[m.row.Member] < place[m.row.Grantor] })
	}
	b.revokeMemberships(script.Memberships, between)
}
