package export_test

import (
	"fmt"
	"runtime"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/export"
)

// TestManyOwnersInOneSchema: four times the owners take about four times the memory. If all tables were listed for each
// owner, it would be sixteen times.
func TestManyOwnersInOneSchema(t *testing.T) {
	few, many := exportedBytes(t, ownersOfTables(250)), exportedBytes(t, ownersOfTables(1000))
	if many > 8*few {
		t.Errorf("250 owners took %d bytes, 1,000 took %d", few, many)
	}
}

// ownersOfTables is a catalog of a schema in which each table has an owner of its own.
func ownersOfTables(n int) *catalog.Catalog {
	c := catalog.New(catalog.Server{
		VersionNum: 180000, Database: "warehouse", DatabaseOID: 5, CurrentUser: "postgres", SessionUser: "postgres", Bootstrap: "postgres", Defaults: catalogtest.Defaults(18),
	})
	add := func(id catalog.ObjectID, owner string) {
		c.Objects[id] = &catalog.Object{ID: id, OID: uint32(20000 + len(c.Objects)), Owner: owner, ACL: c.DefaultACL(id.Kind, owner)}
	}
	c.Roles["postgres"] = &catalog.Role{Name: "postgres", OID: 10, Attributes: catalog.Attributes{Superuser: true, Inherit: true, ConnectionLimit: -1}}
	add(catalog.ObjectID{Kind: catalog.Database, Name: "warehouse"}, "postgres")
	add(catalog.ObjectID{Kind: catalog.Schema, Name: "s"}, "postgres")
	for i := range n {
		name := fmt.Sprintf("r%04d", i)
		c.Roles[name] = &catalog.Role{Name: name, OID: uint32(50000 + i), Attributes: catalog.Attributes{Inherit: true, ConnectionLimit: -1}}
		add(catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: fmt.Sprintf("t%04d", i)}, name)
	}
	return c
}

func exportedBytes(t *testing.T, c *catalog.Catalog) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	exported, err := export.From(c, export.Options{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if last := exported.Spec.Roles[len(exported.Spec.Roles)-1]; len(last.Owns) != 1 || len(exported.Differences) > 0 {
		t.Errorf("%s owns %v; differences: %q", last.Name, last.Owns, exported.Differences)
	}
	return after.TotalAlloc - before.TotalAlloc
}
