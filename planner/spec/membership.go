package spec

import (
	"slices"
	"strings"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
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
		switch problem := groupProblem(m.Role); {
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
		switch problem := groupProblem(m.Role); {
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
		case declared && !c.saysTheSame(&c.spec.Roles[at], role.Name, m):
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
	groups := make(map[string][]Membership, len(c.spec.Roles))
	for _, role := range c.spec.Roles {
		if len(role.MemberOf) > 0 && groups[role.Name] == nil {
			groups[role.Name] = slices.DeleteFunc(slices.Clone(role.MemberOf), func(m Membership) bool { return m.Until != nil })
		}
	}
	if len(groups) < 2 { // a role in itself is refused for that
		return
	}
	cycle := findCycle(groups, c.spec.Roles)
	if cycle == nil {
		return
	}
	closing := cycle[len(cycle)-1]
	c.role = places[closing.member]
	path := lists.Map(cycle, func(step step) string { return step.member })
	path = append(path, cycle[0].member)
	c.fail(KeyMemberOf, closing.At, "role %q can not be a member of %q, which is a member of it in turn: %s", closing.member, closing.Role, strings.Join(path, " → "))
}

// step is one membership of a cycle.
type step struct {
	member string
	Membership
}

// findCycle follows the memberships of roles, and gives the first cycle that it comes to: each role is a member of the
// next, and the last of the first. One of a role in itself is left out.
func findCycle(groups map[string][]Membership, roles []Role) []step {
	const isDone = -1
	var path []step
	places := map[string]int{} // on the path, from 1
	var follow func(member string) []step
	follow = func(member string) []step {
		switch at := places[member]; {
		case at == isDone:
			return nil
		case at > 0:
			return path[at-1:]
		}
		path = append(path, step{member: member})
		places[member] = len(path)
		for _, m := range groups[member] {
			if m.Role == member {
				continue
			}
			path[len(path)-1].Membership = m
			if cycle := follow(m.Role); cycle != nil {
				return cycle
			}
		}
		path, places[member] = path[:len(path)-1], isDone
		return nil
	}
	for _, role := range roles {
		if cycle := follow(role.Name); cycle != nil {
			return cycle
		}
	}
	return nil
}
