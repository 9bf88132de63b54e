package executor

import (
	"context"
	"fmt"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/ledger"
	"pgsr/planner/spec"
)

// asCounted connects so that round trips are counted.
func (c *cluster) asCounted(user string) (*pgx.Conn, *talk) {
	c.Helper()
	config, err := pgx.ParseConfig(c.server.URL(user, warehouse, ""))
	if err != nil {
		c.Fatal(err)
	}
	var counted *talk
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		counted = &talk{Conn: conn}
		return counted, err
	}
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close(context.Background()) })
	return conn, counted
}

// staff is a spec of n roles, each with a login, memberships and grants of its own. Which of them has what depends on
// the round.
func staff(n, round int) *spec.Spec {
	s := &spec.Spec{Missing: spec.WarnOfMissing}
	for i := range n {
		table := fmt.Sprintf("SELECT, INSERT ON TABLE sales.t%d", (i+round)%n)
		s.Roles = append(s.Roles, spec.Role{
			Name: fmt.Sprintf("clerk %d", i), Login: &spec.Login{}, MemberOf: spec.Memberships("clerks", fmt.Sprintf("team %d", (i+round)%7)),
			Grants: spec.MustGrants(`USAGE ON SCHEMA sales`, table), DirectGrants: spec.MustGrants(table),
		})
	}
	return s
}

// TestRoundTripsDoNotDependOnTheNumberOfRoles: neither of finding out that there is nothing to do, which takes one,
// nor of applying.
func TestRoundTripsDoNotDependOnTheNumberOfRoles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const few, many = 1, 200
	trips := map[string]int64{}
	statements := map[int]int{}
	for _, n := range []int{few, many} {
		c := newCluster(t, `CREATE SCHEMA sales`)
		for i := range many {
			c.exec(fmt.Sprintf(`CREATE TABLE sales.t%d ()`, i))
		}
		if _, _, err := ledger.Install(ctx, c.super); err != nil {
			t.Fatal(err)
		}
		conn, counted := c.asCounted("postgres")
		for round, what := range []string{"first", "again", "second", "again"} {
			counted.trips.Store(0)
			result, err := Sync(ctx, conn, staff(n, round/2), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if result.Applied != (what != "again") {
				t.Errorf("%d roles, %s: applied %v", n, what, result.Applied)
			}
			if what == "first" {
				statements[n] = len(result.Plan.Statements)
			}
			if got := counted.trips.Load(); what == "again" && got != 1 {
				t.Errorf("%d roles: with nothing to do it took %d round trips", n, got)
			}
			trips[fmt.Sprintf("%s, %d roles", what, n)] = counted.trips.Load()
		}
	}
	t.Logf("round trips: %v; statements: %v", trips, statements)
	if statements[many] < 10*statements[few] {
		t.Error("the many make no more statements than the few: this proves nothing")
	}
	for _, what := range []string{"first", "again", "second"} {
		if f, m := trips[fmt.Sprintf("%s, %d roles", what, few)], trips[fmt.Sprintf("%s, %d roles", what, many)]; f != m {
			t.Errorf("%s: %d roles take %d round trips, %d take %d", what, few, f, many, m)
		}
	}
	// Planning; lock and planning again; statements and verification; the ledger's entry and COMMIT.
	if m := trips[fmt.Sprintf("first, %d roles", many)]; m != 4 {
		t.Errorf("applying takes %d round trips, not 4", m)
	}
}

// TestSavedPlanTakesThreeRoundTrips: one to see whether it is stale, one for the statements and whether they did it,
// and COMMIT.
func TestSavedPlanTakesThreeRoundTrips(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.install(c.super)
	conn, counted := c.asCounted("postgres")
	saved := c.saved(shopSpec)
	counted.trips.Store(0)
	if _, err := ApplySaved(context.Background(), conn, saved, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := counted.trips.Load(); n != 3 {
		t.Errorf("it took %d round trips", n)
	}
	if len(c.ledger(c.super)) != 1 {
		t.Error("it is not in the ledger")
	}
}

// TestSavedPlanOfManyRolesTakesThreeRoundTrips: a state of many roles is read instead of asked about, and nothing more
// is sent where no privilege role gets members.
func TestSavedPlanOfManyRolesTakesThreeRoundTrips(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.install(c.super)
	conn, counted := c.asCounted("postgres")
	yaml := "version: 1\nroles:\n"
	for i := range manyRoles {
		yaml += fmt.Sprintf("  clerk %d: {}\n", i)
	}
	saved := c.saved(yaml)
	if !inspect.ShowsState(saved.ReliesOn) || len(saved.ReliesOn.Roles) < manyRoles {
		t.Fatalf("the state of %d roles is not read", len(saved.ReliesOn.Roles))
	}
	counted.trips.Store(0)
	if _, err := ApplySaved(context.Background(), conn, saved, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := counted.trips.Load(); n != 3 {
		t.Errorf("it took %d round trips", n)
	}
}
