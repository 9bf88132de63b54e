package script

import "pgsr/planner/catalog"

// createSchema: https://www.postgresql.org/docs/current/sql-createschema.html
type createSchema catalog.CreateSchema

func (ch createSchema) sql(writer) (string, error) {
	return "CREATE SCHEMA " + ident(ch.Name) + " AUTHORIZATION " + role(ch.Owner), nil
}

func (ch createSchema) summary() string {
	return "create schema " + catalog.DisplayName(ch.Name) + ", owned by " + catalog.DisplayName(ch.Owner)
}

func (ch createSchema) mark() Mark { return Gives }

func (ch createSchema) names() []string {
	names := []string{ch.Name, ch.Owner}
	if ch.Added != nil {
		names = append(names, ch.Added.Decided...)
	}
	return names
}
