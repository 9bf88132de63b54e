package access

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// targets numbers the privileges, on objects and on their columns, that may come or go.
type targets struct {
	all    []catalog.Held
	places map[catalog.Held]int
}

// place gives the place of one, and makes one if it is new.
func (t *targets) place(held catalog.Held) int {
	at, isNew := lists.Place(t.places, held)
	if isNew {
		t.all = append(t.all, held)
	}
	return at
}

// sort brings them into the order in which they are told, and says where each has gone.
func (t *targets) sort() []int {
	slices.SortFunc(t.all, func(a, b catalog.Held) int {
		return cmp.Or(a.Object.Compare(b.Object), cmp.Compare(a.Column, b.Column), comparePrivileges(a.Object.Kind, a.Privilege, b.Privilege))
	})
	rank := make([]int, len(t.all))
	for to, held := range t.all {
		rank[t.places[held]] = to
	}
	t.places = nil
	return rank
}
