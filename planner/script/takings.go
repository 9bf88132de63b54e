package script

import (
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Takings gives the statements that take something away, in order, but for what somebody has only for the moment.
func Takings(statements []Statement) []Statement {
	return lists.Filter(statements, Statement.IsTaking)
}

// IsTaking tells whether a statement takes something away that is not had only for the moment.
func (s Statement) IsTaking() bool { return s.Mark() == Takes && !s.Section.IsTemporary() }

// IsPrecaution tells whether a statement revokes on a schema that was just made what an event trigger may have given:
// nobody had it before.
func (s Statement) IsPrecaution() bool {
	_, revokes := s.Change.(catalog.Revoke)
	return revokes && s.Section == Schemas
}

// TakingCounts counts by kind what statements take away: 2 revocations of privileges, 1 role altered. Empty: nothing.
func TakingCounts(statements []Statement) string {
	return strings.Join(countsByType(Takings(statements)), ", ")
}
