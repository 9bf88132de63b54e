package planner

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// changeMemberships grants what is missing, then revokes what is too much. It revokes first if a cycle would come of
// that. What the connecting role itself loses comes last, since it may act for a grantor by that alone.
func (b *builder) changeMemberships() {
	changed := b.changedMemberships()
	others, ownLosses := b.differencesOf(changed...)
	if b.wouldCycle(changed) {
		b.revokeMemberships(script.Memberships, others)
		b.revokeMemberships(script.Memberships, ownLosses)
		others, ownLosses = b.differencesOf(changed...) // some may have gone in cascade
		b.grantMemberships(others)
		b.grantMemberships(ownLosses)
		return
	}
	for _, differences := range [][]memberDifferences{others, ownLosses} {
		b.grantMemberships(differences)
		b.revokeMemberships(script.Memberships, differences)
	}
}

// changedMemberships lists, in order, the roles whose members are to be others than now.
func (b *builder) changedMemberships() []string {
	var out []string
	lists.Both(b.working.Members, b.desired.Members, func(role string, now, want []catalog.Membership) {
		_, kept := b.desired.Members[role]
		if !catalog.SameMemberships(now, want) && (kept || b.desired.Roles[role] != nil) {
			out = append(out, role)
		}
	})
	b.sortByAdministrator(out)
	return out
}

// sortByAdministrator sorts roles by their administrator roles, since each SET ROLE takes time.
func (b *builder) sortByAdministrator(roles []string) {
	sortByWhatTheyHold(b.desired, roles)
	if !b.authority.NeedsAdministrators() {
		return // there are none
	}
	administrators := b.administratorsOf(roles)
	slices.SortStableFunc(roles, func(x, y string) int { return cmp.Compare(administrators[x], administrators[y]) })
}

// wouldCycle tells whether old and new memberships together would make a role a member of itself, so that some have to
// be revoked first. Privilege roles are members of nothing and are not looked at.
func (b *builder) wouldCycle(changed []string) bool {
	ordinary := slices.DeleteFunc(slices.Clone(changed), func(role string) bool { return heldBy(b.desired, role) != nil })
	members := func(role string) []string {
		return lists.Map(slices.Concat(b.working.Members[role], b.desired.Members[role]), func(m catalog.Membership) string { return m.Member })
	}
	return catalog.FindCycle(members, ordinary) != nil
}

// memberDifferences are the differences in the members of a role: rows that are missing, or lack options, and rows that
// are too much, or have options that are too much.
type memberDifferences struct {
	role string
	// ownLosses tells that these are the differences by which the connecting role loses something, else all others.
	ownLosses      bool
	missing, extra []memberDifference
}

// memberDifference is a membership that the other side (desired or working catalog) lacks, or has with other options.
type memberDifference struct {
	row catalog.Membership
	// other is the row of the other side; nil if it has none.
	other *catalog.Membership
}

// differencesOf gives, by role, the differences by which the connecting role loses something, and all others. What a
// grantor gave it that loses ADMIN OPTION as well is among the others: it goes before that ADMIN OPTION.
func (b *builder) differencesOf(roles ...string) (others, ownLosses []memberDifferences) {
	others = make([]memberDifferences, 0, len(roles))
	for _, role := range roles {
		missing, extra := catalog.DifferentMemberships(b.desired.Members[role], b.working.Members[role])
		own, other := memberDifferences{role: role, ownLosses: true}, memberDifferences{role: role}
		tooMuch := b.withOther(b.withoutLeavers(extra), missing)
		isOwn := func(m memberDifference) bool {
			return m.row.Member == b.authority.Name && !slices.ContainsFunc(tooMuch, m.isByLoserOf)
		}
		own.missing, other.missing = split(b.withOther(missing, extra), func(m memberDifference) bool { return isOwn(m) && mayLessen(m.row.Options) })
		own.extra, other.extra = split(tooMuch, isOwn)
		others = append(others, other)
		if len(own.missing)+len(own.extra) > 0 {
			ownLosses = append(ownLosses, own)
		}
	}
	return others, ownLosses
}

// isByLoserOf tells whether the grantor of a membership is the member of another one that loses ADMIN OPTION.
func (d memberDifference) isByLoserOf(lost memberDifference) bool {
	return lost.row.Member == d.row.Grantor && lost.row.Admin && (lost.other == nil || !lost.other.Admin)
}

// split gives the differences that are meant, and the rest.
func split(all []memberDifference, isMeant func(memberDifference) bool) (meant, rest []memberDifference) {
	if meant = lists.Filter(all, isMeant); meant == nil {
		return nil, all
	}
	return meant, lists.Filter(all, func(m memberDifference) bool { return !isMeant(m) })
}

// again gives the same differences after a change.
func (b *builder) again(d memberDifferences) memberDifferences {
	others, ownLosses := b.differencesOf(d.role)
	if !d.ownLosses {
		return others[0]
	}
	return append(ownLosses, memberDifferences{role: d.role, ownLosses: true})[0]
}

