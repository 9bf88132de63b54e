package access

import (
	"fmt"
	"runtime"
	"testing"

	"pgsr/planner/catalog"
)

// chain is roles each of which is a member of the next, so many, before and after something is granted at the end.
func chain(depth int) (before, after *catalog.Catalog) {
	before = catalog.New(catalog.Server{VersionNum: 180000, Database: "db"})
	name := func(i int) string { return fmt.Sprintf("r%05d", i) }
	for i := range depth {
		before.Roles[name(i)] = &catalog.Role{Name: name(i), Attributes: catalog.Attributes{Inherit: true}}
		if i > 0 {
			before.Members[name(i)] = []catalog.Membership{{Member: name(i - 1), Grantor: "owner", Options: catalog.Options{Inherit: true, Set: true}}}
		}
	}
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	before.Objects[table] = &catalog.Object{ID: table, Owner: "owner", OID: 20000}
	after = before.Clone()
	catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{name(depth - 1)}, Grantor: "owner"}.Apply(after)
	return before, after
}

// BenchmarkCompareChain is a gain at the end of a chain of 4,000 memberships.
func BenchmarkCompareChain(b *testing.B) {
	before, after := chain(4000)
	b.ReportAllocs()
	for b.Loop() {
		e := Compare(before, after)
		b.ReportMetric(float64(e.Gained), "differences")
	}
	runtime.KeepAlive(before)
}
