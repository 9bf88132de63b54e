package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// additionsSpec is about a role that gets what privilege roles hold; {holder} stands for that on the table.
const additionsSpec = `version: 1
roles:
  {role}: {login: {}, grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.{table}]}
`

// lookToVerify is told where it is looked once more at everything after the statements have run.
const lookToVerify = "verifying: looking for differences"

// TestAdditionsTakeThreeRoundTrips: a role that gets what privilege roles hold that are there is planned from the look
// that sees that it is missing, to the same as from everything. Statements and verification are sent at once, and then
// COMMIT.
func TestAdditionsTakeThreeRoundTrips(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`)
	c.sync(strings.NewReplacer("{role}", "first", "{table}", "t").Replace(additionsSpec), true)
	conn, counted := c.asCounted()
	for round, name := range []string{"second", "third"} {
		yaml := strings.NewReplacer("{role}", name, "{table}", "t").Replace(additionsSpec)
		plan, err := Plan(context.Background(), conn, parse(t, yaml), Options{})
		if err != nil {
			t.Fatal(err)
		}
		counted.trips.Store(0)
		result := c.syncAs(conn, yaml, true)
		if !isConfirmed(result.Plan, plan) {
			t.Errorf("%s: from everything %+v was planned, and %+v was run", name, plan.Statements, result.Plan.Statements)
		}
		if n := counted.trips.Load(); round > 0 && n != 3 || result.Attempts != 1 {
			t.Errorf("%s: it took %d round trips and %d attempts", name, n, result.Attempts)
		}
	}
}

// TestAdditionsAfterAChange: what is planned from the look is run under the lock. Whatever was committed until the lock
// was had, the role ends with exactly what the spec says.
func TestAdditionsAfterAChange(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE ROLE team`, `CREATE SCHEMA s`, `CREATE TABLE s.other (a int)`)
	for i, meddling := range []struct {
		sql      string
		attempts int
	}{
		{sql: `SELECT 1`, attempts: 1},
		{sql: `COMMENT ON ROLE team IS 'of no matter'`, attempts: 1},
		{sql: `CREATE ROLE {role} CREATEDB`, attempts: 2},
		{sql: `CREATE ROLE {role}; GRANT INSERT ON s.{table} TO {role}`, attempts: 2},
		{sql: `GRANT INSERT ON s.{table} TO {holder}`, attempts: 2},
		{sql: `GRANT SELECT (a) ON s.other TO {holder}`, attempts: 2},
		{sql: `GRANT team TO {holder}`, attempts: 2},
		{sql: `ALTER ROLE {holder} CREATEROLE`, attempts: 2},
		{sql: `REVOKE SELECT ON s.{table} FROM {holder}`, attempts: 3}, // a new privilege role would have the holder's name
		{sql: `DROP OWNED BY {holder}; DROP ROLE {holder}`, attempts: 2},
		{sql: `ALTER TABLE s.{table} RENAME TO was_{table}; CREATE TABLE s.{table} (a int)`, attempts: 2},
		{sql: `DROP TABLE s.{table}`},
	} {
		table, role := fmt.Sprintf("t%d", i), fmt.Sprintf("second%d", i)
		c.exec(`CREATE TABLE s.` + table + ` (a int)`)
		c.sync(strings.NewReplacer("{role}", "first", "{table}", table).Replace(additionsSpec), true)
		wanted := strings.NewReplacer("{role}", role, "{table}", table).Replace(additionsSpec)
		holder := one[string](c, `SELECT i.grantee::regrole::text FROM pg_class, aclexplode(relacl) AS i
			WHERE oid = 's.`+table+`'::regclass AND privilege_type = 'SELECT' AND i.grantee <> relowner`)
		conn := c.asPostgres()
		_, release := c.hold(lockKey(parse(t, wanted)))
		var told strings.Builder
		options := Options{Progress: func(p Progress) { told.WriteString(p.Doing + "\n") }}
		done := start(func() (*Result, error) { return Sync(ctx, conn, parse(t, wanted), options) })
		c.awaitWaiter(conn, "advisory")
		c.exec(strings.NewReplacer("{role}", role, "{table}", table, "{holder}", holder).Replace(meddling.sql))
		release()
		outcome := <-done
		switch {
		case meddling.attempts == 0:
			if !errors.As(outcome.err, new(*MissingError)) {
				t.Errorf("%s: %v", meddling.sql, outcome.err)
			}
		case outcome.err != nil || outcome.result.Attempts != meddling.attempts:
			t.Errorf("%s: %+v %v", meddling.sql, outcome.result, outcome.err)
		case strings.Contains(told.String(), lookToVerify) != (meddling.sql != `SELECT 1`):
			t.Errorf("%s: told:\n%s", meddling.sql, told.String())
		default:
			c.hasJustSelect(meddling.sql, role, "s."+table)
			c.sync(wanted, false)
		}
	}
}

// hasJustSelect asks the server what the role can do.
func (c *cluster) hasJustSelect(after, role, table string) {
	c.Helper()
	does := one[string](c, `SELECT concat_ws(' ', has_table_privilege($1, $2, 'SELECT'), has_schema_privilege($1, 's', 'USAGE'), has_table_privilege($1, $2, 'INSERT'),
		has_any_column_privilege($1, 's.other', 'SELECT'), pg_has_role($1, 'team', 'USAGE'), (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = $1))`, role, table)
	if does != "t t f f f f" {
		c.Errorf("after %s: SELECT, USAGE, INSERT, another table, team, attributes: %s", after, does)
	}
}

// TestAdditionsWithALedgerSince: where a ledger is installed until the lock is had, the next attempt is recorded.
func TestAdditionsWithALedgerSince(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`)
	spec := func(role string) string {
		return strings.NewReplacer("{role}", role, "{table}", "t").Replace(additionsSpec)
	}
	c.sync(spec("first"), true)
	conn := c.asPostgres()
	_, release := c.hold(lockKey(parse(t, spec("second"))))
	done := start(func() (*Result, error) { return Sync(context.Background(), conn, parse(t, spec("second")), Options{}) })
	c.awaitWaiter(conn, "advisory")
	c.install(c.super)
	release()
	if outcome := <-done; outcome.err != nil || outcome.result.Attempts != 2 {
		t.Fatalf("%+v %v", outcome.result, outcome.err)
	}
	if entries := c.ledger(c.super); len(entries) != 1 {
		t.Errorf("%d entries", len(entries))
	}
}
