package spec

import (
	"slices"
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// Membership is that one role is to be a member of another. In [Role.MemberOf] it names the granted role, in
// [Role.Members] the member.
type Membership struct {
	// Role is a name, taken literally.
	Role string
	// Admin is ADMIN OPTION.
	Admin bool
	// Inherit is INHERIT; nil leaves it to the member's attribute for a new membership, and as it is for one that is
	// there. Set is SET; nil is true. Before PostgreSQL 16 memberships have neither.
	// https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
	Inherit, Set *bool
	// IfExists passes over a role that does not exist.
	IfExists bool
	// Until is when the membership ends; nil: never. It is for [Role.MemberOf] alone.
	Until *time.Time
	// At is where that stands; zero if the spec was built in Go.
	At Position
}

// MayBecome tells whether the membership is to allow SET ROLE.
func (m Membership) MayBecome() bool { return m.Set == nil || *m.Set }

// Memberships gives memberships in roles, or of members, without a word on options.
func Memberships(roles ...string) []Membership {
	out := make([]Membership, len(roles))
	for i, role := range roles {
		out[i].Role = role
	}
	return out
}

func (c *checker) checkMemberships(role *Role) {
	seen := make(map[string]bool, len(role.MemberOf))
	for _, m := range role.MemberOf {
		switch problem := GroupProblem(m.Role); {
		case problem != "":
			c.refuse(KeyMemberOf, m.At, problem)
		case m.Role == role.Name:
			c.fail(KeyMemberOf, m.At, "the role %q cannot be a member of itself", role.Name)
		case seen[m.Role]:
			c.fail(KeyMemberOf, m.At, "the membership in %q is listed twice", m.Role)
		}
		seen[m.Role] = true
		if m.Until != nil {
			c.refuse(KeyMemberOf, m.At, momentProblem("the end", *m.Until))
		}
	}
}

// checkMembers checks the members outside the spec. A member that is a role of the spec has to say the same itself.
func (c *checker) checkMembers(role *Role, places map[string]int) {
	seen := make(map[string]bool, len(role.Members))
	for _, m := range role.Members {
		at, declared := places[m.Role]
		switch problem := GroupProblem(m.Role); {
		case catalog.IsOwnRole(m.Role):
			c.fail(KeyMembers, m.At, "names that begin with %s are reserved for privilege roles: %q is a member of nothing", catalog.OwnRolePrefix, Shorten(m.Role))
		case problem != "":
			c.refuse(KeyMembers, m.At, problem)
		case m.Role == role.Name:
			c.fail(KeyMembers, m.At, "the role %q cannot be a member of itself", role.Name)
		case seen[m.Role]:
			c.fail(KeyMembers, m.At, "the member %q is listed twice", m.Role)
		case m.Until != nil:
			c.fail(KeyMembers, m.At, "until is for member_of: a member outside the spec has no end")
		case declared && c.spec.Roles[at].Absent == nil && !c.saysTheSame(&c.spec.Roles[at], role.Name, m):
			c.fail(KeyMembers, m.At, "%q is a role of the spec, which decides itself what it is a member of: list %q under its member_of, with the same options, or leave it out here",
				m.Role, role.Name)
		}
		seen[m.Role] = true
	}
}

func (c *checker) saysTheSame(member *Role, group string, m Membership) bool {
	return slices.ContainsFunc(member.MemberOf, func(own Membership) bool {
		return own.Role == group && own.Until == nil && own.Admin == m.Admin && own.MayBecome() == m.MayBecome() && sameOption(own.Inherit, m.Inherit)
	})
}

func sameOption(a, b *bool) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// checkCycles refuses memberships within the spec by which a role would be a member of itself. Of those with an end it
// is not known here whether that has come.
func (c *checker) checkCycles(places map[string]int) {
	groups := map[string][]string{}
	for i := range c.spec.Roles {
		role := &c.spec.Roles[i]
		for _, m := range role.MemberOf {
			if m.Until == nil && m.Role != role.Name { // a role in itself is refused for that
				groups[role.Name] = append(groups[role.Name], m.Role)
			}
		}
	}
	cycle := catalog.FindCycle(func(member string) []string { return groups[member] }, c.spec.RoleNames())
	if cycle == nil {
		return
	}
	member, group := cycle[len(cycle)-1], cycle[0]
	c.role = places[member]
	memberOf := c.spec.Roles[c.role].MemberOf
	at := memberOf[slices.IndexFunc(memberOf, func(m Membership) bool { return m.Role == group && m.Until == nil })].At
	c.fail(KeyMemberOf, at, "role %q can not be a member of %q, which is a member of it in turn: %s",
		member, group, strings.Join(append(cycle, group), " → "))
}
