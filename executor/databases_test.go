package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
)

// oddDatabases are names that mean something else to psql, libpq or SQL where they are not quoted.
var oddDatabases = []string{"host=evil dbname=x", `o'"q" \ = ;`, "postgres://evil/x", "-reuse-previous", ":HOME", "Marts %s 'é'"}

// newFleet makes databases beside warehouse, each with a schema s and tables s.t and s.u, all of which belong to admin,
// who is no superuser. Roles alice, bob and outsider log in.
func newFleet(t testing.TB, names ...string) *cluster {
	t.Helper()
	c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`,
		`CREATE SCHEMA s AUTHORIZATION admin`, `CREATE TABLE s.t (id int)`, `ALTER TABLE s.t OWNER TO admin`)
	for _, name := range names {
		c.exec(`CREATE DATABASE ` + pgx.Identifier{name}.Sanitize() + ` OWNER admin`)
		c.execIn(name, `CREATE SCHEMA s AUTHORIZATION admin`, `CREATE TABLE s.t (id int)`, `ALTER TABLE s.t OWNER TO admin`, `CREATE TABLE s.u ()`, `ALTER TABLE s.u OWNER TO admin`)
	}
	admin := c.asAdmin()
	for _, role := range []string{"alice", "bob", "outsider"} {
		mustExec(t, admin, fmt.Sprintf(`CREATE ROLE %s LOGIN PASSWORD '%s'`, role, password))
	}
	return c
}

// in connects to another database as the superuser. Its name is no part of a URL.
func (c *cluster) in(database string) *pgx.Conn { return c.asIn("postgres", database) }

func (c *cluster) asIn(user, database string) *pgx.Conn {
	c.Helper()
	conn, err := c.tryIn(user, database)
	if err != nil {
		c.Fatalf("connecting to %q: %v", database, err)
	}
	return conn
}

func (c *cluster) tryIn(user, database string) (*pgx.Conn, error) {
	of := password
	if user == "postgres" || user == "admin" {
		of = "" // who need none
	}
	config, err := pgx.ParseConfig(c.server.URL(user, warehouse, of))
	if err != nil {
		return nil, err
	}
	config.Database = database
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err == nil {
		c.Cleanup(func() { conn.Close(context.Background()) })
	}
	return conn, err
}

func (c *cluster) execIn(database string, statements ...string) {
	c.Helper()
	conn := c.in(database)
	for _, statement := range statements {
		mustExec(c, conn, statement)
	}
	conn.Close(context.Background())
}

// canIn logs in to a database as a role and runs something.
func (c *cluster) canIn(can bool, database, role, sql string) {
	c.Helper()
	conn, err := c.tryIn(role, database)
	if err == nil {
		defer conn.Close(context.Background())
		_, err = conn.Exec(context.Background(), "BEGIN; "+sql+"; ROLLBACK")
	}
	switch {
	case can && err != nil:
		c.Errorf("in %q %s can not %s: %v", database, role, sql, err)
	case !can && err == nil:
		c.Errorf("in %q %s can %s", database, role, sql)
	case !can && !isDenied(err):
		c.Errorf("in %q %s tried to %s: %v", database, role, sql, err)
	}
}

// syncAll applies a spec in all databases; whether anything was done must be as expected.
func (c *cluster) syncAll(conn *pgx.Conn, yaml string, applies bool) *SequenceResult {
	c.Helper()
	result, err := SyncDatabases(context.Background(), conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatalf("%v\nspec:\n%s", err, yaml)
	}
	if result.Applied() != applies {
		c.Errorf("applied: %v, but expected %v; statements:%s\nspec:\n%s", result.Applied(), applies, statementsIn(result.Sequence), yaml)
	}
	return result
}

func statementsIn(s *planner.Sequence) string {
	var text strings.Builder
	for _, plan := range s.Plans {
		fmt.Fprintf(&text, "\n in %q:%s", plan.Server.Database, statementsOf(&Result{Plan: plan}))
	}
	return text.String()
}

// everyone who connects in the tests of several databases.
func (c *cluster) eachConnecting(do func(t *testing.T, c *cluster, conn *pgx.Conn), databases ...string) {
	t := c.TB.(*testing.T)
	for _, name := range []string{"postgres", "admin"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := newFleet(t, databases...)
			do(t, own, own.connect(name, warehouse, ""))
		})
	}
}

// quoted writes a text as YAML's double-quoted style has it, which is JSON's.
func quoted(name string) string { return fmt.Sprintf("%q", name) }

// TestInOtherDatabases: what a role is to have elsewhere it gets there, once, and loses there what is not listed;
// whoever is not in the spec, or of whose part in a database nothing is said, keeps what there is.
func TestInOtherDatabases(t *testing.T) {
	t.Parallel()
	(&cluster{TB: t}).eachConnecting(func(t *testing.T, c *cluster, conn *pgx.Conn) {
		for _, odd := range oddDatabases {
			c.execIn(odd, `GRANT USAGE ON SCHEMA s TO alice, bob, outsider`, `GRANT INSERT ON s.t TO alice, bob, outsider`)
		}
		var in, without strings.Builder
		for i, odd := range oddDatabases {
			how := []string{"grants", "direct_grants"}[i%2]
			fmt.Fprintf(&in, "      %s:\n        %s: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]\n        settings: {work_mem: 1234kB}\n", quoted(odd), how)
			fmt.Fprintf(&without, "      %s: {}\n", quoted(odd))
		}
		const head = "version: 1\nroles:\n  bob: {login: {}}\n  newcomer: {login: {}}\n  alice:\n    login: {}\n    grants: [USAGE ON SCHEMA s]\n    in:\n"
		c.syncAll(conn, head+in.String(), true)
		for _, odd := range oddDatabases {
			c.canIn(true, odd, "alice", "SELECT FROM s.t")
			c.canIn(false, odd, "alice", "INSERT INTO s.t VALUES (1)")
			c.canIn(false, odd, "alice", "SELECT FROM s.u")
			c.canIn(true, odd, "bob", "INSERT INTO s.t VALUES (1)") // nothing is said of bob there
			c.canIn(true, odd, "outsider", "INSERT INTO s.t VALUES (1)")
			if got := one2[string](c, c.asIn("alice", odd), "SHOW work_mem"); got != "1234kB" {
				t.Errorf("in %q work_mem of alice is %s", odd, got)
			}
		}
		c.canIn(true, warehouse, "alice", "SELECT 's.t'::regclass")
		c.syncAll(conn, head+in.String(), false)
		c.syncAll(conn, head+without.String(), true)
		for _, odd := range oddDatabases {
			c.canIn(false, odd, "alice", "SELECT FROM s.t")
			c.canIn(true, odd, "outsider", "INSERT INTO s.t VALUES (1)")
		}
		c.syncAll(conn, head+without.String(), false)
		plan, err := PlanDatabases(context.Background(), conn, parse(t, head+without.String()), Options{Undecided: true})
		if err != nil || !plan.InSync() {
			t.Errorf("left to do: %v", err)
		}
	}, oddDatabases...)
}

// one2 gives the one value that a query has on a connection.
func one2[T any](c *cluster, conn *pgx.Conn, sql string, args ...any) (value T) {
	c.Helper()
	if err := conn.QueryRow(context.Background(), sql, args...).Scan(&value); err != nil {
		c.Fatalf("%s: %v", sql, err)
	}
	return value
}

// TestOrderOfDatabases: logins are lost first, then comes what is gained of what is shared, then the others by name,
// and at last what is lost of what is shared.
func TestOrderOfDatabases(t *testing.T) {
	t.Parallel()
	(&cluster{TB: t}).eachConnecting(func(t *testing.T, c *cluster, conn *pgx.Conn) {
		mustExec(t, c.asAdmin(), `CREATE ROLE readers`)
		mustExec(t, c.asAdmin(), `GRANT readers TO alice`)
		c.execIn("a b", `GRANT USAGE ON SCHEMA s TO readers`, `GRANT SELECT ON s.t TO readers`)
		const yaml = `
version: 1
roles:
  bob: {}
  newcomer: {login: {}, in: {z: {direct_grants: [USAGE ON SCHEMA s]}}}
  alice:
    login: {}
    in: {"a b": {grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}}
`
		s, err := PlanDatabases(context.Background(), conn, parse(t, yaml), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, step := range s.Steps() {
			for _, statement := range step.Statements {
				if !statement.Section.IsTemporary() {
					got = append(got, step.Server.Database+": "+fmt.Sprintf("%T", statement.Change))
				}
			}
		}
		got = slices.Compact(got)
		if first, last := got[0], got[len(got)-1]; first != "warehouse: catalog.AlterRole" || last != "warehouse: catalog.RevokeRole" {
			t.Errorf("in the order %q", got)
		}
		places := []int{slices.Index(got, "warehouse: catalog.CreateRole"), slices.Index(got, "a b: catalog.Grant"), slices.Index(got, "z: catalog.Grant")}
		if places[0] < 0 || !slices.IsSorted(places) {
			t.Errorf("in the order %q", got)
		}
		c.syncAll(conn, yaml, true)
		c.syncAll(conn, yaml, false)
		c.canIn(true, "a b", "alice", "SELECT FROM s.t")
		c.canIn(false, "a b", "bob", "SELECT")
		c.exec("ALTER ROLE newcomer PASSWORD '" + password + "'")
		c.canIn(true, "z", "newcomer", "SELECT 's.t'::regclass")
	}, "z", "a b")
}

// TestDatabasesThatStop: at the first failure all stops, what was done is said, and the next run goes on.
func TestDatabasesThatStop(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a", "b", "c")
	c.execIn("b", `CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not now''; END'`,
		`CREATE EVENT TRIGGER stop ON ddl_command_start EXECUTE PROCEDURE stop()`)
	var yaml strings.Builder
	yaml.WriteString("version: 1\nroles:\n  newcomer:\n    login: {password: {env: PASSWORD}}\n    in:\n")
	for _, name := range []string{"a", "b", "c"} {
		fmt.Fprintf(&yaml, "      %s: {direct_grants: [USAGE ON SCHEMA s]}\n", name)
	}
	_, err := SyncDatabases(context.Background(), c.super, parse(t, yaml.String()), Options{})
	var stopped *SequenceError
	if !errors.As(err, &stopped) {
		t.Fatalf("got %v", err)
	}
	failsAs(t, err, FailedPartly)
	const want = `committed: database "warehouse", database "a" (what they did is safe to keep, and running it again goes on from there); rolled back: database "b"; not begun: database "c": in database "b": `
	if !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "not now") {
		t.Errorf("got %v", err)
	}
	c.canIn(true, "a", "newcomer", "SELECT 's.t'::regclass")
	c.canIn(false, "b", "newcomer", "SELECT 's.t'::regclass")
	c.execIn("b", `SET session_replication_role = replica; DROP EVENT TRIGGER stop`)
	result := c.syncAll(c.super, yaml.String(), true)
	if len(result.Results) != 2 {
		t.Errorf("%d steps", len(result.Results))
	}
	c.canIn(true, "c", "newcomer", "SELECT 's.t'::regclass")
}
