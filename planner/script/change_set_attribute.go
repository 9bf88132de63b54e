package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// setAttribute: https://www.postgresql.org/docs/current/sql-alterrole.html
type setAttribute catalog.SetAttribute

func (ch setAttribute) sql(writer) (string, error) {
	switch ch.Attribute {
	case catalog.CreatesRoles, catalog.Inherits, catalog.NoSuperuser:
		return "ALTER ROLE " + role(ch.Role) + " " + string(ch.Attribute), nil
	}
	return "", fmt.Errorf("unknown attribute %q", ch.Attribute)
}

func (ch setAttribute) summary() string {
	return "alter role " + DisplayName(ch.Role) + ": " + Printable(string(ch.Attribute))
}

func (ch setAttribute) mark() Mark      { return Changes }
func (ch setAttribute) names() []string { return []string{ch.Role} }
