package catalog

import (
	"slices"

	"pgsr/planner/lists"
)

// DifferentMemberships gives those of one list that another does not have, and the other way round, each in their
// order. No list has one twice.
func DifferentMemberships(a, b []Membership) (onlyA, onlyB []Membership) {
	return without(a, b), without(b, a)
}

// without gives what is in one list and not in another.
func without[T comparable](list, other []T) []T {
	is := among(other)
	return lists.Filter(list, func(one T) bool { return !is(one) })
}

// among gives what tells whether something is in a list. A few are found as fast by looking at each.
func among[T comparable](list []T) func(T) bool {
	const few = 16
	if len(list) <= few {
		return func(one T) bool { return slices.Contains(list, one) }
	}
	known := lists.Set(list)
	return func(one T) bool { return known[one] }
}
