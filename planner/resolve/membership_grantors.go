package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// regrantMemberships lets others grant what was granted by a member that is to lose ADMIN OPTION (16 and later). The
// server would else refuse the REVOKE, or take the membership from roles that the spec does not decide over. Who has
// from others what was granted gets nothing anew: so nothing is granted twice where it is granted before it is lost.
func (r *resolver) regrantMemberships(rows []catalog.Membership, role string) []catalog.Membership {
	if !r.desired.Server.MembershipsHaveOptions() {
		return rows
	}
	g := regrant{resolver: r, role: role, before: catalog.Admins(r.current.Members[role]), after: catalog.Admins(rows)}
	if !slices.ContainsFunc(rows, g.isLost) {
		return rows
	}
	g.nearest = g.nearestGrantor()
	has := catalog.OptionsByMember(rows, g.isLost)
	var out, lost []catalog.Membership
	for _, m := range rows {
		if g.isLost(m) {
			lost = append(lost, m)
		} else {
			out = g.keep(out, m)
		}
	}
	for _, m := range lost {
		already := has[m.Member]
		if has[m.Member] = already.With(m.Options); has[m.Member] != already {
			m.Admin = m.Admin && !already.Admin
			m.Grantor = g.grantorOf(m)
			out = g.keep(out, m)
		}
	}
	return r.mergeMemberships(out)
}

// regrant finds out who grants anew what loses its grantor.
type regrant struct {
	*resolver
	role string
	// before and after have ADMIN OPTION now, and when all is as the spec says.
	before, after map[string]bool
	// admins are the rows with ADMIN OPTION of those that stay, and of those that are granted anew so far.
	admins []catalog.Membership
	// nearest will be recorded when the connecting role grants the role.
	nearest string
}

// keep adds a row that there is to be.
func (g *regrant) keep(rows []catalog.Membership, m catalog.Membership) []catalog.Membership {
	if m.Admin {
		g.admins = append(g.admins, m)
	}
	return append(rows, m)
}

// loses tells whether a role is to have no ADMIN OPTION any more.
func (g *regrant) loses(role string) bool {
	return g.isLeaver(role) || g.before[role] && !g.after[role]
}

func (g *regrant) isLost(m catalog.Membership) bool { return g.loses(m.Grantor) }

// grantorOf gives who grants a membership anew: the connecting role, or by whom it may. Where that keeps no ADMIN
// OPTION, or is to give it and has its own by way of the member, it is who has given it to the one that loses it, as
// whom that is revoked.
func (g *regrant) grantorOf(m catalog.Membership) string {
	grantor := g.nearest
	may := func(role string) bool { return !g.loses(role) && (!m.Admin || g.mayGiveAdmin(role, m.Member)) }
	if !may(grantor) {
		above := g.above(m.Grantor)
		if at := slices.IndexFunc(above, may); at >= 0 {
			grantor = above[at]
		}
	}
	isCreators := func(other catalog.Membership) bool { return other.Member == m.Member && g.desired.IsCreators(other) }
	if grantor == g.desired.Server.Bootstrap && slices.ContainsFunc(g.admins, isCreators) {
		return m.Member // which leaves the creator's own as it is: see addMembership
	}
	return grantor
}

// nearestGrantor gives who will be recorded when the connecting role grants the role, of those who keep ADMIN OPTION.
func (g *regrant) nearestGrantor() string {
	usual := g.membershipGrantor(g.role)
	if !g.loses(usual) {
		return usual
	}
	for _, other := range g.actor.Inherited(g.actor.Name) {
		if g.before[other] && !g.loses(other) {
			return other
		}
	}
	return usual
}

// above lists who has given one that loses ADMIN OPTION its own, the nearest who keep theirs.
func (g *regrant) above(loser string) []string {
	var out []string
	seen, losers := map[string]bool{loser: true}, []string{loser}
	for ; len(losers) > 0; losers = losers[1:] {
		for _, m := range g.current.Members[g.role] {
			if m.Member != losers[0] || !m.Admin || seen[m.Grantor] {
				continue
			}
			seen[m.Grantor] = true
			if g.loses(m.Grantor) {
				losers = append(losers, m.Grantor)
			} else {
				out = append(out, m.Grantor)
			}
		}
	}
	return out
}

// mayGiveAdmin tells whether a role has ADMIN OPTION from others than a member. The server lets nobody give it to those
// from whom its own depends.
// https://www.postgresql.org/docs/16/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
func (g *regrant) mayGiveAdmin(role, member string) bool {
	seen, from := map[string]bool{member: true, role: true}, []string{role}
	for ; len(from) > 0 && role != member; from = from[1:] {
		if !g.before[from[0]] { // the bootstrap superuser, or one of whom it was not read
			return true
		}
		for _, m := range g.admins {
			if m.Member == from[0] && !seen[m.Grantor] {
				seen[m.Grantor] = true
				from = append(from, m.Grantor)
			}
		}
	}
	return false
}

// mergeMemberships makes one of rows that have the same member and grantor.
func (r *resolver) mergeMemberships(rows []catalog.Membership) []catalog.Membership {
	index := map[catalog.MembershipKey]int{}
	out := rows[:0:0]
	for _, m := range rows {
		if at, isNew := lists.Place(index, r.desired.Server.MembershipKey(m)); isNew {
			out = append(out, m)
		} else {
			out[at].Options = out[at].With(m.Options)
		}
	}
	return out
}
