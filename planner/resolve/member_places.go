package resolve

import (
	"slices"

	"pgsr/planner/catalog"
)

// memberPlaces finds the membership of a member by a grantor in a list that grows. Where that is short, it is looked
// through.
type memberPlaces struct{ index map[memberBy]int }

type memberBy struct{ member, grantor string }

// fewMembers are found as fast by looking at each.
const fewMembers = 16

// newMemberPlaces is for a list that gets at most so many more.
func newMemberPlaces(rows []catalog.Membership, more int) *memberPlaces {
	if more <= 2 || len(rows)+more <= fewMembers {
		return &memberPlaces{}
	}
	p := &memberPlaces{index: make(map[memberBy]int, len(rows)+more)}
	for i, row := range rows {
		p.add(row, i)
	}
	return p
}

// add notes where a row is.
func (p *memberPlaces) add(row catalog.Membership, at int) {
	if p.index != nil {
		p.index[memberBy{row.Member, row.Grantor}] = at
	}
}

// of gives the place in the list, -1 if there is no such row.
func (p *memberPlaces) of(rows []catalog.Membership, member, grantor string) int {
	if p.index == nil {
		return slices.IndexFunc(rows, func(row catalog.Membership) bool { return row.Member == member && row.Grantor == grantor })
	}
	if at, there := p.index[memberBy{member, grantor}]; there {
		return at
	}
	return -1
}
