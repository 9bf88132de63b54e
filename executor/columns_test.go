package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// columnSpec lets alice read, by some phrase.
func columnSpec(key, phrase string) string {
	return fmt.Sprintf("version: 1\nroles:\n  alice:\n    login: {password: {env: PASSWORD}}\n    direct_grants:\n    - USAGE ON SCHEMA sales\n"+
		map[string]string{"direct_grants": "    - %[2]s\n", "grants": "    %[1]s:\n    - %[2]s\n"}[key], key, quoteYAML(phrase))
}

// TestColumnsWithoutAGap: from the table to its columns and back there is no moment in which a reader is refused.
func TestColumnsWithoutAGap(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int, b text)`)
	for _, key := range []string{"direct_grants", "grants"} {
		table, columns := columnSpec(key, `SELECT ON TABLE sales.orders`), columnSpec(key, `SELECT (a) ON TABLE sales.orders`)
		c.sync(table, true)
		stop := c.readsAlways("alice", `SELECT a FROM sales.orders`)
		for range 10 {
			c.sync(columns, true)
			c.sync(columns, false)
			c.cannot("alice", `SELECT b FROM sales.orders`)
			c.sync(table, true)
			c.sync(table, false)
			c.can("alice", `SELECT b FROM sales.orders`)
		}
		if reads, err := stop(); err != nil || reads < 20 {
			t.Errorf("%s: after %d times: %v", key, reads, err)
		}
	}
}

// readsAlways reads as a role on a connection of its own until that is stopped, and then tells how often it did, and
// why it could not once.
func (c *cluster) readsAlways(role, sql string) (stop func() (int, error)) {
	conn := c.connect(role, warehouse, password)
	done, ended := make(chan struct{}), sync.WaitGroup{}
	var reads int
	var failed error
	ended.Add(1)
	go func() {
		defer ended.Done()
		for failed == nil {
			select {
			case <-done:
				return
			default:
				_, failed = conn.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol)
				reads++
			}
		}
	}()
	return func() (int, error) {
		close(done)
		ended.Wait()
		return reads, failed
	}
}

// TestDroppedColumns: what a dropped column keeps of its ACL up to 16 is not there for us.
// https://www.postgresql.org/docs/current/catalog-pg-attribute.html
func TestDroppedColumns(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int, b text, c int)`)
	for _, key := range []string{"direct_grants", "grants"} {
		with := columnSpec(key, `SELECT (a, b) ON TABLE sales.orders`)
		c.sync(with, true)
		c.exec(`ALTER TABLE sales.orders DROP COLUMN b`)
		_, err := Plan(context.Background(), c.super, parse(t, with), Options{})
		if err == nil || !strings.Contains(err.Error(), "TABLE sales.orders has no column b: the nearest are a, c") {
			t.Errorf("%s: %v", key, err)
		}
		c.sync(columnSpec(key, `SELECT (a) ON TABLE sales.orders`), key == "grants") // a membership is left
		c.sync(columnSpec(key, `SELECT (a) ON TABLE sales.orders`), false)
		c.exec(`ALTER TABLE sales.orders ADD COLUMN b text`)
	}
}

// TestPrivilegeRolesOfColumns are one for each relation, column and privilege, found by the column's ACL whoever named
// them, whatever is read.
func TestPrivilegeRolesOfColumns(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int, b text)`)
	const bob = "  bob:\n    grants: ['SELECT (a, b) ON TABLE sales.orders']\n"
	alice := columnSpec("grants", `SELECT (a, b), UPDATE (a) ON TABLE sales.orders`)
	c.sync(alice, true)
	count := func() int {
		return one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname ~ '^_pgsr_local_[0-9]+_column_(select|update)_[0-9a-f]{8}$'`)
	}
	if count() != 3 {
		t.Errorf("there are %d privilege roles", count())
	}
	c.sync(alice+bob, true)
	if count() != 3 {
		t.Errorf("with another member there are %d privilege roles", count())
	}
	if result, err := syncReadingAll(context.Background(), c.super, parse(t, alice+bob), Options{}); err != nil || result.Applied {
		t.Errorf("reading all, something is left to do: %v %s", err, statementsOf(result))
	}
	c.sync(columnSpec("grants", `SELECT (b) ON TABLE sales.orders`), true)
	c.cannot("alice", `SELECT a FROM sales.orders`)
	c.can("alice", `SELECT b FROM sales.orders`)
}

// TestColumnsInEveryFormat: script, saved plan, migration and the way back do the same.
func TestColumnsInEveryFormat(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int, "B ""c""" text)`, `CREATE ROLE etl`, `CREATE ROLE helper`, `GRANT USAGE ON SCHEMA sales TO etl`,
		`GRANT SELECT ON sales.orders TO etl WITH GRANT OPTION`, `GRANT UPDATE (a) ON sales.orders TO etl`,
		`SET ROLE etl; GRANT SELECT (a) ON sales.orders TO helper; RESET ROLE`)
	c.everyFormatDoes(`version: 1
roles:
  etl:
    grants: ['SELECT ("B ""c""") ON TABLE sales.orders']
    direct_grants:
    - USAGE ON SCHEMA sales
    - SELECT (a) ON TABLE sales.orders
    - INSERT (a) ON TABLE sales.orders WITH GRANT OPTION
    - TRUNCATE ON TABLE sales.orders UNTIL '2999-12-31T00:00:00Z'
