package access

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgsr/planner/catalog"
)

// warehouse is a catalog of 5,000 tables in 10 schemas, and what becomes of it when 500 roles get CONNECT, USAGE on
// 10 schemas and SELECT on 100 of the tables each, by privilege roles or directly.
func warehouse(direct bool) (before, after *catalog.Catalog) {
	before = catalog.New(catalog.Server{VersionNum: 180000, Database: "db"})
	before.Roles["owner"] = &catalog.Role{Name: "owner"}
	add := func(id catalog.ObjectID) catalog.ObjectID {
		var items []catalog.Item
		for _, p := range id.Kind.Info().Privileges {
			items = append(items, catalog.Item{Grantee: "owner", Grantor: "owner", Privilege: p})
		}
		before.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(items...)}
		return id
	}
	db := add(catalog.ObjectID{Kind: catalog.Database, Name: "db"})
	var schemas, tables []catalog.ObjectID
	for i := range 10 {
		schemas = append(schemas, add(catalog.ObjectID{Kind: catalog.Schema, Name: fmt.Sprint("s", i)}))
	}
	for i := range 5000 {
		tables = append(tables, add(catalog.ObjectID{Kind: catalog.Table, Schema: fmt.Sprint("s", i%10), Name: fmt.Sprintf("t%04d", i)}))
	}
	rnd, wanted := rand.New(rand.NewPCG(1, 1)), map[catalog.Held][]string{}
	after = before.Clone()
	for i := range 500 {
		role := fmt.Sprintf("role%03d", i)
		after.Roles[role] = &catalog.Role{Name: role}
		wanted[catalog.Held{Privilege: catalog.Connect, Object: db}] = append(wanted[catalog.Held{Privilege: catalog.Connect, Object: db}], role)
		for _, schema := range schemas {
			wanted[catalog.Held{Privilege: catalog.Usage, Object: schema}] = append(wanted[catalog.Held{Privilege: catalog.Usage, Object: schema}], role)
		}
		for _, t := range rnd.Perm(len(tables))[:100] {
			wanted[catalog.Held{Privilege: catalog.Select, Object: tables[t]}] = append(wanted[catalog.Held{Privilege: catalog.Select, Object: tables[t]}], role)
		}
	}
	for held, roles := range wanted {
		grantees := roles
		if !direct {
			grantees = []string{fmt.Sprintf("_pgsr_local_1_%s_%s_%s", held.Object.Kind, held.Object.Name, held.Privilege)}
			after.Roles[grantees[0]] = &catalog.Role{Name: grantees[0], Holds: &held}
			for _, role := range roles {
				after.Members[grantees[0]] = append(after.Members[grantees[0]], catalog.Membership{Member: role, Grantor: "owner", Options: catalog.Options{Inherit: true, Set: true}})
			}
		}
		catalog.Grant{Privileges: []catalog.Privilege{held.Privilege}, Object: held.Object, Grantees: grantees, Grantor: "owner"}.Apply(after)
	}
	return before, after
}

// BenchmarkCompare is the effective access of 500 roles with 111 privileges each. Bytes per operation bound what it
// takes in memory.
func BenchmarkCompare(b *testing.B) {
	for name, direct := range map[string]bool{"privilege roles": false, "direct": true} {
		before, after := warehouse(direct)
		for what, states := range map[string][2]*catalog.Catalog{"all": {before, after}, "nothing": {after, after.Clone()}} {
			b.Run(name+"/"+what, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					e := Compare(states[0], states[1])
					b.ReportMetric(float64(e.Gained), "differences")
				}
				runtime.KeepAlive(states)
			})
		}
	}
}
