package planner

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// membershipStatementKey is what memberships need to have in common for one GRANT or REVOKE of all of them.
type membershipStatementKey struct {
	revokes bool
	// lessens tells that a GRANT takes options away. Wave orders the grants: those of wave 0 come first.
	lessens bool
	wave    int
	grantor string
	// explicit tells that a GRANT names its options.
	explicit  bool
	options   catalog.Options
	adminOnly bool
	cascade   bool
	// as is the role to act as, grantedBy tells whether the statement names the grantor.
	as        string
	grantedBy bool
}

// membershipChange is one GRANT or REVOKE of roles.
type membershipChange struct {
	membershipStatementKey
	roles, members []string
}

func (m membershipChange) change() catalog.Change {
	if m.revokes {
		return catalog.RevokeRole{
			Roles: m.roles, Members: m.members, AdminOnly: m.adminOnly, Grantor: m.grantor, GrantedBy: m.grantedBy, Cascade: m.cascade,
		}
	}
	grant := catalog.GrantRole{Roles: m.roles, Members: m.members, Grantor: m.grantor, GrantedBy: m.grantedBy}
	if m.explicit {
		grant.Options = &m.options
	}
	return grant
}

// writeMemberships adds the statements for changes, given by granted role, that the working catalog has already. It
// writes them by member where that makes fewer statements.
//
// From 16 on every GRANT of a role walks all memberships that the current user reaches. So one GRANT for each of many
// members would not finish for a role that administers many: it walks for each role and member. Superusers reach
// everything without a walk.
func (b *builder) writeMemberships(section script.Section, byRole []membershipChange) {
	changes := byRole
	if other := byMember(byRole); len(other) < len(byRole) && (!b.authority.NeedsAdministrators() || walks(other) <= walks(byRole)) {
		changes = other
	}
	for _, change := range changes {
		for _, piece := range b.inPieces(change) {
			b.statements = append(b.statements, script.Statement{
				Change: piece.change(), As: piece.as, Section: section, Reason: b.membershipReason(piece),
			})
		}
	}
}

// walks counts the roles that statements grant or revoke.
func walks(changes []membershipChange) (n int) {
	for _, change := range changes {
		n += len(change.roles)
	}
	return n
}

// byMember turns statements by granted role into statements by member. A REVOKE ... CASCADE stays as it is: it takes
// from others what that one member has granted.
func byMember(byRole []membershipChange) []membershipChange {
	var out []membershipChange
	groups := map[membershipStatementKey]map[string][]string{}
	for _, change := range byRole {
		if change.cascade {
			out = append(out, change)
			continue
		}
		group := groups[change.membershipStatementKey]
		if group == nil {
			group = map[string][]string{}
			groups[change.membershipStatementKey] = group
		}
		for _, member := range change.members {
			group[member] = append(group[member], change.roles...)
		}
	}
	for _, key := range slices.SortedFunc(maps.Keys(groups), membershipStatementKey.compare) {
		for _, member := range slices.Sorted(maps.Keys(groups[key])) {
			out = append(out, membershipChange{key, groups[key][member], []string{member}})
		}
	}
	return out
}

// mostMembers limits the memberships of one statement before 16, where nobody can interrupt the server during it. 1,000
// take some hundredths of a second, and statements of that size take no longer together than one would.
const mostMembers = 1000

// membersAtOnce gives how many of so many memberships a statement may be about.
func (b *builder) membersAtOnce(all int) int {
	if b.server.MembershipsHaveOptions() {
		return all
	}
	return mostMembers
}

// inPieces divides the change of one role, or of one member, into statements that are not too large.
func (b *builder) inPieces(change membershipChange) []membershipChange {
	most := b.membersAtOnce(len(change.roles) * len(change.members))
	var out []membershipChange
	for roles := range slices.Chunk(change.roles, most) {
		for members := range slices.Chunk(change.members, most) {
			out = append(out, membershipChange{change.membershipStatementKey, roles, members})
		}
	}
	return out
}

// mostPrivileges is how many privileges a reason names.
const mostPrivileges = 10

// membershipReason says what privilege roles are for, whose names say little, and why they are granted or revoked.
func (b *builder) membershipReason(m membershipChange) string {
	var named []string
	for _, role := range m.roles {
		if held := heldBy(b.desired, role); held != nil && len(named) < mostPrivileges {
			named = append(named, string(held.Privilege)+" on "+held.Object.String())
		}
	}
	if len(named) == 0 {
		return m.why()
	}
	return lists.First(named, len(named), len(m.roles)) + ": " + m.why()
}

func (m membershipChange) why() string {
	it := "it"
	if len(m.roles) > 1 {
		it = "them"
	}
	switch {
	case m.adminOnly:
		return "the spec gives " + it + " without ADMIN OPTION"
	case m.revokes:
		return "not in the spec"
	case m.lessens:
		return it + " had fewer options before"
	}
	return "the spec lists " + it
}

// memberGroups are the members of one role by what their memberships have in common.
type memberGroups = groups[membershipStatementKey, string]

func (x membershipStatementKey) compare(y membershipStatementKey) int {
	return cmp.Or(
		cmp.Compare(x.wave, y.wave), lists.CompareBools(y.lessens, x.lessens), lists.CompareBools(x.adminOnly, y.adminOnly), cmp.Compare(x.grantor, y.grantor),
		lists.CompareBools(x.explicit, y.explicit), lists.CompareBools(x.options.Admin, y.options.Admin), lists.CompareBools(x.options.Inherit, y.options.Inherit),
		lists.CompareBools(x.options.Set, y.options.Set), cmp.Compare(x.as, y.as),
	)
}
