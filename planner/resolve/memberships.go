package resolve

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
)

// decideMemberships sets who is a member of what, as the spec says.
func (r *resolver) decideMemberships() {
	wanted := r.wantedMembers()
	status := newMemberStatus(len(r.spec.Roles))
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

// memberStatus tells which of the spec's roles are wanted as members of one role, which of these are members, and what
// options all their rows together give them. One set of marks serves all roles. A mark is the number of the turn in
// which it was set; older numbers count as unset, so nothing is cleared.
type memberStatus struct {
	turn                                uint32
	wanted, are, admin, inherit, maySet []uint32
	// asked are the options that the spec names of memberships in the role, by member.
	asked askedOptions
}

func newMemberStatus(roles int) *memberStatus {
	marks := func() []uint32 { return make([]uint32, roles) }
	return &memberStatus{wanted: marks(), are: marks(), admin: marks(), inherit: marks(), maySet: marks()}
}

// next begins with the next role.
func (m *memberStatus) next(wanted []specRoleIndex, asked askedOptions) {
	m.turn++
	m.asked = asked
	for _, at := range wanted {
		m.wanted[at] = m.turn
	}
}

// found notes a row of one who is wanted.
func (m *memberStatus) found(at specRoleIndex, o catalog.Options) {
	m.are[at] = m.turn
	if o.Inherit {
		m.inherit[at] = m.turn
	}
	if o.Set {
		m.maySet[at] = m.turn
	}
}

func (m *memberStatus) isWanted(at specRoleIndex) bool { return m.wanted[at] == m.turn }
func (m *memberStatus) isMember(at specRoleIndex) bool { return m.are[at] == m.turn }
func (m *memberStatus) isAdmin(at specRoleIndex) bool  { return m.admin[at] == m.turn }
func (m *memberStatus) inherits(at specRoleIndex) bool { return m.inherit[at] == m.turn }

// unsatisfied gives those who lack something that they are to have: the membership, or an option that is asked for or,
// of INHERIT, matters.
func (m *memberStatus) unsatisfied(wanted []specRoleIndex, inheriting bool) []specRoleIndex {
	var out []specRoleIndex
	for _, at := range wanted {
		has := catalog.Options{Admin: m.isAdmin(at), Inherit: m.inherits(at), Set: m.maySet[at] == m.turn}
		if !m.isMember(at) || m.asked.of(at).lacks(has) || inheriting && !has.Inherit {
			out = append(out, at)
		}
	}
	return out
}

// decideMembers sets the members of one role: those of the spec's roles that are wanted, and of the others those that
// there are. There may be a million in all, so that nothing is copied until something differs.
func (r *resolver) decideMembers(role string, wanted []specRoleIndex, status *memberStatus) {
	if !r.decidesMembersOf(role) || r.ignored.hasRole(role) {
		return
	}
	status.next(wanted, r.asked[role])
	rows := r.desired.Members[role]
	kept := r.decideOutsiders(role, r.keepMembers(role, rows, status))
	lacking := status.unsatisfied(wanted, r.mustInherit(role))
	if isNew := func(at specRoleIndex) bool { return !status.isMember(at) }; slices.ContainsFunc(lacking, isNew) && r.isCostlyToGrant(role) {
		r.costlyGrants = append(r.costlyGrants, costlyGrant{role, slices.DeleteFunc(slices.Clone(lacking), status.isMember)})
		lacking = slices.DeleteFunc(lacking, isNew)
	}
	if len(lacking) > 0 || !catalog.SameMemberships(kept, rows) {
		r.desired.Members[role] = r.regrantMemberships(r.addMembers(kept, role, lacking, status), role)
	}
}

// mustInherit tells whether a role is one whose members are to inherit from it, whatever their own attribute says: a
// privilege role does nothing else. Before 16 it is the attribute that decides:
// https://www.postgresql.org/docs/16/release-16.html#RELEASE-16-PRIVILEGES
func (r *resolver) mustInherit(role string) bool {
	known := r.desired.Roles[role]
	return known != nil && known.Holds != nil && r.desired.Server.MembershipsHaveOptions()
}

// keepMembers gives the rows that may stay, the same list if all of them may, and marks what they give.
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

// keepMember tells whether a row may stay, and how.
func (r *resolver) keepMember(role string, m catalog.Membership, status *memberStatus) (catalog.Membership, bool) {
	if m.Admin {
		r.noteAdmin(role, m.Member)
	}
	place, in := r.scope[m.Member]
	if !in {
		return m, true
	}
	at := specRoleIndex(place)
	isWanted, isCreators, asked := status.isWanted(at), r.desired.IsCreators(m), status.asked.of(at)
	if isWanted && m.Admin {
		status.admin[at] = status.turn
	}
	keepsAll := !(isWanted && !m.Admin) && (isCreators || r.preservesMembership(role, m.Member) || r.isAdministration(role, m.Member) || holdsUnknown(r.desired.Roles[role]))
	switch {
	case !isWanted && !keepsAll:
		return m, false
	case !keepsAll:
		m.Options = asked.lessened(m.Options)
	}
	if isWanted && (!isCreators || asked.isAdminAlone()) {
		status.found(at, m.Options)
	}
	return m, true
}

// addMembers copies memberships and adds some, or gives one by the same grantor the options that it lacks. Without a
// word in the spec, who is a member already goes on inheriting or not.
func (r *resolver) addMembers(rows []catalog.Membership, role string, members []specRoleIndex, status *memberStatus) []catalog.Membership {
	find := r.desired.FindMember(rows, 2*len(members))
	rows = append(make([]catalog.Membership, 0, len(rows)+len(members)), rows...)
	grantor, mustInherit := r.membershipGrantor(role), r.mustInherit(role)
	for _, at := range members {
		m := catalog.Membership{Member: r.nameAt(at), Grantor: grantor}
		var asked askedFor
		if m.Options = r.desired.DefaultOptions(m.Member); status != nil {
			asked = status.asked.of(at)
			m.Inherit = m.Inherit && !status.isMember(at) || status.inherits(at)
			m.Admin = asked.admin() && !status.isAdmin(at)
		}
		m.Inherit = m.Inherit || mustInherit
		rows = r.addMembership(rows, find, asked.completed(m))
	}
	return rows
}

// addMembership adds a membership, or its options to that by the same grantor. That of a role's creator stays as it is:
// a creator gets another one from itself, as createrole_self_grant does it. Before 16 a member has one row, which a
// GRANT rewrites with its grantor. Find looks among those that there were.
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

// membershipKey tells the memberships in one role apart: before 16 there is one of a member, whoever granted it.
type membershipKey struct{ member, grantor string }

func (r *resolver) keyOf(m catalog.Membership) membershipKey {
	if !r.desired.Server.MembershipsHaveOptions() {
		return membershipKey{member: m.Member}
	}
	return membershipKey{m.Member, m.Grantor}
}

// membershipGrantor gives who will be recorded when the connecting role grants a role. Of a role that the plan creates
// that is the creator itself, unless it is a superuser.
func (r *resolver) membershipGrantor(role string) string {
	if creator, known := r.creators[role]; known {
		return creator
	}
	return cmp.Or(r.actor.Grants(role), r.actor.Name)
}
