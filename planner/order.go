package planner

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// roleNames lists the roles of a catalog in the order of a plan: ordinary roles by name, then privilege roles by what they hold. Their names are
// random, and a script that went by those would look different each time.
func roleNames(c *catalog.Catalog) []string {
	return slices.SortedFunc(maps.Keys(c.Roles), byWhatTheyHold(c))
}

// roleNames lists those of the desired catalog, sorted once.
func (b *builder) roleNames() []string {
	if b.names == nil {
		b.names = roleNames(b.desired)
	}
	return b.names
}

// byWhatTheyHold compares roles by name.
func byWhatTheyHold(c *catalog.Catalog) func(a, b string) int {
	return func(a, b string) int {
		x, y := held(c, a), held(c, b)
		switch {
		case x == nil || y == nil:
			return cmp.Or(cmp.Compare(b2i(x != nil), b2i(y != nil)), cmp.Compare(a, b))
		default:
			return cmp.Or(x.Object.Compare(y.Object), cmp.Compare(x.Privilege, y.Privilege), cmp.Compare(a, b))
		}
	}
}

// held gives what a privilege role holds; nil for any other role.
func held(c *catalog.Catalog, role string) *catalog.Held {
	if known := c.Roles[role]; known != nil {
		return known.Holds
	}
	return nil
}
