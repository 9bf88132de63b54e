package spec

import (
	"fmt"
	"strings"
	"time"
)

// Absence says that there is to be no such role, and what becomes of what it has.
type Absence struct {
	// ReassignTo is who gets what the role owns; empty: whoever gets ownership that is taken away, which is the
	// connecting role unless another one is named for the run.
	ReassignTo string
	// EndSessions ends the role's sessions, once it can not log in any more.
	EndSessions bool
	// At is where absent stands, ReassignToAt where the new owner does; zero if the spec was built in Go.
	At, ReassignToAt Position
}

// IsAbsent tells whether there is to be no such role.
func (r *Role) IsAbsent() bool { return r != nil && r.Absent != nil }

// Absent gives the place in Roles of each role that is to be absent, by name.
func (s *Spec) Absent() map[string]int {
	s = s.orNone()
	out := map[string]int{}
	for i := range s.Roles {
		if s.Roles[i].IsAbsent() {
			out[s.Roles[i].Name] = i
		}
	}
	return out
}

// checkAbsences checks the roles that are to be absent, and that nothing else in the spec counts on one. What ends may
// have ended: [Spec.NamingAbsent] tells.
func (c *checker) checkAbsences(places map[string]int) {
	absent := c.spec.Absent()
	if len(absent) == 0 {
		return
	}
	for i := range c.spec.Roles {
		c.role = i
		if role := &c.spec.Roles[i]; role.IsAbsent() {
			c.checkAbsence(role, absent)
		} else {
			c.refuseAbsentMembers(role, absent, places)
		}
	}
	c.refuseNamingAbsent(absent, func(until *time.Time) bool { return until == nil })
	c.role = -1
	for _, item := range c.spec.Ignore {
		for _, name := range item.Roles {
			if _, is := absent[name]; is {
				c.fail(KeyIgnore, item.At, "%s: take it out here, or do not ignore it", toBeAbsent(name))
			}
		}
	}
}

// NamingAbsent reports which memberships and default privileges count on a role that is to be absent, of those that
// have not ended.
func (s *Spec) NamingAbsent(hasEnded func(until *time.Time) bool, report func(Problem)) {
	c := checker{spec: s, report: report}
	c.refuseNamingAbsent(s.Absent(), func(until *time.Time) bool { return !hasEnded(until) })
}

// toBeAbsent says that a role is.
func toBeAbsent(name string) string { return fmt.Sprintf("role %q is to be absent", Shorten(name)) }

func (c *checker) checkAbsence(role *Role, absent map[string]int) {
	if keys := role.keysBesideAbsent(); len(keys) > 0 {
		c.fail(KeyAbsent, role.Absent.At, "beside absent stand only %s and %s: the role is to be gone, so take out %s",
			KeyReassignTo, KeyEndSessions, strings.Join(keys, ", "))
	}
	to, at := role.Absent.ReassignTo, role.Absent.ReassignToAt
	_, isAbsent := absent[to]
	switch {
	case to == "":
	case to == role.Name:
		c.fail(KeyReassignTo, at, "the role %q is to be gone: name another one who gets what it owns", Shorten(to))
	case isAbsent:
		c.fail(KeyReassignTo, at, "%s, too: name one who stays", toBeAbsent(to))
	default:
		c.refuse(KeyReassignTo, at, ownerProblem(to))
	}
}

// ownerProblem says what is wrong with the name of a role that is to get what another one owns.
func ownerProblem(name string) string {
	if strings.HasPrefix(name, systemPrefix) {
		return fmt.Sprintf("%q is one of PostgreSQL's own roles, which own nothing: name another one", Shorten(name))
	}
	return roleProblem(name)
}

// keysBesideAbsent lists the keys that a role has and that mean nothing for one that is to be absent.
func (r *Role) keysBesideAbsent() []string {
	var keys []string
	for _, key := range []struct {
		name  string
		given bool
	}{
		{KeyComment, r.Comment != nil}, {KeyLogin, r.Login != nil}, {KeyAttributes, r.Attributes != nil}, {KeySettings, r.Settings != nil},
		{KeyMemberOf, r.MemberOf != nil}, {KeyMembers, r.Members != nil}, {KeyGrants, r.Grants != nil}, {KeyDirectGrants, r.DirectGrants != nil},
		{KeyOwns, r.Owns != nil}, {KeyPreserveInSchemas, r.PreserveInSchemas != nil}, {KeyIn, r.In != nil},
	} {
		if key.given {
			keys = append(keys, key.name)
		}
	}
	return keys
}

// refuseAbsentMembers refuses members that are to be absent.
func (c *checker) refuseAbsentMembers(role *Role, absent, places map[string]int) {
	for _, m := range role.Members {
		if _, is := absent[m.Role]; is && places[m.Role] == absent[m.Role] {
			c.fail(KeyMembers, m.At, "%s, so that it can be a member of nothing: take it out", toBeAbsent(m.Role))
		}
	}
}

// refuseNamingAbsent refuses what somebody has by way of a role that is to be absent, as far as it is in force.
func (c *checker) refuseNamingAbsent(absent map[string]int, isInForce func(until *time.Time) bool) {
	if len(absent) == 0 {
		return
	}
	for i := range c.spec.Roles {
		c.role = i
		role := &c.spec.Roles[i]
		for _, m := range role.MemberOf {
			if _, is := absent[m.Role]; is && !role.IsAbsent() && isInForce(m.Until) {
				c.fail(KeyMemberOf, m.At, "%s, so that nobody can be a member of it: take it out", toBeAbsent(m.Role))
			}
		}
		c.refuseAbsentCreators(KeyDirectGrants, role.DirectGrants, absent, isInForce)
	}
	c.role = -1
	for _, grants := range [][]Grant{c.spec.Public.Grants, c.spec.Public.Revokes} {
		c.refuseAbsentCreators(KeyPublic, grants, absent, isInForce)
	}
}

// refuseAbsentCreators refuses default privileges of a role that is to be absent.
func (c *checker) refuseAbsentCreators(key string, grants []Grant, absent map[string]int, isInForce func(until *time.Time) bool) {
	for i := range grants {
		future := grants[i].Target.Future
		if future == nil || !isInForce(grants[i].Until) {
			continue
		}
		for _, creator := range future.Creators {
			if _, is := absent[creator]; is {
				c.fail(key, grants[i].At, "%s, so that it will create nothing: take it out of FOR ROLE", toBeAbsent(creator))
			}
		}
	}
}
