package planner

import (
	"slices"

	"pgsr/planner/catalog"
)

// inheritance counts the roles that others inherit from, in time that does not grow with the square of a chain.
type inheritance struct {
	// above are the roles that a member inherits from directly.
	above map[string][]string
	// bounds are those of upperBound, exceeding those of inheritsTooMany, by role.
	bounds    map[string]int
	exceeding map[string]bool
}

func newInheritance(c *catalog.Catalog) *inheritance {
	in := &inheritance{map[string][]string{}, map[string]int{}, map[string]bool{}}
	for role, members := range c.Members {
		for _, m := range members {
			if m.Inherit {
				in.above[m.Member] = append(in.above[m.Member], role)
			}
		}
	}
	return in
}

// upperBound gives a cheap upper bound of how many roles a role inherits from, directly or not. It counts some twice.
func (in *inheritance) upperBound(role string) int {
	if _, known := in.bounds[role]; !known {
		in.bounds[role] = len(in.above) // if it leads back here
		n := len(in.above[role])
		for _, above := range in.above[role] {
			n += in.upperBound(above)
		}
		in.bounds[role] = n
	}
	return in.bounds[role]
}

// inheritsTooMany tells whether a role inherits from more than manyMemberships roles. Whoever inherits from one that
// does, does so as well, so that most are not counted.
func (in *inheritance) inheritsTooMany(role string) bool {
	if _, known := in.exceeding[role]; !known {
		in.exceeding[role] = in.upperBound(role) > manyMemberships &&
			(slices.ContainsFunc(in.above[role], in.inheritsTooMany) || in.count(role, manyMemberships) > manyMemberships)
	}
	return in.exceeding[role]
}

// count counts the roles that a role inherits from, directly or not; it stops where they are more than most.
func (in *inheritance) count(role string, most int) int {
	seen := map[string]bool{role: true}
	for next := []string{role}; len(next) > 0 && len(seen) <= most+1; next = next[1:] {
		for _, above := range in.above[next[0]] {
			if !seen[above] {
				seen[above] = true
				next = append(next, above)
			}
		}
	}
	return len(seen) - 1
}