// mayLessen tells whether a GRANT with these options may take away by what the connecting role acts for another one: a
// membership that it has, perhaps only for the moment.
func mayLessen(o catalog.Options) bool { return !o.Admin && !(o.Inherit && o.Set) }

// withOther pairs each row with the other side's: of the same member and, from 16 on, of the same grantor.
func (b *builder) withOther(rows, others []catalog.Membership) []memberDifference {
	out := make([]memberDifference, 0, len(rows))
	find := b.working.FindMember(others, len(rows))
	for _, m := range rows {
		switch at := find(m); {
		case at < 0:
			out = append(out, memberDifference{row: m})
		case others[at].Options != m.Options:
			out = append(out, memberDifference{row: m, other: &others[at]})
		}
	}
	slices.SortFunc(out, func(x, y memberDifference) int {
		return cmp.Or(cmp.Compare(x.row.Member, y.row.Member), cmp.Compare(x.row.Grantor, y.row.Grantor))
	})
	return out
}

// leftOver gives the rows that are too much after the missing ones were granted. A GRANT may have changed their
// options.
func (b *builder) leftOver(d memberDifferences) []memberDifference {
	if slices.ContainsFunc(d.missing, func(m memberDifference) bool { return m.other != nil }) {
		return b.again(d).extra
	}
	return d.extra
}

func (b *builder) grantMemberships(changed []memberDifferences) {
	var grants []membershipChange
	for _, differences := range changed {
		role := differences.role
		var groups memberGroups
		for _, d := range differences.missing {
			if d.other != nil && !gains(d.row.Options, d.other.Options) {
				continue
			}
			key := membershipStatementKey{grantor: d.row.Grantor}
			if b.needsOptions(d) {
				key.explicit, key.options = true, d.row.Options
				key.options.Admin = key.options.Admin || d.other != nil && d.other.Admin // which a REVOKE takes away, with what depends on it
			}
			groups.add(key, d.row.Member)
		}
		for _, group := range b.asGrantable(role, groups) {
			if grant, may := b.grantRole(role, group.key, group.of); may {
				grants = append(grants, grant)
			}
		}
	}
	b.writeMemberships(script.Memberships, grants)
}

// asGrantable orders the grants of a role. A grantor that gets ADMIN OPTION only in this plan grants in a later wave
// than the one that gets it. Existing ADMIN OPTIONs are not looked into, since not all grantors' rows are read.
func (b *builder) asGrantable(role string, groups memberGroups) memberGroups {
	if !b.server.MembershipsHaveOptions() || len(groups) < 2 {
		return groups
	}
	may := catalog.Admins(b.working.Members[role])
	var out memberGroups
	for wave := 0; len(groups) > 0; wave++ {
		gaining := map[string]bool{}
		for _, g := range groups {
			for _, member := range g.of {
				gaining[member] = gaining[member] || g.key.options.Admin && !may[member]
			}
		}
		var later memberGroups
		for _, g := range groups {
			if gaining[g.key.grantor] {
				later = append(later, g)
				continue
			}
			g.key.wave = wave
			out = append(out, g)
		}
		if len(later) == len(groups) { // a cycle, which the server refuses with a reason
			return append(out, later...)
		}
		for _, g := range out {
			for _, member := range g.of {
				may[member] = may[member] || g.key.options.Admin
			}
		}
		groups = later
	}
	return out
}

// gains tells whether there is an option in a that b lacks.
func gains(a, b catalog.Options) bool {
	return a.Admin && !b.Admin || a.Inherit && !b.Inherit || a.Set && !b.Set
}

// needsOptions tells whether a GRANT has to name its options to give the membership that is wanted.
func (b *builder) needsOptions(d memberDifference) bool {
	return d.other != nil || b.working.Roles[d.row.Member] == nil || d.row.Options != b.working.DefaultOptions(d.row.Member)
}

// grantRole gives the GRANT of a role to some members, unless the connecting role may not make it.
func (b *builder) grantRole(role string, key membershipStatementKey, members []string) (membershipChange, bool) {
	act := func() intent {
		grant := catalog.GrantRole{Roles: []string{role}, Members: members}
		return intent{fmt.Sprintf("grant role %q to %s", role, nameGrantees(members)), grant}
	}
	if !b.authority.requireMayGrant(role, act, nil) {
		return membershipChange{}, false
	}
	key.as = b.authority.actAsAdministrator(key.grantor)
	key.grantedBy = key.as == "" && b.authority.mustName(key.grantor)
	if !b.server.MembershipsHaveOptions() && !key.grantedBy {
		key.grantor = b.authority.Name
	}
	grant := membershipChange{membershipStatementKey: key, roles: []string{role}, members: members}
	if key.grantedBy && b.server.MembershipsHaveOptions() && !b.requireMayActAs(grant, act) {
		return membershipChange{}, false
	}
	grant.change().Apply(b.working)
	return grant, true
}

