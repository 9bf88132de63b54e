package executor

import (
	"testing"

	"pgsr/planner/catalog"
)

// TestSchemasOfTheServer: what a role has on the schema of long values is seen, however much is read, and taken away.
func TestSchemasOfTheServer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE r`, `CREATE ROLE keeps`, `GRANT USAGE, CREATE ON SCHEMA pg_toast TO r`, `GRANT USAGE ON SCHEMA pg_toast TO keeps`)
	toast := catalog.ObjectID{Kind: catalog.Schema, Name: "pg_toast"}
	if got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"r"}}); got.Objects[toast] == nil || !got.Objects[toast].ACL.Has("r", catalog.Usage) {
		t.Errorf("read: %+v", got.Objects[toast])
	}
	c.sync("version: 1\nroles: {r: {}}\n", true)
	if one[bool](c, `SELECT has_schema_privilege('r', 'pg_toast', 'USAGE') OR has_schema_privilege('r', 'pg_toast', 'CREATE')`) {
		t.Error("r has something on it still")
	}
	if !one[bool](c, `SELECT has_schema_privilege('keeps', 'pg_toast', 'USAGE')`) {
		t.Error("a role outside the spec has lost it")
	}
	c.sync("version: 1\nroles: {r: {}}\n", false)
}
