package executor

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"pgsr/executor/inspect"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

// staleSpec is what the scripts of these tests are planned from.
const staleSpec = `
version: 1
roles:
  alice:
    member_of: [analysts]
    grants:
      - SELECT ON TABLE sales.orders
    direct_grants:
      - INSERT ON TABLE sales.orders
  bob:
    owns:
      - TABLE sales.parts
`

var staleSetup = []string{
	`CREATE ROLE alice`, `CREATE ROLE bob`, `CREATE ROLE carol`, `CREATE ROLE analysts`,
	`CREATE SCHEMA sales`, `CREATE SCHEMA other`, `CREATE TABLE sales.orders (a serial, b int)`, `CREATE TABLE sales.parts (a int)`,
	`CREATE TABLE sales.elsewhere (a int)`, `GRANT UPDATE ON sales.orders TO alice`,
}

// interferences are what may happen between the planning of a script and its run, and what the script must then name.
var interferences = []struct{ what, by, names string }{
	{"a grant on a table that it changes", `GRANT DELETE ON sales.orders TO carol`, `TABLE sales.orders: carol has DELETE, had nothing`},
	{"a grant option", `GRANT UPDATE ON sales.orders TO alice WITH GRANT OPTION`, `TABLE sales.orders: alice has UPDATE*, had UPDATE`},
	{"a grant on a column", `GRANT SELECT (b) ON sales.orders TO carol`, `TABLE sales.orders column b: carol has SELECT, had nothing`},
	{"a grant to PUBLIC", `GRANT SELECT ON sales.orders TO PUBLIC`, `TABLE sales.orders: PUBLIC has SELECT, had nothing`},
	{"a revoke", `REVOKE UPDATE ON sales.orders FROM alice`, `TABLE sales.orders: alice has nothing, had UPDATE`},
	{"a revoke from the owner", `REVOKE DELETE ON sales.parts FROM postgres`, `TABLE sales.parts: postgres has INSERT, `},
	{"a revoke of all that the owner has", `REVOKE ALL ON sales.parts FROM postgres`, `TABLE sales.parts: postgres has nothing, had DELETE, INSERT, `},
	{"a new owner", `ALTER TABLE sales.parts OWNER TO carol`, `TABLE sales.parts belongs to carol, belonged to postgres`},
	{"a drop", `DROP TABLE sales.orders`, `TABLE sales.orders is not there`},
	{"a drop and a new one of the same name", `DROP TABLE sales.parts; CREATE TABLE sales.parts (a int)`, `TABLE sales.parts is another one of the same name`},
	{"a rename", `ALTER TABLE sales.orders RENAME TO orders_old`, `TABLE sales.orders is not there`},
	{"two tables swapped", `ALTER TABLE sales.parts RENAME TO x; ALTER TABLE sales.elsewhere RENAME TO parts`, `TABLE sales.parts is another one of the same name`},
	{"a membership that it grants", `GRANT analysts TO alice`, `membership of alice in analysts`},
	{"an attribute", `ALTER ROLE alice SUPERUSER`, `role alice is SUPERUSER`},
	{"the end of a password", `ALTER ROLE bob VALID UNTIL '2031-01-01'`, `VALID UNTIL 2031-01-01 00:00:00.000000`},
	{"a role that is gone", `REASSIGN OWNED BY bob TO postgres; DROP ROLE bob`, `role bob is not there`},
	{"a role of the same name", `DROP ROLE analysts; CREATE ROLE analysts`, `role analysts is another one of the same name`},
}

// unrelated are changes that have nothing to do with the script, so that it runs all the same.
var unrelated = []string{
	`GRANT SELECT ON sales.elsewhere TO carol`, `ALTER TABLE sales.elsewhere OWNER TO carol`, `CREATE ROLE dave LOGIN`,
	`GRANT analysts TO carol`, `ALTER ROLE carol LOGIN`, `CREATE TABLE sales.new (a int)`, `ALTER SCHEMA other RENAME TO another`,
	`INSERT INTO sales.orders (b) VALUES (1)`, `ALTER TABLE sales.orders ADD COLUMN c int`, `DROP TABLE sales.elsewhere`,
}

func TestScriptRefusesWhenItIsStale(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, interference := range interferences {
		t.Run(interference.what, func(t *testing.T) {
			d := c.database(t, fmt.Sprintf("stale%d", i))
			text := d.script()
			d.exec(interference.by)
			before := d.whole()
			out, status := d.psql("postgres", text)
			if status != 3 || !strings.Contains(out, interference.names) || !strings.Contains(out, Stale) {
				t.Errorf("psql's status is %d, and it does not say %q:\n%s", status, interference.names, out)
			}
			d.sameAs(before)
		})
	}
}

