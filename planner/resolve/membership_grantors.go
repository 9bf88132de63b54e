package resolve

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// regrantMemberships lets the connecting role grant what was granted by a member that is to lose ADMIN OPTION (16 and
// later). The server would else refuse the REVOKE, or take the membership from roles that the spec does not decide
// over.
func (r *resolver) regrantMemberships(rows []catalog.Membership, role string) []catalog.Membership {
	if !r.desired.Server.MembershipsHaveOptions() {
		return rows
	}
	before, after := catalog.Admins(r.current.Members[role]), catalog.Admins(rows)
	isLost := func(m catalog.Membership) bool { return before[m.Grantor] && !after[m.Grantor] }
	if !slices.ContainsFunc(rows, isLost) {
		return rows
	}
	grantor, mayGiveAdmin := r.regrantor(role, rows, isLost)
	rows = slices.Clone(rows)
	creators := map[string]bool{}
	for _, m := range rows {
		creators[m.Member] = creators[m.Member] || m.Grantor == grantor && r.desired.IsCreators(m)
	}
	for i, m := range rows {
		switch {
		case !isLost(m):
		case creators[m.Member]: // which leaves the creator's own as it is, ADMIN OPTION and all: see addMembers
			rows[i].Grantor, rows[i].Admin = m.Member, false
		default:
			rows[i].Grantor, rows[i].Admin = grantor, m.Admin && mayGiveAdmin
		}
	}
	return r.mergeMemberships(rows)
}

// regrantor gives who grants anew what loses its grantor, and whether that role may give ADMIN OPTION too. The server
// lets nobody give ADMIN OPTION to those from whom its own depends. Where nobody else may give it, they have it from
// others still.
// https://www.postgresql.org/docs/16/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
func (r *resolver) regrantor(role string, rows []catalog.Membership, isLost func(catalog.Membership) bool) (grantor string, mayGiveAdmin bool) {
	receiving := map[string]bool{}
	for _, m := range rows {
		if m.Admin && isLost(m) {
			receiving[m.Member] = true
		}
	}
	grantor = r.membershipGrantor(role)
	depends := withDependents(r.current.Members[role], receiving)
	if grantor == r.desired.Server.Bootstrap || !depends[grantor] {
		return grantor, true
	}
	has := catalog.Admins(rows)
	for _, other := range r.actor.Inherited(r.actor.Name) {
		if has[other] && !depends[other] {
			return other, true
		}
	}
	return grantor, false
}

// withDependents adds to some roles those that have ADMIN OPTION from nobody but them, directly or not.
func withDependents(rows []catalog.Membership, on map[string]bool) map[string]bool {
	out := maps.Clone(on)
	for before := -1; before < len(out); {
		before = len(out)
		independent := map[string]bool{}
		for _, m := range rows {
			independent[m.Member] = independent[m.Member] || m.Admin && !out[m.Grantor]
		}
		for member := range catalog.Admins(rows) {
			if !independent[member] {
				out[member] = true
			}
		}
	}
	return out
}

// mergeMemberships makes one of rows that have the same member and grantor.
func (r *resolver) mergeMemberships(rows []catalog.Membership) []catalog.Membership {
	index := map[membershipKey]int{}
	out := rows[:0:0]
	for _, m := range rows {
		at, is := index[r.keyOf(m)]
		if is {
			out[at].Options = out[at].With(m.Options)
			continue
		}
		index[r.keyOf(m)] = len(out)
		out = append(out, m)
	}
	return out
}
