package script

import "pgsr/planner/catalog"

// dropSchema: https://www.postgresql.org/docs/current/sql-dropschema.html
type dropSchema catalog.DropSchema

func (ch dropSchema) sql(writer) (string, error) {
	return "DROP SCHEMA " + ident(ch.Name) + " RESTRICT", nil
}

func (ch dropSchema) summary() string { return "drop schema " + catalog.DisplayName(ch.Name) }
func (ch dropSchema) mark() Mark      { return Changes }
func (ch dropSchema) names() []string { return []string{ch.Name} }
