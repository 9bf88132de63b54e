package script

import (
	"strings"

	"pgsr/planner/lists"
)

// Takings gives the statements that take something away, in order, but for what somebody has only for the moment.
func Takings(statements []Statement) []Statement {
	return lists.Filter(statements, Statement.IsTaking)
}

// IsTaking tells whether a statement takes something away that is not had only for the moment. Of a schema that was
// just made nobody had anything.
func (s Statement) IsTaking() bool {
	return s.Mark() == Takes && !s.Section.IsTemporary() && s.Section != Schemas
}

// TakingCounts counts by kind what statements take away: 2 revocations of privileges, 1 role altered. Empty: nothing.
func TakingCounts(statements []Statement) string {
	return strings.Join(countsByType(Takings(statements)), ", ")
}
