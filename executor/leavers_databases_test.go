package executor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// newEstate is a cluster of five databases in three of which a leaver owns tables, was granted something by their owner
// and has granted it on; one of the others allows no connections.
func newEstate(t testing.TB) *cluster {
	t.Helper()
	c := newCluster(t)
	admin := c.admin()
	for _, role := range []string{"heir", "owner"} {
		mustExec(t, admin, `CREATE ROLE `+role)
	}
	mustExec(t, admin, `CREATE ROLE leaver LOGIN PASSWORD '`+password+`'`)
	c.people("neighbour")
	c.exec(`CREATE DATABASE "a ""b"`, `CREATE DATABASE marts`, `CREATE DATABASE closed`, `CREATE DATABASE unused`)
	for _, name := range estate {
		c.exec(`ALTER DATABASE ` + id(name) + ` OWNER TO admin`)
		conn := c.connect("postgres", name, "")
		for _, sql := range []string{
			`CREATE SCHEMA s AUTHORIZATION owner`, `GRANT USAGE, CREATE ON SCHEMA s TO leaver`, `GRANT USAGE ON SCHEMA s TO neighbour`,
			`CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO owner`, `CREATE TABLE s.own (a int)`, `ALTER TABLE s.own OWNER TO leaver`,
			`GRANT SELECT ON s.t TO leaver WITH GRANT OPTION`, `SET ROLE leaver`, `GRANT SELECT ON s.t TO neighbour`, `GRANT SELECT ON s.own TO neighbour`, `RESET ROLE`,
			`ALTER DEFAULT PRIVILEGES FOR ROLE leaver GRANT SELECT ON TABLES TO neighbour`,
			`ALTER TABLE s.t ENABLE ROW LEVEL SECURITY`, `CREATE POLICY p ON s.t TO leaver, neighbour USING (true)`,
			`CREATE COLLATION s.c FROM "C"`, `ALTER COLLATION s.c OWNER TO leaver`,
		} {
			mustExec(t, conn, sql)
		}
		conn.Close(context.Background())
	}
	c.exec(`ALTER DATABASE closed ALLOW_CONNECTIONS false`)
	return c
}

// estate are the databases in which the leaver has something.
var estate = []string{warehouse, `a "b`, "marts"}

// isHeirs checks that the leaver is gone, that the heir owns what it owned, and that the neighbour keeps what it had.
func (c *cluster) isHeirs() {
	c.Helper()
	if one[bool](c, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'leaver')`) {
		c.Error("the leaver is there")
	}
	for _, name := range estate {
		there := &cluster{TB: c.TB, super: c.connect("postgres", name, "")}
		if owners := one[string](there, `SELECT (SELECT relowner FROM pg_class WHERE oid = 's.own'::regclass)::regrole || ' ' || (SELECT collowner FROM pg_collation WHERE collname = 'c')::regrole`); owners != "heir heir" {
			c.Errorf("in %s it belongs to %s", name, owners)
		}
		conn := c.connect("neighbour", name, password)
		mustExec(c, conn, `SELECT FROM s.t`)
		mustExec(c, conn, `SELECT FROM s.own`)
		conn.Close(context.Background())
	}
}

const estateSpec = "version: 1\nroles: {leaver: {absent: true, reassign_to: heir, end_sessions: true}}\n"

func TestLeaverInSeveralDatabases(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newEstate(t)
			conn := c.connect(user, warehouse, "")
			inside := c.connect("leaver", "marts", password)
			mustExec(t, inside, `CREATE TEMPORARY TABLE tt (a int)`)
			_, err := Sync(ctx, conn, parse(t, estateSpec), Options{})
			if err == nil || !strings.Contains(err.Error(), `objects in database "marts" stands in the way`) {
				t.Fatalf("in one database: %v", err)
			}
			sequence, err := PlanDatabases(ctx, conn, parse(t, estateSpec), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, plan := range sequence.Steps() {
				names = append(names, plan.Server.Database)
			}
			if got := strings.Join(names, ", "); got != `warehouse, warehouse, a "b, marts, warehouse` {
				t.Errorf("the order is %s", got)
			}
			result, err := SyncDatabases(ctx, conn, parse(t, estateSpec), Options{})
			if err != nil || !result.Applied() {
				t.Fatal(err)
			}
			c.isHeirs()
			if _, err := inside.Exec(ctx, `SELECT 1`); err == nil {
				t.Error("its session goes on")
			}
			if again, err := SyncDatabases(ctx, conn, parse(t, estateSpec), Options{}); err != nil || again.Applied() {
				t.Errorf("again: %v", err)
			}
		})
	}
}

// TestLeaverGoesOn: where it fails in one database, what was done before is kept, the leaver can not log in any more,
// and the next run does the rest.
func TestLeaverGoesOn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newEstate(t)
	marts := c.connect("postgres", "marts", "")
	mustExec(t, marts, `CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not now''; END'`)
	mustExec(t, marts, `CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE PROCEDURE public.refuse()`)
	_, err := SyncDatabases(ctx, c.super, parse(t, estateSpec), Options{})
	var stopped *SequenceError
	if !errors.As(err, &stopped) || !strings.Contains(err.Error(), "not now") || !strings.Contains(stopped.Failed, "marts") {
		t.Fatalf("got %v", err)
	}
	if _, err := c.tryConnect("leaver", warehouse, password); err == nil {
		t.Error("it can log in")
	}
	if owner := c.owner("s.own"); owner != "heir" {
		t.Errorf("in the first database its table belongs to %s", owner)
	}
	mustExec(t, marts, `DROP EVENT TRIGGER refuse`)
	if _, err := SyncDatabases(ctx, c.super, parse(t, estateSpec), Options{}); err != nil {
		t.Fatal(err)
	}
	c.isHeirs()
}

// TestLeaverOfClosedDatabase: one that allows no connections and in which the leaver has something is named.
func TestLeaverOfClosedDatabase(t *testing.T) {
	t.Parallel()
	c := newEstate(t)
	c.exec(`ALTER DATABASE marts ALLOW_CONNECTIONS false`)
	_, err := SyncDatabases(context.Background(), c.super, parse(t, estateSpec), Options{})
	var problems spec.Errors
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), `objects in database "marts" stands in the way: it allows no connections`) {
		t.Errorf("got %v", err)
	}
}

// TestLeaverInSeveralDatabasesInFormats: a script and a saved plan of several databases do what apply does.
func TestLeaverInSeveralDatabasesInFormats(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"psql", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newEstate(t)
			c.grantInitially()
			inside := c.connect("leaver", "marts", password)
			mustExec(t, inside, `CREATE TEMPORARY TABLE tt (a int)`)
			s := parse(t, estateSpec)
			sequence, err := PlanDatabases(ctx, c.super, s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := WriteSequenceAs(&text, format, s, sequence, Options{}); err != nil {
				t.Fatal(err)
			}
			if format == "psql" {
				if out, err := c.runScript(text.String()); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				c.wasRun(text.String(), false)
			} else {
				saved, err := report.ReadPlan(&text)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ApplySavedSequence(ctx, c.super, saved, Options{}); err != nil {
					t.Fatal(err)
				}
			}
			c.isHeirs()
			if _, err := inside.Exec(ctx, `SELECT 1`); err == nil {
				t.Error("its session goes on")
			}
		})
	}
}
