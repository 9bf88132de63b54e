package resolve

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// memberships is what is known of memberships while they are decided.
type memberships struct {
	// asked are the membership options that the spec names, by granted role.
	asked map[string]askedOptions
	// creators gives the administrator role that creates a privilege role, by the privilege role's name.
	creators map[string]string
	// administered counts the memberships of each administrator role that has room; nil: it was not worked out yet.
	administered map[string]int
	costlyGrants []costlyGrant
	// givers are the roles that can grant on what a member has ADMIN OPTION on, by member. GivenAway are the privilege
	// roles that each of them can grant.
	givers, givenAway map[string][]string
}

func newMemberships() memberships {
	return memberships{asked: map[string]askedOptions{}, creators: map[string]string{}, givers: map[string][]string{}, givenAway: map[string][]string{}}
}

// decideMemberships sets who is a member of what, as the spec says.
func (r *resolver) decideMemberships() {
	wanted := r.wantedMembers()
	status := &memberStatus{marks: make([]memberMark, len(r.spec.Roles))}
	for role, members := range wanted {
		r.decideMembers(role, members, status)
	}
	for role := range r.desired.Members {
		if _, decided := wanted[role]; !decided {
			r.decideMembers(role, nil, status)
		}
	}
	r.grantCostly()
}

// wantedMembers gives, by granted role, the spec's roles that are to be members of it.
func (r *resolver) wantedMembers() map[string][]specRoleIndex {
	wanted := make(map[string][]specRoleIndex, len(r.declared))
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		for at := range role.MemberOf {
			m := &role.MemberOf[at]
			if r.desired.Roles[m.Role] != nil && !r.hasEnded(m.Until) {
				r.noteEndOfMembership(role.Name, m)
				wanted[m.Role] = append(wanted[m.Role], specRoleIndex(i))
				r.askOptions(m.Role, specRoleIndex(i), role.Name, m)
			}
		}
		if role.Members != nil && wanted[role.Name] == nil {
			wanted[role.Name] = []specRoleIndex{}
		}
		r.refuseOptionsOfMembers(role)
	}
	r.createMissingPrivilegeRoles()
	for d := range r.eachDeclaration() {
		r.joinPrivilegeRoles(d, wanted)
	}
	return wanted
}

// memberStatus is what is known of the spec's roles as members of one role. The same marks serve one role after the
// other: a mark of an earlier turn counts as empty, so that no list of a million has to be cleared.
type memberStatus struct {
	turn  uint32
	marks []memberMark
	// asked are the options that the spec names of memberships in the role, by member.
	asked askedOptions
}

// memberMark tells whether a role is wanted as a member, whether it is one, and which options its rows give together.
type memberMark struct {
	turn               uint32
	isWanted, isMember bool
	has                catalog.Options
}

// next begins a new turn, for another role.
func (m *memberStatus) next(wanted []specRoleIndex, asked askedOptions) {
	m.turn++
	m.asked = asked
	for _, at := range wanted {
		m.of(at).isWanted = true
	}
}

func (m *memberStatus) of(at specRoleIndex) *memberMark {
	mark := &m.marks[at]
	if mark.turn != m.turn {
		*mark = memberMark{turn: m.turn}
	}
	return mark
}

// unsatisfied gives the wanted members that lack the membership, an option that the spec asks for, or INHERIT where
// members have to inherit.
func (m *memberStatus) unsatisfied(wanted []specRoleIndex, inheriting bool) []specRoleIndex {
	return lists.Filter(wanted, func(at specRoleIndex) bool {
		mark := m.of(at)
		return !mark.isMember || m.asked.of(at).lacks(mark.has) || inheriting && !mark.has.Inherit
	})
}

// decideMembers sets the members of one role. Of the spec's roles these are the wanted ones, and the others stay. There
// may be a million memberships in all, so nothing is copied until something differs.
func (r *resolver) decideMembers(role string, wanted []specRoleIndex, status *memberStatus) {
	if !r.decidesMembersOf(role) || r.ignored.hasRole(role) {
		return
	}
	status.next(wanted, r.asked[role])
	rows := r.desired.Members[role]
	kept := r.decideOutsiders(role, r.keepMembers(role, rows, status))
	lacking := status.unsatisfied(wanted, r.mustInherit(role))
	if isNew := func(at specRoleIndex) bool { return !status.of(at).isMember }; slices.ContainsFunc(lacking, isNew) && r.isCostlyToGrant(role) {
		r.costlyGrants = append(r.costlyGrants, costlyGrant{role, lists.Filter(lacking, isNew)})
		lacking = slices.DeleteFunc(lacking, isNew)
	}
	if len(lacking) > 0 || !catalog.SameMemberships(kept, rows) {
		r.desired.Members[role] = r.regrantMemberships(r.addMembers(kept, role, lacking, status), role)
	}
}

