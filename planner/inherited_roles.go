package planner

import (
	"slices"

	"pgsr/planner/catalog"
)

// inheritance counts the roles that others inherit from. Its time does not grow with the square of a chain's length.
type inheritance map[string]*inheritor

// inheritor is a role with those that it inherits from directly.
type inheritor struct {
	above []*inheritor
	// bound and isExceeding remember what upperBound and exceeds gave.
	bound                             int
	isBounded, isCounted, isExceeding bool
}

func newInheritance(c *catalog.Catalog) inheritance {
	in := make(inheritance, len(c.Members))
	for role, members := range c.Members {
		above := in.of(role)
		for _, m := range members {
			if m.Inherit {
				below := in.of(m.Member)
				below.above = append(below.above, above)
			}
		}
	}
	return in
}

func (in inheritance) of(role string) *inheritor {
	known := in[role]
	if known == nil {
		known = &inheritor{}
		in[role] = known
	}
	return known
}

// upperBound gives a cheap upper bound for the number of roles that a role inherits from. It counts some roles twice.
func (r *inheritor) upperBound() int {
	if !r.isBounded {
		r.isBounded, r.bound = true, manyMemberships+1 // if it leads back here
		n := len(r.above)
		for _, above := range r.above {
			n += above.upperBound()
		}
		r.bound = n
	}
	return r.bound
}

// exceeds tells whether a role inherits from more than manyMemberships roles. It need not count if the role inherits
// from one that does.
func (r *inheritor) exceeds() bool {
	if !r.isCounted {
		r.isCounted = true
		r.isExceeding = r.upperBound() > manyMemberships &&
			(slices.ContainsFunc(r.above, (*inheritor).exceeds) || r.count(manyMemberships) > manyMemberships)
	}
	return r.isExceeding
}

// count counts the roles that a role inherits from, directly or not; it stops where they are more than most.
func (r *inheritor) count(most int) int {
	seen := map[*inheritor]bool{r: true}
	for next := []*inheritor{r}; len(next) > 0 && len(seen) <= most+1; next = next[1:] {
		for _, above := range next[0].above {
			if !seen[above] {
				seen[above] = true
				next = append(next, above)
			}
		}
	}
	return len(seen) - 1
}
