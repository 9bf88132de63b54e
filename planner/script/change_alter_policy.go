package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// alterPolicy is ALTER POLICY ... TO: https://www.postgresql.org/docs/current/sql-alterpolicy.html
type alterPolicy catalog.AlterPolicy

func (ch alterPolicy) sql(writer) (string, error) {
	if ch.Policy.Table.Kind != catalog.Table {
		return "", fmt.Errorf("policies are on tables, not on a %s", ch.Policy.Table.Kind)
	}
	if len(ch.Roles) == 0 {
		return "", fmt.Errorf("a policy is for at least one role")
	}
	return "ALTER POLICY " + ident(ch.Policy.Name) + " ON " + qualified(ch.Policy.Table) + " TO " + list(ch.Roles, role), nil
}

func (ch alterPolicy) summary() string {
	return "let policy " + catalog.DisplayName(ch.Policy.Name) + " on " + catalog.DisplayObject(ch.Policy.Table) + " be for " + list(ch.Roles, catalog.DisplayName)
}

func (ch alterPolicy) mark() Mark { return Changes }

func (ch alterPolicy) names() []string {
	return append(append(namesOf(ch.Policy.Table), ch.Policy.Name), append(ch.Roles, ch.Before...)...)
}
