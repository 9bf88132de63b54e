package planner

import (
	"slices"

	"pgsr/planner/catalog"
)

// inheritance counts the roles that others inherit from. Most of a million memberships are in roles that are members
// of nothing, as privilege roles are: of these it only counts how many each member has, until someone has so many
// that the same ones must not be counted twice.
type inheritance struct {
	catalog *catalog.Catalog
	// direct counts, by member, the roles that it is a member of. Groups are those of them that are members of others
	// in turn.
	direct map[string]int
	groups map[string][]string
	// bounds are those of atMost, exceeding those of exceeds, by role.
	bounds    map[string]int
	exceeding map[string]bool
	// above are all roles that a member is a member of; nil until they are asked for. Visited holds for each role the
	// last walk that met it.
	above   map[string][]string
	visited map[string]int
	walks   int
}

func newInheritance(c *catalog.Catalog) *inheritance {
	in := &inheritance{
		catalog: c, direct: make(map[string]int, len(c.Roles)), groups: map[string][]string{}, bounds: map[string]int{}, exceeding: map[string]bool{},
	}
	in.eachMembership(func(_, member string) { in.direct[member]++ })
	for role := range c.Members {
		if in.direct[role] > 0 {
			in.eachMember(role, func(member string) { in.groups[member] = append(in.groups[member], role) })
		}
	}
	return in
}

func (in *inheritance) eachMembership(do func(role, member string)) {
	for role := range in.catalog.Members {
		in.eachMember(role, func(member string) { do(role, member) })
	}
}

// eachMember goes through the members that inherit from a role, once for each who has granted it.
func (in *inheritance) eachMember(role string, do func(member string)) {
	for _, m := range in.catalog.Members[role] {
		if m.Inherit {
			do(m.Member)
		}
	}
}

// atMost gives a number that the roles that a role inherits from, directly or not, do not exceed: some are counted
// more than once.
func (in *inheritance) atMost(role string) int {
	if n, known := in.bounds[role]; known {
		return n
	}
	in.bounds[role] = len(in.catalog.Members) // if it leads back here
	n := in.direct[role]
	for _, group := range in.groups[role] {
		n += in.atMost(group)
	}
	in.bounds[role] = n
	return n
}

// exceeds tells whether a role inherits from more than manyMemberships roles. Whoever inherits from one that does, does
// so as well, so that most are not counted.
func (in *inheritance) exceeds(role string) bool {
	exceeds, known := in.exceeding[role]
	if !known {
		exceeds = in.atMost(role) > manyMemberships && (slices.ContainsFunc(in.groups[role], in.exceeds) || in.count(role, manyMemberships) > manyMemberships)
		in.exceeding[role] = exceeds
	}
	return exceeds
}

// count counts the roles that a role inherits from, directly or not; it stops where they are more than most.
func (in *inheritance) count(role string, most int) int {
	if in.above == nil {
		in.above, in.visited = map[string][]string{}, map[string]int{}
		in.eachMembership(func(role, member string) { in.above[member] = append(in.above[member], role) })
	}
	in.walks++
	in.visited[role] = in.walks
	n, next := 0, []string{role}
	for ; len(next) > 0 && n <= most; next = next[1:] {
		for _, above := range in.above[next[0]] {
			if in.visited[above] != in.walks {
				in.visited[above] = in.walks
				next = append(next, above)
				n++
			}
		}
	}
	return n
}
