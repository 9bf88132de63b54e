package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// regrantMemberships replaces the grantor of memberships whose grantor is to lose ADMIN OPTION (16 and later). The
// server would else refuse the REVOKE, or CASCADE would take the membership from roles over which the spec does not
// decide. A member that has the same from other grantors gets nothing anew. So nothing is granted twice where the new
// grant comes before the REVOKE.
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

// regrant finds new grantors for the memberships in one role.
type regrant struct {
	*resolver
	role string
	// before and after are the roles that have ADMIN OPTION now, and those that have it when all is as the spec says.
	before, after map[string]bool
	// admins are the rows with ADMIN OPTION that stay, and those that got a new grantor so far.
	admins []catalog.Membership
	// nearest is the role that the server records as grantor when the connecting role grants the role.
	nearest string
}

// keep adds a row to those that the role is to have.
func (g *regrant) keep(rows []catalog.Membership, m catalog.Membership) []catalog.Membership {
	if m.Admin {
		g.admins = append(g.admins, m)
	}
	return append(rows, m)
}

// loses tells whether a role is to lose its ADMIN OPTION.
func (g *regrant) loses(role string) bool {
	return g.isLeaver(role) || g.before[role] && !g.after[role]
}

func (g *regrant) isLost(m catalog.Membership) bool { return g.loses(m.Grantor) }

// grantorOf gives the new grantor of a membership: nearest, if it may grant it. It may not if it loses ADMIN OPTION
// itself, nor if it is to grant ADMIN OPTION to a member by way of which it has its own. Then the grantor is the one
// who gave ADMIN OPTION to the role that loses it: pgsr acts as that one anyway, to revoke it.
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

// nearestGrantor gives the role that the server records as grantor when the connecting role grants the role, or another
// one that the connecting role inherits from if that one loses ADMIN OPTION.
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

// above lists the roles from which a role that loses ADMIN OPTION has it. A grantor that loses its own, too, is
// replaced by those from which it has it. The nearest come first.
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

// mayGiveAdmin tells whether a role has ADMIN OPTION by a chain of grantors without the member. The server lets nobody
// grant ADMIN OPTION to a role from which its own depends.
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

// mergeMemberships merges rows of the same member and grantor into one.
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
