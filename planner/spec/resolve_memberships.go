package spec

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// decideMemberships sets who is a member of what, as the spec says.
func (r *resolver) decideMemberships() {
	wanted := r.wantedMembers()
	names := slices.AppendSeq(slices.Collect(maps.Keys(r.desired.Members)), maps.Keys(wanted))
	slices.Sort(names)
	for _, role := range slices.Compact(names) {
		r.decideMembers(role, wanted[role])
	}
	r.refuseCircles()
}

// wantedMembers gives, by granted role, the spec's roles that are to be members of it.
func (r *resolver) wantedMembers() map[string][]string {
	wanted := map[string][]string{}
	for _, role := range r.spec.Roles {
		for _, group := range role.MemberOf {
			if r.desired.Roles[group] != nil {
				wanted[group] = append(wanted[group], role.Name)
			}
		}
	}
	for _, key := range r.sortedSlots() {
		for role, members := range r.privilegeRoles(key, r.slots[key].viaRole) {
			wanted[role] = append(wanted[role], members...)
		}
	}
	return wanted
}

// decideMembers sets the members of one role: those of the spec's roles that are wanted, and of the others those there are.
func (r *resolver) decideMembers(role string, wanted []string) {
	if r.isForeign(role) {
		return
	}
	rows := r.desired.Members[role]
	isWanted := toSet(wanted)
	kept := make([]catalog.Membership, 0, len(rows)+len(wanted))
	for _, m := range rows {
		if !r.inScope(m.Member) || r.desired.IsCreators(m) || r.preservesMembership(role, m.Member) {
			kept = append(kept, m)
		} else if isWanted[m.Member] {
			m.Admin = false
			kept = append(kept, m)
		}
	}
	for _, member := range wanted {
		if !r.isSatisfied(kept, member) {
			kept = r.addMember(kept, role, member)
		}
	}
	kept = r.reanchorMembers(kept, role)
	if !slices.Equal(kept, rows) {
		r.desired.Members[role] = kept
	}
}

// isSatisfied tells whether the member has all that a plain GRANT would give it.
func (r *resolver) isSatisfied(rows []catalog.Membership, member string) bool {
	need := r.desired.DefaultOptions(member)
	return slices.ContainsFunc(rows, func(m catalog.Membership) bool {
		return m.Member == member && m.Set && (m.Inherit || !need.Inherit)
	})
}

// addMember adds a membership, or gives one by the same grantor the options that it lacks. That of a role's creator stays as it is: a creator
// gets its membership from itself, as createrole_self_grant does it.
func (r *resolver) addMember(rows []catalog.Membership, role, member string) []catalog.Membership {
	m := catalog.Membership{Member: member, Grantor: r.membershipGrantor(role), Options: r.desired.DefaultOptions(member)}
	if slices.ContainsFunc(rows, func(row catalog.Membership) bool {
		return row.Member == member && row.Grantor == m.Grantor && r.desired.IsCreators(row)
	}) {
		m.Grantor = member
	}
	for i, row := range rows {
		if row.Member == member && row.Grantor == m.Grantor {
			rows[i].Set, rows[i].Inherit = true, row.Inherit || m.Inherit
			return rows
		}
	}
	return append(rows, m)
}

// membershipGrantor gives who will be recorded when the connecting role grants a role. Of a role that the plan creates that
// is the creator itself, unless it is a superuser.
func (r *resolver) membershipGrantor(role string) string {
	if grantor := r.actor.Grantor(r.actor.Name, role); grantor != "" {
		return grantor
	}
	return r.actor.Name
}

// reanchorMembers lets the connecting role grant what was granted by a member that is to lose ADMIN OPTION (16 and later): the
// server would else refuse the REVOKE or take the membership from roles that the spec does not decide over.
func (r *resolver) reanchorMembers(rows []catalog.Membership, role string) []catalog.Membership {
	if !r.desired.Server.GrantorsMatter() {
		return rows
	}
	before, after := admins(r.current.Members[role]), admins(rows)
	for i, m := range rows {
		if before[m.Grantor] && !after[m.Grantor] {
			rows[i].Grantor = r.membershipGrantor(role)
		}
	}
	return mergeMembers(rows)
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
	type key struct{ member, grantor string }
	place := make(map[key]int, len(rows))
	out := rows[:0:0]
	for _, m := range rows {
		at, known := place[key{m.Member, m.Grantor}]
		if !known {
			place[key{m.Member, m.Grantor}] = len(out)
			out = append(out, m)
			continue
		}
		same := &out[at]
		same.Admin, same.Inherit, same.Set = same.Admin || m.Admin, same.Inherit || m.Inherit, same.Set || m.Set
	}
	return out
}

// preservesMembership tells whether a privilege role is for an object in a schema in which the member's grants are left alone.
func (r *resolver) preservesMembership(role, member string) bool {
	known := r.desired.Roles[role]
	return known != nil && known.Holds != nil && r.preserves(member, known.Holds.Object)
}

// refuseCircles refuses memberships that would make a role a member of itself, which the server does not allow.
func (r *resolver) refuseCircles() {
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

// groupsOf lists the ordinary roles that a role is to be a member of. Privilege roles are members of nothing and left out.
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

func toSet(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// sortedSlots lists the slots in a fixed order.
func (r *resolver) sortedSlots() []slotKey {
	keys := slices.Collect(maps.Keys(r.slots))
	slices.SortFunc(keys, func(a, b slotKey) int {
		return cmp.Or(a.object.Compare(b.object), cmp.Compare(a.privilege, b.privilege))
	})
	return keys
}
