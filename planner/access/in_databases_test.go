package access

import (
	"testing"

	"pgsr/planner/catalog"
)

// TestCompareInAnotherDatabase: what all databases share is said of the connected one, also in what needs a second
// look.
func TestCompareInAnotherDatabase(t *testing.T) {
	t.Parallel()
	before := catalog.New(catalog.Server{VersionNum: 180000, CurrentUser: "postgres", Bootstrap: "postgres"})
	before.Roles["postgres"] = &catalog.Role{Name: "postgres", Attributes: catalog.Attributes{Superuser: true}}
	before.Roles["boss"] = &catalog.Role{Name: "boss", Attributes: catalog.Attributes{Superuser: true, Login: true}}
	for _, id := range []catalog.ObjectID{{Kind: catalog.Database, Name: "shop"}, {Kind: catalog.Schema, Name: "sales"}} {
		before.Objects[id] = &catalog.Object{ID: id, Owner: "postgres"}
	}
	after := before.Clone()
	after.Roles["boss"] = &catalog.Role{Name: "boss"}
	e := CompareIn(before, after)
	const want = "boss loses 2 privileges: CREATE, USAGE on SCHEMA sales (loses access)"
	if e.Lost != 2 || len(e.Marks) != 1 || e.Marks[0].line() != want {
		t.Errorf("%d lost, %+v; want 2, %s", e.Lost, e.Marks, want)
	}
}
