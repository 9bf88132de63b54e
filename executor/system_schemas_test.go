package executor

import (
	"context"
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

// TestTypesThatCountAsArrays: to the server int2vector and oidvector are arrays, which have the privileges of their
// elements. So they are not among ALL TYPES, and nobody can name them.
func TestTypesThatCountAsArrays(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE r`, `CREATE DOMAIN public.days AS date[]`)
	const all = "version: 1\nroles: {r: {direct_grants: ['USAGE ON ALL TYPES IN SCHEMA public, pg_catalog']}}\n"
	c.sync(all, true)
	c.sync(all, false)
	if n := one[int](c, `SELECT count(*)::int FROM pg_type WHERE oid IN ('public.days'::regtype, 'pg_catalog.point'::regtype) AND typacl::text ~ 'r=U'`); n != 2 {
		t.Errorf("%d of 2 types are granted", n)
	}
	for _, name := range []string{"pg_catalog.int2vector", "pg_catalog.oidvector", "pg_catalog._int4"} {
		_, err := Sync(context.Background(), c.super, parse(t, "version: 1\nroles: {r: {direct_grants: [USAGE ON TYPE "+name+"]}}\n"), Options{})
		saysAll(t, err, "TYPE "+name+" does not exist")
	}
	c.sync("version: 1\nroles: {r: {}}\n", true)
	c.sync("version: 1\nroles: {r: {}}\n", false)
}
