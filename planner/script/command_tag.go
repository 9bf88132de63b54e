package script

import "pgsr/planner/catalog"

// CommandTag gives what a server calls the statement of a change where event triggers run for it; empty: none do.
// https://www.postgresql.org/docs/current/event-trigger-matrix.html
func CommandTag(change catalog.Change, server catalog.Server) string {
	switch ch := change.(type) {
	case catalog.CreateSchema:
		return "CREATE SCHEMA"
	case catalog.DropSchema:
		return "DROP SCHEMA"
	case catalog.SetOwner:
		word, _ := writer{server: server}.alterWord(ch)
		return tagOn(ch.Object, "ALTER "+word)
	case catalog.Grant:
		return tagOn(ch.Object, "GRANT")
	case catalog.Revoke:
		return tagOn(ch.Object, "REVOKE")
	case catalog.GrantDefault, catalog.RevokeDefault:
		return "ALTER DEFAULT PRIVILEGES"
	case catalog.AlterPolicy:
		return "ALTER POLICY"
	case catalog.DropOwned:
		return "DROP OWNED"
	}
	return ""
}

// tagOn gives the tag unless all databases share the object: no event trigger runs for those.
func tagOn(id catalog.ObjectID, tag string) string {
	if id.Kind.Info().Shared {
		return ""
	}
	return tag
}
