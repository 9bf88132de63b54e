package script

import "pgsr/planner/catalog"

// dropRole: https://www.postgresql.org/docs/current/sql-droprole.html
type dropRole catalog.DropRole

func (ch dropRole) sql(writer) (string, error) { return "DROP ROLE " + role(ch.Name), nil }
func (ch dropRole) summary() string            { return "drop role " + catalog.DisplayName(ch.Name) }
func (ch dropRole) mark() Mark                 { return Takes }
func (ch dropRole) names() []string            { return []string{ch.Name} }
