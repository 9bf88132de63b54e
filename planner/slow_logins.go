package planner

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// manyMemberships is how many memberships a login may have without a warning. If CONNECT is not granted to PUBLIC, the
// server collects all roles whose privileges the login has whenever it connects. Before 16 that takes time that grows
// with the square of their number: docs/benchmarks.md has figures.
const manyMemberships = 1000

// fewNamed is how many roles or objects a warning names.
const fewNamed = 5

// slowLoginWarnings names, in one line, roles with a login that this plan changes and that then have very many
// memberships: their own, and those of the roles that they are members of.
func (b *builder) slowLoginWarnings() []string {
	if len(b.working.Members) <= manyMemberships {
		return nil // there are not so many roles that have members
	}
	logins := b.changedLogins()
	if len(logins) == 0 {
		return nil
	}
	inherits := newInheritance(b.working)
	slow := slices.DeleteFunc(logins, func(role string) bool { return !inherits.of(role).exceeds() })
	slices.SortStableFunc(slow, func(x, y string) int { return cmp.Compare(inherits.of(y).upperBound(), inherits.of(x).upperBound()) })
	named := someNamed(slow, func(role string) string {
		return fmt.Sprintf("role %q, %d memberships", role, inherits.of(role).count(math.MaxInt32))
	})
	if named == "" {
		return nil
	}
	return []string{fmt.Sprintf("a login with more than %d memberships, its roles' own among them, connects slowly (%s): "+
		"where one role can have direct_grants: and the logins be member_of it, they have one membership each", manyMemberships, named)}
}

// someNamed names the first few of a list, and counts the rest.
func someNamed[T any](all []T, name func(T) string) string {
	return strings.Join(firstNamed(all, fewNamed, name), "; ")
}

func firstNamed[T any](all []T, few int, name func(T) string) []string {
	named := lists.Map(all[:min(len(all), few)], name)
	if more := len(all) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("%d more", more))
	}
	return named
}

// changedLogins lists, by name, the roles with a login that get the login or memberships. Superusers are left out: they
// need no memberships.
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
	return lists.Keys(changed, strings.Compare, func(name string, _ bool) bool {
		role := b.desired.Roles[name]
		return role != nil && role.Attributes.Login && !role.Attributes.Superuser
	})
}
