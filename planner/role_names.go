package planner

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// roleNames lists the desired roles that differ, found and sorted once before the first statement. A part of a plan has
// few.
func (b *builder) roleNames() []string {
	if b.names == nil {
		b.names = []string{}
		for name, role := range b.desired.Roles {
			if b.working.Roles[name] != role {
				b.names = append(b.names, name)
			}
		}
		sortByWhatTheyHold(b.desired, b.names)
	}
	return b.names
}

// sortByWhatTheyHold sorts ordinary roles by name, then privilege roles by what they hold. A reader looks for that,
// since the digits of their names say nothing.
func sortByWhatTheyHold(c *catalog.Catalog, names []string) {
	type holder struct {
		name  string
		holds *catalog.Held
	}
	all := lists.Map(names, func(name string) holder { return holder{name, heldBy(c, name)} })
	slices.SortFunc(all, func(x, y holder) int {
		a, b := x.holds, y.holds
		if a == nil || b == nil {
			return cmp.Or(lists.CompareBools(a != nil, b != nil), strings.Compare(x.name, y.name))
		}
		if order := a.Object.Compare(b.Object); order != 0 {
			return order
		}
		return cmp.Or(cmp.Compare(a.Column, b.Column), cmp.Compare(a.Privilege, b.Privilege), strings.Compare(x.name, y.name))
	})
	for at, h := range all {
		names[at] = h.name
	}
}

// heldBy gives what a privilege role holds; nil for any other role.
func heldBy(c *catalog.Catalog, role string) *catalog.Held {
	if known := c.Roles[role]; known != nil {
		return known.Holds
	}
	return nil
}
