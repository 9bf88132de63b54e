package resolve

import (
	"iter"
	"maps"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// decideMemberships sets who is a member of what, as the spec says.
func (r *resolver) decideMemberships() {
	wanted := r.wantedMembers()
	marks := newMarks(len(r.spec.Roles))
	for role, members := range wanted {
		r.decideMembers(role, members, marks)
	}
	for role := range r.desired.Members {
		if _, decided := wanted[role]; !decided {
			r.decideMembers(role, nil, marks)
		}
	}
	r.grantDiverted()
	r.refuseCircles()
}

// wantedMembers gives, by granted role, the spec's roles that are to be members of it.
func (r *resolver) wantedMembers() map[string][]roleAt {
	wanted := make(map[string][]roleAt, r.slots.count())
	for i, role := range r.spec.Roles {
		for _, group := range role.MemberOf {
			if r.desired.Roles[group] != nil {
				wanted[group] = append(wanted[group], roleAt(i))
			}
		}
	}
	r.createHolders()
	for s := range r.eachSlot() {
		r.joinPrivilegeRoles(s, wanted)
	}
	return wanted
}

// marks tell which of the spec's roles are wanted as members of one role, which of these are, and what options all
// their rows together give them. They serve for one role after the other without being wiped: a mark counts for the
// turn that it was made in.
type marks struct {
	turn                         uint32
	wanted, are, inherit, maySet []uint32
}

func newMarks(roles int) *marks {
	return &marks{wanted: make([]uint32, roles), are: make([]uint32, roles), inherit: make([]uint32, roles), maySet: make([]uint32, roles)}
}

// next begins with the next role.
func (m *marks) next(wanted []roleAt) {
	m.turn++
	for _, at := range wanted {
		m.wanted[at] = m.turn
	}
}

// found notes a row of one who is wanted.
func (m *marks) found(at roleAt, o catalog.Options) {
	m.are[at] = m.turn
	if o.Inherit {
		m.inherit[at] = m.turn
	}
	if o.Set {
		m.maySet[at] = m.turn
	}
}

func (m *marks) isWanted(at roleAt) bool { return m.wanted[at] == m.turn }
func (m *marks) isMember(at roleAt) bool { return m.are[at] == m.turn }
func (m *marks) inherits(at roleAt) bool { return m.inherit[at] == m.turn }

// unsatisfied gives those who lack something that they are to have: the membership, SET, or, where it matters, INHERIT.
func (m *marks) unsatisfied(wanted []roleAt, inheriting bool) []roleAt {
	var out []roleAt
	for _, at := range wanted {
		if !m.isMember(at) || m.maySet[at] != m.turn || inheriting && !m.inherits(at) {
			out = append(out, at)
		}
	}
	return out
}

// decideMembers sets the members of one role: those of the spec's roles that are wanted, and of the others those
// there are. There may be a million in all, so that nothing is copied until something differs.
func (r *resolver) decideMembers(role string, wanted []roleAt, marks *marks) {
	if r.isForeign(role) {
		return
	}
	marks.next(wanted)
	rows := r.desired.Members[role]
	kept := r.keepMembers(role, rows, marks)
	missing := marks.unsatisfied(wanted, r.mustInherit(role))
	if isNew := func(at roleAt) bool { return !marks.isMember(at) }; slices.ContainsFunc(missing, isNew) && r.isDear(role) {
		r.divert(role, slices.DeleteFunc(slices.Clone(missing), marks.isMember))
		missing = slices.DeleteFunc(missing, isNew)
	}
	if len(missing) == 0 && catalog.SameMemberships(kept, rows) {
		return
	}
	r.desired.Members[role] = r.reanchorMembers(r.addMembers(kept, role, missing, marks), role)
}

// mustInherit tells whether a role is one whose members are to inherit from it, whatever their own attribute says: a
// privilege role does nothing else. Before 16 it is the attribute that decides:
// https://www.postgresql.org/docs/16/release-16.html#RELEASE-16-PRIVILEGES
func (r *resolver) mustInherit(role string) bool {
	known := r.desired.Roles[role]
	return known != nil && known.Holds != nil && r.desired.Server.GrantorsMatter()
}

// keepMembers gives the rows that may stay, the same list if all of them may and otherwise one that is good until the
// next call, and marks what they give.
func (r *resolver) keepMembers(role string, rows []catalog.Membership, marks *marks) []catalog.Membership {
	copied := false
	for i, m := range rows {
		row, keeps := r.keepMember(role, m, marks)
		if !copied && (!keeps || row != m) {
			r.kept, copied = append(r.kept[:0], rows[:i]...), true
		}
		if copied && keeps {
			r.kept = append(r.kept, row)
		}
	}
	if !copied {
		return rows
	}
	return r.kept
}

// keepMember tells whether a row may stay, and how.
func (r *resolver) keepMember(role string, m catalog.Membership, marks *marks) (catalog.Membership, bool) {
	if m.Admin {
		r.noteAdmin(role, m.Member)
	}
	place, in := r.scope[m.Member]
	if !in {
		return m, true
	}
	isWanted := marks.isWanted(roleAt(place))
	keepsAll := !(isWanted && !m.Admin) && (r.desired.IsCreators(m) || r.preservesMembership(role, m.Member) || r.administers(role, m.Member))
	switch {
	case !isWanted && !keepsAll:
		return m, false
	case !keepsAll:
		m.Admin = false
	}
	if isWanted && !r.desired.IsCreators(m) {
		marks.found(roleAt(place), m.Options)
	}
	return m, true
}

// addMembers copies memberships and adds some, or gives one by the same grantor the options that it lacks: without a
// word in the spec, who is a member already goes on inheriting or not. That of a role's creator stays as it is: a
// creator gets its membership from itself, as createrole_self_grant does it.
func (r *resolver) addMembers(rows []catalog.Membership, role string, members []roleAt, marks *marks) []catalog.Membership {
	rows = append(make([]catalog.Membership, 0, len(rows)+len(members)), rows...)
	if len(members) == 0 {
		return rows
	}
	places := newMemberPlaces(rows, len(members))
	grantor, mustInherit := r.membershipGrantor(role), r.mustInherit(role)
	for _, at := range members {
		member := r.nameAt(at)
		m := catalog.Membership{Member: member, Grantor: grantor, Options: r.desired.DefaultOptions(member)}
		if marks != nil && marks.isMember(at) {
			m.Inherit = marks.inherits(at)
		}
		m.Inherit = m.Inherit || mustInherit
		if i := places.of(rows, member, grantor); i >= 0 && r.desired.IsCreators(rows[i]) {
			m.Grantor = member
		}
		if i := places.of(rows, member, m.Grantor); i >= 0 {
			rows[i].Set, rows[i].Inherit = true, rows[i].Inherit || m.Inherit
		} else {
			places.add(m, len(rows))
			rows = append(rows, m)
		}
	}
	return rows
}

// membershipGrantor gives who will be recorded when the connecting role grants a role. Of a role that the plan
// creates that is the creator itself, unless it is a superuser.
func (r *resolver) membershipGrantor(role string) string {
	if creator, known := r.creators[role]; known {
		return creator
	}
	if grantor := r.actor.Grants(role); grantor != "" {
		return grantor
	}
	return r.actor.Name
}

// reanchorMembers lets the connecting role grant what was granted by a member that is to lose ADMIN OPTION (16 and
// later): the server would else refuse the REVOKE or take the membership from roles that the spec does not decide
// over.
func (r *resolver) reanchorMembers(rows []catalog.Membership, role string) []catalog.Membership {
	if !r.desired.Server.GrantorsMatter() {
		return rows
	}
	before, after := admins(r.current.Members[role]), admins(rows)
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
	return mergeMembers(rows)
}

// regrantor gives who grants anew what loses its grantor, and whether that role may give ADMIN OPTION too: the server
// lets nobody give it to those by way of whom it has its own. Where nobody else has it, they have it from others still.
// https://www.postgresql.org/docs/16/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
func (r *resolver) regrantor(role string, rows []catalog.Membership, isLost func(catalog.Membership) bool) (grantor string, mayGiveAdmin bool) {
	receiving := map[string]bool{}
	for _, m := range rows {
		if m.Admin && isLost(m) {
			receiving[m.Member] = true
		}
	}
	grantor = r.membershipGrantor(role)
	depends := dependent(r.current.Members[role], receiving)
	if grantor == r.desired.Server.Bootstrap || !depends[grantor] {
		return grantor, true
	}
	has := admins(rows)
	for _, other := range r.actor.Inherited(r.actor.Name) {
		if has[other] && !depends[other] {
			return other, true
		}
	}
	return grantor, false
}

// dependent adds to some roles those that have ADMIN OPTION from nobody but them, directly or not.
func dependent(rows []catalog.Membership, on map[string]bool) map[string]bool {
	out := maps.Clone(on)
	for before := -1; before < len(out); {
		before = len(out)
		independent := map[string]bool{}
		for _, m := range rows {
			independent[m.Member] = independent[m.Member] || m.Admin && !out[m.Grantor]
		}
		for member := range admins(rows) {
			if !independent[member] {
				out[member] = true
			}
		}
	}
	return out
}

// admins gives the members that have ADMIN OPTION.
func admins(rows []catalog.Membership) map[string]bool {
	out := map[string]bool{}
	for _, m := range rows {
		if m.Admin {
			out[m.Member] = true
		}
	}
	return out
}

// mergeMembers makes one of rows that have the same member and grantor.
func mergeMembers(rows []catalog.Membership) []catalog.Membership {
	places := newMemberPlaces(nil, len(rows))
	out := rows[:0:0]
	for _, m := range rows {
		at := places.of(out, m.Member, m.Grantor)
		if at < 0 {
			places.add(m, len(out))
			out = append(out, m)
			continue
		}
		same := &out[at]
		same.Admin, same.Inherit, same.Set = same.Admin || m.Admin, same.Inherit || m.Inherit, same.Set || m.Set
	}
	return out
}

// refuseCircles refuses memberships that would make a role a member of itself, which the server does not allow.
func (r *resolver) refuseCircles() {
	names := make([]string, len(r.spec.Roles))
	for i, role := range r.spec.Roles {
		names[i] = role.Name
	}
	if !access.HasCycle(names, func(role string) iter.Seq[string] { return slices.Values(r.groupsOf(role)) }) {
		return
	}
	for _, role := range r.spec.Roles {
		for _, group := range role.MemberOf {
			if path := r.pathUp(group, role.Name, map[string]bool{}); path != nil {
				r.fail(role.At, "role %q can not be a member of %q, which is a member of it in turn: %s", role.Name, group, arrows(append([]string{role.Name}, path...)))
				return
			}
		}
	}
}

// pathUp gives the roles on the way from a role up to another by the desired memberships; nil if there is none.
func (r *resolver) pathUp(from, to string, seen map[string]bool) []string {
	if from == to {
		return []string{to}
	}
	seen[from] = true
	for _, group := range r.groupsOf(from) {
		if !seen[group] {
			if rest := r.pathUp(group, to, seen); rest != nil {
				return append([]string{from}, rest...)
			}
		}
	}
	return nil
}

// groupsOf lists the ordinary roles that a role is to be a member of. Privilege roles are members of nothing and left
// out.
func (r *resolver) groupsOf(member string) []string {
	if r.groups == nil {
		r.groups = map[string][]string{}
		for role, rows := range r.desired.Members {
			if known := r.desired.Roles[role]; known != nil && known.Holds != nil {
				continue
			}
			for _, m := range rows {
				r.groups[m.Member] = append(r.groups[m.Member], role)
			}
		}
		for _, groups := range r.groups {
			slices.Sort(groups)
		}
	}
	return r.groups[member]
}

func arrows(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += " → "
		}
		text += name
	}
	return text
}
