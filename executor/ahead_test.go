package executor

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// large is the length of a spec that takes a while to read.
const large = leastAhead

const aheadSpec = `
version: 1
roles:
  alice:
    login: {password: {env: PASSWORD}}
    grants: [SELECT ON TABLE sales.orders]
  bob: {grants: [USAGE ON SCHEMA sales]}
`

func (c *cluster) ahead(conn *pgx.Conn, length int) *Ahead {
	c.Helper()
	a, err := ReadAhead(context.Background(), conn, length)
	if err != nil {
		c.Fatal(err)
	}
	return a
}

// What was read ahead is what a plan is made from, in one round trip, and with it also one that changes something.
// Only the passwords are read later.
func TestWhatIsReadAheadIsPlannedFrom(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders ()`)
	s := parse(t, aheadSpec)
	for _, applies := range []bool{true, false} {
		conn, counted := c.asCounted()
		counted.trips.Store(0)
		var told []string
		a := c.ahead(conn, large)
		result, err := Sync(ctx, conn, s, Options{Ahead: a, Progress: func(p Progress) { told = append(told, p.Doing) }})
		if err != nil || result.Applied != applies {
			t.Fatalf("applied: %v, %v", result, err)
		}
		if applies && result.Plan.IsEmpty() || !a.ended || !a.inspection.extent.whole {
			t.Errorf("it was not read ahead: %+v", a)
		}
		want := map[bool]int64{true: 4, false: 1}[applies]
		if trips := counted.trips.Load(); trips != want {
			t.Errorf("applied %v: it took %d round trips, not %d", applies, trips, want)
		}
		if said := strings.Join(told, "\n"); !strings.Contains(said, "reading roles\n") || !strings.Contains(said, "reading passwords") {
			t.Errorf("told:\n%s", said)
		}
	}
	if !one[bool](c, `SELECT has_schema_privilege('bob', 'sales', 'USAGE')`) {
		t.Error("bob has no USAGE")
	}
	if _, err := c.tryConnect("alice", warehouse, password); err != nil {
		t.Error(err)
	}
}

// A cluster that is much larger than any that the spec can be about is not read as a whole, and neither is one of
// which more has to be known.
func TestWhatCannotBeReadAheadIsReadWithTheSpec(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders ()`)
	s := parse(t, aheadSpec)
	try := func(what string, o Options, whole bool) {
		t.Helper()
		a := c.ahead(c.super, large)
		o.Ahead = a
		plan, err := Plan(ctx, c.super, s, o)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if !a.ended || a.inspection.extent.whole != whole || plan.IsEmpty() {
			t.Errorf("%s: %+v, %d statements", what, a.inspection.extent, len(plan.Statements))
		}
	}
	try("small", Options{}, true)
	try("effect", Options{Effect: true}, true)
	c.exec(
		`DO $$ BEGIN FOR i IN 1..180 LOOP EXECUTE format('CREATE ROLE g%s', i); EXECUTE format('CREATE ROLE m%s', i); END LOOP; END $$`,
		`DO $$ BEGIN EXECUTE (SELECT format('GRANT %s TO %s', string_agg('g' || i, ','), string_agg('m' || i, ',')) FROM generate_series(1, 180) AS i); END $$`,
	)
	try("large", Options{}, false)
	if a := c.ahead(c.super, leastAhead-1); a != nil {
		t.Error("a small spec is not worth it")
	}
}

// What is not planned with is ended, and then nothing is left of it on the server.
func TestReadingAheadCanBeEnded(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t)
	conn := c.connect("postgres", warehouse, "")
	pid := conn.PgConn().PID()
	a := c.ahead(conn, large)
	a.End()
	a.End()
	(*Ahead)(nil).End()
	if !conn.IsClosed() {
		t.Error("the connection is open, in the middle of an answer")
	}
	gone := func() bool {
		return one[int](c, `SELECT count(*)::int FROM pg_stat_activity WHERE pid = $1`, int(pid)) == 0
	}
	for deadline := time.Now().Add(10 * time.Second); !gone(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server is still at work")
		}
	}
	if err := conn.Ping(ctx); err == nil {
		t.Error("the connection is of use")
	}
}

// An interruption ends it, as does a connection that is lost, whichever comes first: while the spec is read, or after.
func TestReadingAheadFails(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	s := parse(t, `
version: 1
roles: {bob: {}}
`)
	for what, spoil := range map[string]func(conn *pgx.Conn, cancel func()){
		"interrupted": func(_ *pgx.Conn, cancel func()) { cancel() },
		"lost": func(conn *pgx.Conn, _ func()) {
			c.exec(`SELECT pg_terminate_backend(` + strconv.Itoa(int(conn.PgConn().PID())) + `, 5000)`)
		},
	} {
		conn := c.connect("postgres", warehouse, "")
		ctx, cancel := context.WithCancel(context.Background())
		a := c.ahead(conn, large)
		spoil(conn, cancel)
		_, err := Plan(ctx, conn, s, Options{Ahead: a})
		var interrupted *InterruptedError
		if err == nil || errors.As(err, &interrupted) != (what == "interrupted") {
			t.Errorf("%s: %v", what, err)
		}
		cancel()
	}
	if one[int](c, `SELECT count(*)::int FROM pg_roles WHERE rolname = 'bob'`) != 0 {
		t.Error("something was done")
	}
}

// A connection in a transaction is not one to read ahead on.
func TestReadingAheadTakesAConnectionOfItsOwn(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.exec(`BEGIN`)
	if a, err := ReadAhead(context.Background(), c.super, large); a != nil || err == nil {
		t.Errorf("%v, %v", a, err)
	}
	c.exec(`ROLLBACK`)
}
