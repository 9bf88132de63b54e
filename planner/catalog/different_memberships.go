package catalog

import "slices"

// DifferentMemberships gives those of one list that another does not have, and the other way round. It is quick where they come in the same order.
func DifferentMemberships(a, b []Membership) (onlyA, onlyB []Membership) {
	return missingFrom(b, a), missingFrom(a, b)
}

// missingFrom gives the rows that others do not have, in their order.
func missingFrom(others, rows []Membership) []Membership {
	placeOf := placesOf(others)
	var out []Membership
	next := 0
	for _, row := range rows {
		if next < len(others) && others[next] == row {
			next++
		} else if at := placeOf(row); at >= 0 {
			next = at + 1
		} else {
			out = append(out, row)
		}
	}
	return out
}

// fewMembers are found as fast by looking at each.
const fewMembers = 16

// placesOf gives what finds the place of a row, -1 if it is not there.
func placesOf(rows []Membership) func(Membership) int {
	if len(rows) <= fewMembers {
		return func(row Membership) int { return slices.Index(rows, row) }
	}
	var places map[Membership]int
	return func(row Membership) int {
		if places == nil {
			places = make(map[Membership]int, len(rows))
			for i, other := range rows {
				places[other] = i
			}
		}
		if at, is := places[row]; is {
			return at
		}
		return -1
	}
}
