package catalog

import "slices"

// DifferentMemberships gives those of one list that another does not have, and the other way round, each in their
// order. No list has one twice. It is quick where what both have comes in about the same order.
func DifferentMemberships(a, b []Membership) (onlyA, onlyB []Membership) {
	for len(a) > 0 && len(b) > 0 {
		if a[0] == b[0] {
			a, b = a[1:], b[1:]
		} else if ahead := soon(b, a[0]); ahead > 0 {
			onlyB, b = append(onlyB, b[:ahead]...), b[ahead:]
		} else if ahead := soon(a, b[0]); ahead > 0 {
			onlyA, a = append(onlyA, a[:ahead]...), a[ahead:]
		} else {
			onlyA, onlyB, a, b = append(onlyA, a[0]), append(onlyB, b[0]), a[1:], b[1:]
		}
	}
	return withoutCommon(append(onlyA, a...), append(onlyB, b...))
}

// fewMembers are found as fast by looking at each.
const fewMembers = 16

// soon gives the place of a row among the next few, 0 if it is not there.
func soon(rows []Membership, row Membership) int {
	return 1 + slices.Index(rows[1:min(len(rows), fewMembers)], row)
}

// withoutCommon takes out of two lists what is in both.
func withoutCommon(a, b []Membership) (onlyA, onlyB []Membership) {
	if len(a) == 0 || len(b) == 0 {
		return a, b
	}
	inA, inB := membershipsIn(a), membershipsIn(b)
	onlyB = slices.DeleteFunc(slices.Clone(b), inA)
	return slices.DeleteFunc(slices.Clone(a), inB), onlyB
}

// membershipsIn gives what tells whether a row is in a list.
func membershipsIn(rows []Membership) func(Membership) bool {
	if len(rows) <= fewMembers {
		return func(row Membership) bool { return slices.Contains(rows, row) }
	}
	known := make(map[Membership]bool, len(rows))
	for _, row := range rows {
		known[row] = true
	}
	return func(row Membership) bool { return known[row] }
}
