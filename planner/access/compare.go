package access

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Compare works out what the difference between two states of a catalog means for people. Its time grows with what
// differs, not with what there is: only roles whose memberships or privileges, or those of roles that they reach, are
// different are looked at, and of these only privileges that may have come or gone. Roles with the same memberships
// are looked at once.
//
// The catalogs must show, of each role that gains or loses something, all that it reaches, and who its members are:
// see [catalog.Scope.Below].
func Compare(before, after *catalog.Catalog) *Effect {
	e := compare(before, after)
	e.mark(before, after)
	return e
}

// compare works out the effect without its marks.
func compare(before, after *catalog.Catalog) *Effect {
	e := CompareHeld(before, after)
	e.Compared = len(ordinary(before, after))
	c := &comparison{before: before, after: after, touched: map[string][]int{}, targets: targets{places: map[catalog.Held]int{}},
		walkBefore: walk{at: map[string]int{}}, walkAfter: walk{at: map[string]int{}}}
	lists.Both(before.Objects, after.Objects, func(_ catalog.ObjectID, was, is *catalog.Object) {
		if was != is {
			c.touchObject(was, is)
		}
	})
	if affected := c.affected(); len(affected) > 0 {
		c.reachBefore, c.reachAfter = NewReach(before), NewReach(after)
		classes := c.classes(affected)
		c.listHeld(classes)
		e.Gains, e.Losses = c.groups(classes)
		e.Gains, e.Losses = withoutEveryones(e.Gains, e.Created), withoutEveryones(e.Losses, e.Dropped)
	}
	e.Gained, e.Lost = countAll(e.Gains), countAll(e.Losses)
	return e
}

// withoutEveryones leaves out what PUBLIC has: that a new role has it, too, and that a dropped one has not, tells
// nothing. The roles are sorted.
func withoutEveryones(groups []Group, roles []string) []Group {
	for i, g := range groups {
		if g.Path.Kind == ByPublic {
			groups[i].Roles = slices.DeleteFunc(g.Roles, func(role string) bool {
				_, found := slices.BinarySearch(roles, role)
				return found
			})
		}
	}
	return slices.DeleteFunc(groups, func(g Group) bool { return len(g.Roles) == 0 })
}

// CompareHeld works out what roles have and are by themselves in one state only. It does not say what that means for
// their members, which takes longer, and a catalog that shows them.
func CompareHeld(before, after *catalog.Catalog) *Effect {
	e := &Effect{}
	e.Created, e.Dropped = createdAndDropped(before, after)
	e.GainLogin, e.LoseLogin = logins(before, after)
	e.Attributes = attributeChanges(before, after)
	e.Memberships = memberships(before, after)
	e.Futures = futureChanges(before, after)
	e.Options = optionChanges(before, after)
	e.Ownerships = ownerships(before, after)
	e.compareHeld(before, after)
	return e
}

func countAll(groups []Group) int {
	n := 0
	for _, g := range groups {
		n += g.Count()
	}
	return n
}

// ordinary lists the roles of both states that people know.
func ordinary(before, after *catalog.Catalog) []string {
	var names []string
	lists.Both(before.Roles, after.Roles, func(name string, _, _ *catalog.Role) {
		if isOrdinary(name, before, after) {
			names = append(names, name)
		}
	})
	slices.Sort(names)
	return names
}

// comparison is two states of a catalog and what is different in them.
type comparison struct {
	before, after           *catalog.Catalog
	reachBefore, reachAfter *Reach
	// walkBefore and walkAfter are those of the class that is looked at.
	walkBefore, walkAfter walk
	// sameWays tells that the memberships that inherit are the same in both states.
	sameWays bool
	// targets are the privileges that matter, and objects those that they are on, in both states; nil in a state that
	// does not have it. Rank is where each has gone when all were sorted.
	targets
	objects [][2]*catalog.Object
	rank    []int
	// touched lists, by grantee, the targets that it holds itself in one of the states only.
	touched map[string][]int
	// held lists, by grantee, all that it holds, of those that somebody gains or loses as a whole. Everything is what a
	// superuser has.
	held       map[string][]int
	everything []int
}

// holding is who holds what on an object.
type holding struct {
	grantee, column string
	privilege       catalog.Privilege
}

func holdingsOf(o *catalog.Object) map[holding]bool {
	all := map[holding]bool{}
	if o != nil {
		eachHolding(o, func(grantee, column string, privilege catalog.Privilege) {
			all[holding{grantee, column, privilege}] = true
		})
	}
	return all
}

// touchObject finds who holds something on an object in one of the states only.
func (c *comparison) touchObject(before, after *catalog.Object) {
	if before != nil && after != nil && slices.Equal(before.ACL, after.ACL) && maps.EqualFunc(before.Columns, after.Columns, slices.Equal[catalog.ACL]) {
		return
	}
	id := cmp.Or(before, after).ID
	was, is := holdingsOf(before), holdingsOf(after)
	lists.Both(was, is, func(h holding, had, has bool) {
		if had != has {
			c.touched[h.grantee] = append(c.touched[h.grantee], c.place(catalog.Held{Privilege: h.privilege, Object: id, Column: h.column}))
		}
	})
}