// mustInherit tells whether members have to inherit from a role, whatever their own attribute says: a privilege role
// serves nothing else. Before 16 the member's attribute decides:
// https://www.postgresql.org/docs/16/release-16.html#RELEASE-16-PRIVILEGES
func (r *resolver) mustInherit(role string) bool {
	known := r.desired.Roles[role]
	return known != nil && known.Holds != nil && r.desired.Server.MembershipsHaveOptions()
}

// keepMembers gives the rows that may stay, and marks the options that they give. It gives the same list if all may
// stay.
func (r *resolver) keepMembers(role string, rows []catalog.Membership, status *memberStatus) []catalog.Membership {
	kept, isCopied := rows, false
	for i, m := range rows {
		row, keeps := r.keepMember(role, m, status)
		if !isCopied && (!keeps || row != m) {
			kept, isCopied = slices.Clone(rows[:i]), true
		}
		if isCopied && keeps {
			kept = append(kept, row)
		}
	}
	return kept
}

// keepMember tells whether a row may stay, and gives it with the options that it may keep.
func (r *resolver) keepMember(role string, m catalog.Membership, status *memberStatus) (catalog.Membership, bool) {
	if m.Admin {
		r.noteAdmin(role, m.Member)
	}
	place, in := r.scope[m.Member]
	if !in {
		return m, true
	}
	at := specRoleIndex(place)
	mark, isCreators, asked := status.of(at), r.desired.IsCreators(m), status.asked.of(at)
	mark.has.Admin = mark.has.Admin || mark.isWanted && m.Admin
	keepsAll := !(mark.isWanted && !m.Admin) && (isCreators || r.preservesMembership(role, m.Member) || r.isAdministration(role, m.Member) || holdsUnknown(r.desired.Roles[role]))
	switch {
	case !mark.isWanted && !keepsAll:
		return m, false
	case !keepsAll:
		m.Options = asked.lessened(m.Options)
	}
	if mark.isWanted && (!isCreators || asked.isAdminAlone()) {
		mark.isMember = true
		mark.has.Inherit, mark.has.Set = mark.has.Inherit || m.Inherit, mark.has.Set || m.Set
	}
	return m, true
}

// addMembers adds members to a copy of rows, or adds the lacking options to a member's row by the same grantor. Where
// the spec does not name INHERIT, a role that is a member already keeps the option that it has.
func (r *resolver) addMembers(rows []catalog.Membership, role string, members []specRoleIndex, status *memberStatus) []catalog.Membership {
	find := r.desired.FindMember(rows, 2*len(members))
	rows = append(make([]catalog.Membership, 0, len(rows)+len(members)), rows...)
	grantor, mustInherit := r.membershipGrantor(role), r.mustInherit(role)
	for _, at := range members {
		m := catalog.Membership{Member: r.nameAt(at), Grantor: grantor}
		var asked askedFor
		if m.Options = r.desired.DefaultOptions(m.Member); status != nil {
			mark := status.of(at)
			asked = status.asked.of(at)
			m.Inherit = m.Inherit && !mark.isMember || mark.has.Inherit
			m.Admin = asked.admin() && !mark.has.Admin
		}
		m.Inherit = m.Inherit || mustInherit
		rows = r.addMembership(rows, find, asked.completed(m))
	}
	return rows
}

// addMembership adds a membership, or its options to the row of the same member and grantor, which find looks up. The
// row that a role's creator gets stays as it is: the creator gets another one from itself, as createrole_self_grant
// does it. Before 16 a member has one row, and GRANT replaces its grantor.
func (r *resolver) addMembership(rows []catalog.Membership, find func(catalog.Membership) int, m catalog.Membership) []catalog.Membership {
	i := find(m)
	if i >= 0 && r.desired.IsCreators(rows[i]) {
		m.Grantor = m.Member
		i = find(m)
	}
	if i < 0 {
		return append(rows, m)
	}
	rows[i].Options, rows[i].Grantor = rows[i].With(m.Options), m.Grantor
	return rows
}

// membershipGrantor gives the role that the server records as grantor when the connecting role grants a role. For a
// role that the plan creates, that is the creator itself, unless it is a superuser.
func (r *resolver) membershipGrantor(role string) string {
	if creator, known := r.creators[role]; known {
		return creator
	}
	return cmp.Or(r.actor.Grants(role), r.actor.Name)
}
