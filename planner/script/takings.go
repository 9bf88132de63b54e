package script

import (
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Takings gives, in order, the statements that take something away, without the ends of temporary memberships.
func Takings(statements []Statement) []Statement {
	return lists.Filter(statements, Statement.IsTaking)
}

// IsTaking tells whether a statement takes something away that was not temporary.
func (s Statement) IsTaking() bool { return s.Mark() == Takes && !s.Section.IsTemporary() }

// IsPrecaution tells whether a statement revokes what an event trigger may have granted on a schema that the plan has
// just made. Nobody had it before.
func (s Statement) IsPrecaution() bool {
	_, revokes := s.Change.(catalog.Revoke)
	return revokes && s.Section == Schemas
}

// TakingCounts counts by kind what statements take away: 2 revocations of privileges, 1 role altered. Empty: nothing.
func TakingCounts(statements []Statement) string {
	return strings.Join(countsByType(Takings(statements)), ", ")
}
