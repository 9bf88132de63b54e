package catalog

import (
	"cmp"
	"strings"
)

// IsReserved tells whether a name is one that PostgreSQL keeps for its own roles and schemas.
// https://www.postgresql.org/docs/current/predefined-roles.html
func IsReserved(name string) bool { return strings.HasPrefix(name, "pg_") }

// IsServers tells whether a schema, or what lies in it, came with the server.
func (id ObjectID) IsServers() bool {
	schema := cmp.Or(id.Schema, id.Name)
	return IsReserved(schema) || schema == "information_schema"
}