func TestScriptRunsInSpiteOfUnrelatedChanges(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "unrelated")
	text := d.script()
	d.exec(unrelated...)
	if out, status := d.psql("postgres", text); status != 0 {
		t.Fatalf("psql's status is %d:\n%s", status, out)
	}
	d.sync(staleSpec, false)
}

func TestScriptRefusesElsewhere(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "here")
	text := d.script()
	d.exec(`CREATE ROLE other_one LOGIN SUPERUSER`)
	there := c.database(t, "there", "drop roles first")
	if out, status := there.psql("postgres", text); status != 3 || !strings.Contains(out, `connected to database there, but written for here`) {
		t.Errorf("in another database psql's status is %d:\n%s", status, out)
	}
	if out, status := d.psql("other_one", text); status != 3 || !strings.Contains(out, `run as role other_one, but written for postgres`) {
		t.Errorf("as another role psql's status is %d:\n%s", status, out)
	}
	text = strings.ReplaceAll(text, d.identifier(), "1234567890123456789")
	if out, status := d.psql("postgres", text); status != 3 || !strings.Contains(out, `but written for 1234567890123456789`) {
		t.Errorf("in another cluster psql's status is %d:\n%s", status, out)
	}
}

// meddler takes INSERT from alice whenever something is granted.
var meddler = []string{
	`CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS
		$$ BEGIN REVOKE INSERT ON sales.orders FROM alice; END $$`,
	`CREATE EVENT TRIGGER meddler ON ddl_command_end WHEN TAG IN ('GRANT') EXECUTE PROCEDURE meddle()`,
}

// TestScriptChecksItself lets an event trigger undo a grant, as a well-meant one might.
func TestScriptChecksItself(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "meddling")
	text := d.script()
	d.exec(meddler...)
	before := d.whole()
	out, status := d.psql("postgres", text)
	if status != 3 || !strings.Contains(out, `the result is not what was planned`) || !strings.Contains(out, `TABLE sales.orders: alice has nothing, had INSERT`) {
		t.Errorf("psql's status is %d:\n%s", status, out)
	}
	d.sameAs(before)
	out, _ = d.psql("postgres", strings.ReplaceAll(text, `\set ON_ERROR_STOP on`, ``))
	if strings.Contains(out, "COMMIT\n") || !strings.Contains(out, "ROLLBACK\n") {
		t.Errorf("without ON_ERROR_STOP something was committed:\n%s", out)
	}
	d.sameAs(before)
}

// Stale is how the refusal of a stale script begins.
const Stale = "this script is stale"

// database makes a database with what the tests start from, and the roles anew.
func (c *cluster) database(t *testing.T, name string, keepRoles ...string) *cluster {
	t.Helper()
	c.exec(`CREATE DATABASE ` + name)
	d := &cluster{TB: t, server: c.server, major: c.major, name: name}
	d.super = d.connect("postgres", name, "")
	if len(keepRoles) > 0 {
		return d
	}
	d.exec(staleSetup...)
	t.Cleanup(func() {
		d.super.Close(context.Background())
		c.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+name+`'`, `DROP DATABASE `+name)
		for _, role := range []string{"alice", "bob", "carol", "dave", "analysts"} {
			c.exec(`DROP ROLE IF EXISTS ` + role)
		}
	})
	return d
}

// script plans staleSpec and gives the script.
func (c *cluster) script() string {
	c.Helper()
	s := parse(c, staleSpec)
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	var text bytes.Buffer
	if err := Write(&text, s, plan, Options{}); err != nil {
		c.Fatal(err)
	}
	return text.String()
}

// psql runs a script with plain psql, and gives what it said and its exit status.
func (c *cluster) psql(user, text string) (string, int) {
	c.Helper()
	cmd := exec.Command(psqlPath(c), "-X", "-d", c.server.URL(user, c.name, ""))
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		c.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func (c *cluster) whole() *catalog.Catalog {
	c.Helper()
	scope, err := wholeScope(context.Background(), c.super)
	if err != nil {
		c.Fatal(err)
	}
	return inspectReading(c, c.super, scope, inspect.Scoped)
}

func (c *cluster) sameAs(before *catalog.Catalog) {
	c.Helper()
	if diff := catalogtest.AllDifferences(before, c.whole()); len(diff) > 0 {
		c.Errorf("something was changed:\n%s", strings.Join(diff, "\n"))
	}
}

func (c *cluster) identifier() string {
	c.Helper()
	return one[string](c, `SELECT system_identifier::text FROM pg_control_system()`)
}
