package planner_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// cluster is a catalog of a schema with tables, all of them the connecting role's.
func cluster(major int, user string, tables int) *catalog.Catalog {
	c := catalog.New(catalog.Server{
		VersionNum: major * 10000, Database: thisDB, DatabaseOID: 5, CurrentUser: user, SessionUser: user, Bootstrap: bootstrap, Defaults: catalogtest.Defaults(major),
	})
	c.Roles[bootstrap] = &catalog.Role{Name: bootstrap, OID: 10, Attributes: catalog.Attributes{Superuser: true, Inherit: true, ConnectionLimit: -1}}
	c.Roles[admin] = &catalog.Role{Name: admin, OID: 11, Attributes: catalog.Attributes{CreateRole: true, Inherit: true, ConnectionLimit: -1}}
	add := func(id catalog.ObjectID) {
		c.Objects[id] = &catalog.Object{ID: id, OID: uint32(100 + len(c.Objects)), Owner: user, ACL: c.DefaultACL(id.Kind, user)}
	}
	add(catalog.ObjectID{Kind: catalog.Database, Name: thisDB})
	add(catalog.ObjectID{Kind: catalog.Schema, Name: "s"})
	for i := range tables {
		add(catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: fmt.Sprintf("t%06d", i)})
	}
	return c
}

// readers is a spec of a role that reads all tables, by way of as many privilege roles.
func readers() *spec.Spec {
	return &spec.Spec{Roles: []spec.Role{{Name: "readers", Grants: spec.MustGrants("SELECT ON ALL TABLES IN SCHEMA s")}}}
}

// chain is a spec of roles of which each is a member of the one before it.
func chain(roles int) *spec.Spec {
	s := &spec.Spec{}
	for i := range roles {
		role := spec.Role{Name: fmt.Sprintf("link %06d", i), Login: &spec.Login{}}
		if i > 0 {
			role.MemberOf = spec.Memberships(fmt.Sprintf("link %06d", i-1))
		}
		s.Roles = append(s.Roles, role)
	}
	return s
}

func build(t testing.TB, c *catalog.Catalog, s *spec.Spec) *planner.Plan {
	t.Helper()
	resolution, err := resolve.Resolve(s, c, resolve.Means{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := planner.Build(c, resolution.Desired)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// unused gives what a plan for readers leads to once the tables are gone, and the privilege roles that were for them.
func unused(plan *planner.Plan) (*catalog.Catalog, []string) {
	c := plan.After()
	var names []string
	for name, role := range c.Roles {
		if role.Holds != nil {
			alone := *role
			alone.Holds = nil
			c.Roles[name] = &alone
			names = append(names, name)
		}
	}
	maps.DeleteFunc(c.Objects, func(id catalog.ObjectID, _ *catalog.Object) bool { return id.Kind == catalog.Table })
	return c, names
}

// large are what is worked out for large clusters: each prepares one of a size, and gives what is to be measured.
var large = map[string]func(t testing.TB, major int, user string, size int) func(){
	"prune": func(t testing.TB, major int, user string, size int) func() {
		c, names := unused(build(t, cluster(major, user, size), readers()))
		return func() {
			if plan, err := planner.Prune(c, names); err != nil || len(plan.Statements) < size {
				t.Fatal(plan, err)
			}
		}
	},
	"way back": func(t testing.TB, major int, user string, size int) func() {
		plan := build(t, cluster(major, user, size), readers())
		return func() {
			if back, err := plan.Back(); err != nil || len(back.Statements) < size {
				t.Fatal(back, err)
			}
		}
	},
	"chain of memberships": func(t testing.TB, major int, user string, size int) func() {
		c := cluster(major, user, 1)
		s := chain(size)
		return func() {
			if plan := build(t, c, s); len(plan.Statements) < size {
				t.Fatal(plan)
			}
		}
	},
}

// enough is what something has to take the processor, so that clocks that go in steps of 10 ms tell how long it took.
const enough = 100 * time.Millisecond

// cost gives what something takes the processor, by the run of a few that took the least: others on the machine make
// it more, and so do collections of garbage.
func cost(do func()) time.Duration {
	least := time.Duration(math.MaxInt64)
	for range 3 {
		times, took := 0, time.Duration(0)
		for began := time.Now(); took < enough && time.Since(began) < 20*enough; times++ {
			took += cpu(do)
		}
		least = min(least, took/time.Duration(times))
	}
	return least
}

// TestCostGrowsWithTheSize: four times the size takes about four times as long. If it grew with the square, it would
// be sixteen times, however often it is measured.
func TestCostGrowsWithTheSize(t *testing.T) {
	if testing.Short() {
		t.Skip("measures, which takes its time")
	}
	const size, most, attempts = 1500, 8, 4
	for name, prepare := range large {
		for major, user := range map[int]string{15: bootstrap, 18: admin} {
			var growths []float64
			for len(growths) < attempts && (len(growths) == 0 || growths[len(growths)-1] > most) {
				few, many := cost(prepare(t, major, user, size)), cost(prepare(t, major, user, 4*size))
				growths = append(growths, float64(many)/float64(few))
			}
			if growths[len(growths)-1] > most {
				t.Errorf("%s on %d: four times the size takes so many times as long: %.1f", name, major, growths)
			}
		}
	}
}

func BenchmarkLarge(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(large)) {
		for _, size := range []int{2500, 5000, 10000, 20000} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				do := large[name](b, 18, admin, size)
				for b.Loop() {
					do()
				}
			})
		}
	}
}
