package planner

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// roleNames lists those of the desired roles of which anything is to be changed, found and sorted once, before the
// first statement. Of a part of a plan they are few.
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

// sortByWhatTheyHold puts ordinary roles in order by name, then privilege roles by what they hold: their names are
// random, and a script that went by those would look different each time.
func sortByWhatTheyHold(c *catalog.Catalog, names []string) {
	type holder struct {
		name string
		*catalog.Held
	}
	holders := make([]holder, len(names))
	for i, name := range names {
		holders[i] = holder{name, heldBy(c, name)}
	}
	slices.SortFunc(holders, func(x, y holder) int {
		if x.Held == nil || y.Held == nil {
			return cmp.Or(cmp.Compare(b2i(x.Held != nil), b2i(y.Held != nil)), strings.Compare(x.name, y.name))
		}
		if order := x.Object.Compare(y.Object); order != 0 {
			return order
		}
		return cmp.Or(cmp.Compare(x.Privilege, y.Privilege), strings.Compare(x.name, y.name))
	})
	for i, holder := range holders {
		names[i] = holder.name
	}
}

// heldBy gives what a privilege role holds; nil for any other role.
func heldBy(c *catalog.Catalog, role string) *catalog.Held {
	if known := c.Roles[role]; known != nil {
		return known.Holds
	}
	return nil
}
