package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// manyMemberships is how many a login may have without a warning. When it connects, and its CONNECT is not PUBLIC's,
// the server collects all roles whose privileges it has, before 16 in time that grows with the square of their
// number: docs/benchmarks.md has figures.
const manyMemberships = 1000

// fewNamed is how many roles or objects a warning names.
const fewNamed = 5

// slowLogin is a role that logs in, with the number of roles that it inherits from.
type slowLogin struct {
	role        string
	memberships int
}

// slowLoginWarnings names, in one line, the roles that log in, that this plan changes, and that then have very many
// memberships: their own, and those of the roles that they are members of.
func (b *builder) slowLoginWarnings() []string {
	slow := b.slowLogins()
	if len(slow) == 0 {
		return nil
	}
	var named []string
	for i, login := range slow {
		if i == fewNamed {
			named = append(named, fmt.Sprintf("%d more", len(slow)-i))
			break
		}
		named = append(named, fmt.Sprintf("role %q, %d memberships", login.role, login.memberships))
	}
	return []string{fmt.Sprintf("a login with more than %d memberships, its roles' own among them, connects slowly (%s): "+
		"where one role can have direct_grants: and the logins be member_of it, they have one membership each", manyMemberships, strings.Join(named, "; "))}
}

func (b *builder) slowLogins() []slowLogin {
	if len(b.working.Members) <= manyMemberships {
		return nil // there are not so many roles that have members
	}
	logins := b.changedLogins()
	if len(logins) == 0 {
		return nil
	}
	inherits := newInheritance(b.working)
	var slow []slowLogin
	for _, role := range logins {
		if inherits.atMost(role) <= manyMemberships {
			continue
		}
		if n := inherits.count(role); n > manyMemberships {
			slow = append(slow, slowLogin{role, n})
		}
	}
	slices.SortStableFunc(slow, func(x, y slowLogin) int { return cmp.Compare(y.memberships, x.memberships) })
	return slow
}

// changedLogins lists, by name, the roles that log in and get memberships, or get the login. Superusers need no
// memberships.
func (b *builder) changedLogins() []string {
	changed := map[string]bool{}
	note := func(members []string) {
		for _, member := range members {
			changed[member] = true
		}
	}
	for _, s := range b.statements {
		switch ch := s.Change.(type) {
		case catalog.GrantRole:
			note(ch.Members)
		case catalog.CreateRole: // most privilege roles are created with their members
			note(ch.Members)
		case catalog.AlterRole:
			changed[ch.Name] = true
		}
	}
	var logins []string
	for name := range changed {
		if role := b.desired.Roles[name]; role != nil && role.Attributes.Login && !role.Attributes.Superuser {
			logins = append(logins, name)
		}
	}
	slices.Sort(logins)
	return logins
}