// revokeMemberships revokes what is too much.
func (b *builder) revokeMemberships(section script.Section, changed []memberDifferences) {
	var revokes []membershipChange
	for _, d := range changed {
		left := b.leftOver(d)
		for _, group := range groupsToLessen(left) {
			if grant, may := b.grantRole(d.role, group.key, group.of); may {
				revokes = append(revokes, grant)
			}
		}
		revokes = append(revokes, b.revokeMembers(d, left)...)
	}
	b.writeMemberships(section, revokes)
}

// revokeMembers revokes memberships that are too much. After a CASCADE it works out anew what is left to revoke.
func (b *builder) revokeMembers(of memberDifferences, extra []memberDifference) (revokes []membershipChange) {
	for _, group := range groupsToRevoke(extra) {
		revoke, may := b.revokeRole(of.role, group.key, group.of)
		if !may {
			return revokes
		}
		revokes = append(revokes, revoke)
		revoke.change().Apply(b.working)
		if revoke.cascade {
			return append(revokes, b.revokeMembers(of, b.again(of).extra)...)
		}
	}
	return revokes
}

// groupsToLessen groups the members that are to lose INHERIT or SET. That takes a GRANT ... WITH INHERIT FALSE, say. It
// keeps ADMIN OPTION, which only REVOKE takes.
// https://www.postgresql.org/docs/16/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
func groupsToLessen(extra []memberDifference) memberGroups {
	var groups memberGroups
	for _, d := range extra {
		if d.other != nil && (d.row.Inherit && !d.other.Inherit || d.row.Set && !d.other.Set) {
			options := catalog.Options{Admin: d.row.Admin, Inherit: d.other.Inherit, Set: d.other.Set}
			groups.add(membershipStatementKey{lessens: true, grantor: d.row.Grantor, explicit: true, options: options}, d.row.Member)
		}
	}
	return groups
}

// groupsToRevoke groups the members that are to lose a membership, or ADMIN OPTION.
func groupsToRevoke(extra []memberDifference) memberGroups {
	var groups memberGroups
	for _, d := range extra {
		if d.other == nil || d.row.Admin && !d.other.Admin {
			groups.add(membershipStatementKey{revokes: true, grantor: d.row.Grantor, adminOnly: d.other != nil}, d.row.Member)
		}
	}
	return groups
}

// revokeRole gives one REVOKE, with CASCADE if the members have granted the role to others. Those who are to keep it
// have it from another grantor by now.
func (b *builder) revokeRole(role string, key membershipStatementKey, members []string) (membershipChange, bool) {
	key.as = b.authority.actAsAdministrator(key.grantor)
	revoke := membershipChange{membershipStatementKey: key, roles: []string{role}, members: members}
	act := func() intent {
		return intent{fmt.Sprintf("revoke role %q from %s", role, nameGrantees(members)), revoke.change()}
	}
	if b.server.MembershipsHaveOptions() {
		revoke.grantedBy = key.as == "" && b.authority.mustName(key.grantor)
		if key.as == "" && !b.requireMayActAs(revoke, act) {
			return membershipChange{}, false
		}
		revoke.cascade = b.haveGrantedOn(role, key.grantor, members)
	} else if !b.authority.requireMayGrant(role, act, revoke.change()) {
		return membershipChange{}, false
	}
	return revoke, true
}

// haveGrantedOn tells whether members have granted the role by an ADMIN OPTION that they lose and have from no other
// grantor. The server would refuse such a REVOKE without CASCADE.
// https://www.postgresql.org/docs/current/sql-revoke.html
func (b *builder) haveGrantedOn(role, grantor string, members []string) bool {
	losing, keeping := map[string]bool{}, map[string]bool{}
	for _, m := range b.working.Members[role] {
		switch {
		case !m.Admin:
		case m.Grantor == grantor && slices.Contains(members, m.Member):
			losing[m.Member] = true
		default:
			keeping[m.Member] = true
		}
	}
	return len(losing) > 0 && slices.ContainsFunc(b.working.Members[role], func(m catalog.Membership) bool {
		return losing[m.Grantor] && !keeping[m.Grantor]
	})
}

// requireMayActAs refuses a GRANT, or a REVOKE of a grant, by a role for which the connecting role may not act (16 and
// later).
// https://www.postgresql.org/docs/16/sql-revoke.html
func (b *builder) requireMayActAs(change membershipChange, act func() intent) bool {
	grantor := change.grantor
	if b.authority.ensurePrivilegesOf(grantor) {
		return true
	}
	why := fmt.Sprintf("role %q granted it, and role %q may not act for it", grantor, b.authority.Name)
	if !change.revokes {
		why = fmt.Sprintf("role %q is to have granted it, and role %q may not act for it", grantor, b.authority.Name)
	}
	b.refuse(act(), why, denial{
		rights: inheriting(grantor), change: change.change(), subject: subject{members: change.roles[0]},
	})
	return false
}