`, 6)
}

// TestEnds: what has an end is granted until then, and a script and a saved plan that give it are stale after it.
func TestEnds(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`)
	until := func(moment time.Time) string {
		return columnSpec("direct_grants", `SELECT ON TABLE sales.orders UNTIL '`+moment.Format(time.RFC3339Nano)+`'`) +
			"    grants: [\"INSERT ON TABLE sales.orders UNTIL '" + moment.Format(time.RFC3339Nano) + "'\"]\n"
	}
	end := one[time.Time](c, `SELECT now()`).Add(3 * time.Second)
	yaml := until(end)
	s, plan := c.planFor(yaml)
	if len(plan.Ends) != 2 || !plan.StaleAfter.Equal(end) || !strings.Contains(plan.Ends[0], `role "alice": `) {
		t.Errorf("it ends %q, and is stale after %v", plan.Ends, plan.StaleAfter)
	}
	text, saved := c.written("psql", s, plan, Options{}), c.readBack(s, plan)
	if markdown := c.written("markdown", s, plan, Options{}); !slices.Equal(saved.Ends, plan.Ends) || !strings.Contains(markdown, "### Ends soon") || !strings.Contains(text, "-- ends soon: ") {
		t.Errorf("the saved plan names %q, Markdown says %s, the script %s", saved.Ends, markdown, text)
	}
	c.sync(yaml, true)
	c.can("alice", `SELECT FROM sales.orders`)
	c.can("alice", `INSERT INTO sales.orders VALUES (1)`)
	c.exec(`SELECT pg_sleep_until('` + end.Format(time.RFC3339Nano) + `')`)
	c.sync(yaml, true)
	c.cannot("alice", `SELECT FROM sales.orders`)
	c.cannot("alice", `INSERT INTO sales.orders VALUES (1)`)
	c.sync(yaml, false)
	c.exec(`DROP TABLE sales.orders`)
	c.sync(yaml, false) // what has ended is never missing
	c.exec(`CREATE TABLE sales.orders (a int)`)

	if out, err := c.runScript(text); err == nil || !strings.Contains(out, "this script is stale") || !strings.Contains(out, "but what it gives ends at") {
		t.Errorf("the script: %v %s", err, out)
	}
	_, err := ApplySaved(context.Background(), c.super, saved, Options{})
	if stale := new(StaleError); !errors.As(err, &stale) || !strings.Contains(stale.Error(), "but what it gives ends at") {
		t.Errorf("the saved plan: %v", err)
	}
}

// A plan that only takes something, or gives only what has no end, is not stale when something else ends.
func TestOnlyWhatIsGivenMakesStale(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`)
	end := one[time.Time](c, `SELECT now()`).Add(time.Hour)
	yaml := columnSpec("direct_grants", `SELECT ON TABLE sales.orders UNTIL '`+end.Format(time.RFC3339Nano)+`'`)
	c.sync(yaml, true)
	_, plan := c.planFor(yaml + "    - INSERT ON TABLE sales.orders\n")
	if !plan.StaleAfter.IsZero() || len(plan.Ends) != 1 || plan.IsEmpty() {
		t.Errorf("stale after %v, ends %q", plan.StaleAfter, plan.Ends)
	}
	plan, err := Plan(context.Background(), c.super, parse(t, yaml), Options{EndsWithin: time.Minute})
	if err != nil || len(plan.Ends) != 0 {
		t.Errorf("within a minute ends %q: %v", plan.Ends, err)
	}
}

// TestColumnsByOwner: a connecting role with CREATEROLE that owns the table by a membership gives and takes columns and
// options, and plans nothing the second time; the effect names the columns.
func TestColumnsByOwner(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '`+password+`'`, `CREATE ROLE team`, `GRANT team TO deployer`,
		`CREATE SCHEMA sales AUTHORIZATION team`, `CREATE TABLE sales.orders (a int, b text)`, `ALTER TABLE sales.orders OWNER TO team`,
		`CREATE ROLE neighbour LOGIN PASSWORD '`+password+`'`, `GRANT USAGE ON SCHEMA sales TO neighbour`, `GRANT SELECT (b) ON sales.orders TO neighbour`)
	conn := c.connect("deployer", warehouse, password)
	const without = "version: 1\nroles:\n  alice:\n    login: {}\n    direct_grants:\n    - USAGE ON SCHEMA sales\n"
	c.syncAs(conn, without, true)
	c.exec(`ALTER ROLE alice PASSWORD '` + password + `'`)
	for _, with := range []string{
		without + "    grants: ['SELECT (a) ON TABLE sales.orders']\n",
		without + "    - SELECT (a) ON TABLE sales.orders WITH GRANT OPTION\n",
	} {
		c.cannot("alice", `SELECT a FROM sales.orders`)
		plan, err := Plan(context.Background(), conn, parse(t, with), Options{Effect: true})
		if err != nil {
			t.Fatal(err)
		}
		if gains := fmt.Sprintf("%+v", plan.Effect().Gains); !strings.Contains(gains, "Column:a") {
			t.Errorf("the effect is %s", gains)
		}
		c.syncAs(conn, with, true)
		c.syncAs(conn, with, false)
		c.can("alice", `SELECT a FROM sales.orders`)
		c.cannot("alice", `SELECT b FROM sales.orders`)
		c.can("neighbour", `SELECT b FROM sales.orders`)
		c.syncAs(conn, without, true)
	}
	c.can("neighbour", `SELECT b FROM sales.orders`)
}
