package planner

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// isPlain tells whether the plan can be divided by dividing its statements: none of them is only for the moment, and
// none has to be made of the pieces of several. So are most that are large: a first apply.
func (p *Plan) isPlain() bool {
	return !slices.ContainsFunc(p.Statements, func(s script.Statement) bool {
		switch ch := s.Change.(type) {
		case catalog.GrantRole:
			return len(ch.Roles) > 1 || s.Section != script.Memberships
		case catalog.RevokeRole:
			return true // in what order it is best done depends on what is left
		}
		return s.Section.IsLending()
	})
}

// inPlace gives the statements of moves in the order of the plan that they are from.
func inPlace(moves []move) []script.Statement {
	var all []placed
	for _, m := range moves {
		all = append(all, m.statements...)
	}
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.Section, y.Section), cmp.Compare(x.place, y.place))
	})
	statements := make([]script.Statement, len(all))
	for i, s := range all {
		statements[i] = s.Statement
	}
	return statements
}
