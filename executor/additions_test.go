package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner"
)

// additionsSpec is about a role that gets what privilege roles hold; {holder} stands for that on the table.
const additionsSpec = `version: 1
roles:
  {role}: {login: {}, grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.{table}]}
`

// lookToVerify is told where it is looked once more at everything after the statements have run.
const lookToVerify = "verifying: looking for differences"

// newAdding is a cluster in which a superuser, or a CREATEROLE owner, adds roles. From 16 on that one does so by
// administrator roles.
func newAdding(t *testing.T) *cluster {
	t.Helper()
	return newOffice(t, `CREATE ROLE team`, `CREATE SCHEMA s AUTHORIZATION admin`, `SET ROLE admin`, `CREATE TABLE s.t ()`, `CREATE TABLE s.other (a int)`, `RESET ROLE`)
}

func eachAdding(t *testing.T, do func(t *testing.T, c *cluster, user string)) {
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			do(t, newAdding(t), user)
		})
	}
}

// TestAdditionsTakeFewRoundTrips: a role that gets what privilege roles hold that are there is planned from the look
// that sees that it is missing, to the same as from everything. Statements and verification are sent at once, and then
// COMMIT.
func TestAdditionsTakeThreeRoundTrips(t *testing.T) {
	t.Parallel()
	eachAdding(t, func(t *testing.T, c *cluster, user string) {
		c.syncAs(c.connect(user, warehouse, ""), strings.NewReplacer("{role}", "first", "{table}", "t").Replace(additionsSpec), true)
		c.exec(`SET ROLE admin`, `CREATE ROLE old LOGIN`, `RESET ROLE`)
		conn, counted := c.asCounted(user)
		for round, name := range []string{"second", "third", "old"} {
			yaml := strings.NewReplacer("{role}", name, "{table}", "t").Replace(additionsSpec)
			plan, err := Plan(context.Background(), conn, parse(t, yaml), Options{})
			if err != nil {
				t.Fatal(err)
			}
			counted.trips.Store(0)
			result := c.syncAs(conn, yaml, true)
			if !isConfirmed(result.Plan, plan) || !slices.Equal(result.Plan.Warnings, plan.Warnings) {
				t.Errorf("%s: from everything %+v was planned, and %+v was run", name, plan.Statements, result.Plan.Statements)
			}
			want := int64(3)
			if c.major >= 16 { // it is read who may grant the privilege roles
				want = 4
			}
			if n := counted.trips.Load(); round > 0 && n != want || result.Attempts != 1 {
				t.Errorf("%s: it took %d round trips and %d attempts", name, n, result.Attempts)
			}
		}
	})
}

// TestAdditionsAfterAChange: what is planned from the look is run under the lock. Whatever was committed until the lock
// was had, the role ends with exactly what the spec says.
func TestAdditionsAfterAChange(t *testing.T) {
	t.Parallel()
	eachAdding(t, func(t *testing.T, c *cluster, user string) {
		ifMissing := 2
		if c.major >= 16 && user == "admin" { // who may grant it is looked up under the lock
			ifMissing = 1
		}
		for i, meddling := range []meddling{
			{sql: `SELECT 1`, attempts: 1},
			{sql: `COMMENT ON ROLE team IS 'of no matter'`, attempts: 1},
			{sql: `CREATE ROLE {role} CREATEDB; GRANT {role} TO admin WITH ADMIN OPTION`, attempts: 2},
			{sql: `CREATE ROLE {role}; GRANT {role} TO admin WITH ADMIN OPTION; GRANT INSERT ON s.{table} TO {role}`, attempts: 2},
			{sql: `GRANT INSERT ON s.{table} TO {holder}`, attempts: 2},
			{sql: `GRANT SELECT (a) ON s.other TO {holder}`, attempts: 2},
			{sql: `GRANT team TO {holder}`, attempts: 2},
			{sql: `ALTER ROLE {holder} CREATEROLE`, attempts: 2},
			{sql: `REVOKE SELECT ON s.{table} FROM {holder}`, attempts: 3}, // a new privilege role would have the holder's name
			{sql: `DROP OWNED BY {holder}; DROP ROLE {holder}`, attempts: ifMissing},
			{sql: `ALTER TABLE s.{table} RENAME TO was_{table}; CREATE TABLE s.{table} (a int); ALTER TABLE s.{table} OWNER TO admin`, attempts: 2},
			{sql: `DROP TABLE s.{table}`},
		} {
			c.addsAfter(user, i, meddling)
		}
	})
}

// TestAdditionsByAdministratorsAfterAChange: so it is where an administrator role is no longer what it was. Those are
// looked up under the lock.
func TestAdditionsByAdministratorsAfterAChange(t *testing.T) {
	t.Parallel()
	for _, m := range []meddling{
		{sql: `REVOKE {administrator} FROM admin CASCADE`, isRefused: true},
		{sql: `REVOKE {holder} FROM {administrator} CASCADE`, isRefused: true},
		{sql: `REVOKE {holder} FROM {administrator} CASCADE; GRANT {holder} TO admin WITH ADMIN OPTION`, attempts: 1},
		{sql: `ALTER ROLE {administrator} RENAME TO _pgsr_administrator_0`, attempts: 1},
		{sql: `ALTER ROLE {administrator} LOGIN`, attempts: 1},
		{sql: `GRANT {administrator} TO team`, attempts: 1},
	} {
		t.Run(m.sql, func(t *testing.T) {
			t.Parallel()
			c := newAdding(t)
			if c.major < 16 {
				t.Skip("before 16 there are no administrator roles")
			}
			c.addsAfter("admin", 0, m)
		})
	}
}

// TestAdditionsWarnOfWhoGivesAway: a plan from the look warns of those of whom one from everything does.
func TestAdditionsWarnOfWhoGivesAway(t *testing.T) {
	t.Parallel()
	c := newAdding(t)
	if c.major < 16 {
		t.Skip("before 16 whoever has CREATEROLE can give away all roles")
	}
	c.exec(`CREATE ROLE eve LOGIN CREATEROLE`, `CREATE ROLE mallory`)
	admin := c.asAdmin()
	c.syncAs(admin, strings.NewReplacer("{role}", "first", "{table}", "t").Replace(additionsSpec), true)
	for i, sql := range []string{`SELECT 1`, `GRANT {table} TO eve WITH ADMIN OPTION`, `GRANT {administrator} TO mallory`, `ALTER ROLE mallory SUPERUSER`, `GRANT admin TO eve`} {
		c.exec(holdersOf(c).Replace(sql))
		yaml := strings.NewReplacer("{role}", fmt.Sprintf("more%d", i), "{table}", "t").Replace(additionsSpec)
		plan, err := Plan(context.Background(), admin, parse(t, yaml), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var told strings.Builder
		result, err := Sync(context.Background(), admin, parse(t, yaml), Options{Progress: func(p Progress) { told.WriteString(p.Doing + "\n") }})
		if err != nil || result.Attempts != 1 || strings.Contains(told.String(), "reading memberships") {
			t.Errorf("%s: %+v %v\n%s", sql, result, err, told.String())
		}
		if !slices.Equal(plan.Warnings, result.Plan.Warnings) || (len(plan.Warnings) > 0) != (i > 0) {
			t.Errorf("%s: from everything\n%q\nfrom the look\n%q", sql, plan.Warnings, result.Plan.Warnings)
		}
	}
}

// meddling is what somebody else does between the look and the lock, how many attempts it takes then, 0 for a table
// that is missing, and whether all is refused.
type meddling struct {
	sql       string
	attempts  int
	isRefused bool
}

// addsAfter adds a role, for which somebody meddles with the table and the privilege role on it.
func (c *cluster) addsAfter(user string, i int, m meddling) {
	c.Helper()
	table, role := fmt.Sprintf("t%d", i), fmt.Sprintf("second%d", i)
	c.exec(`SET ROLE admin`, `CREATE TABLE s.`+table+` (a int)`, `RESET ROLE`)
	c.syncAs(c.connect(user, warehouse, ""), strings.NewReplacer("{role}", "first", "{table}", table).Replace(additionsSpec), true)
	wanted := strings.NewReplacer("{role}", role, "{table}", table).Replace(additionsSpec)
	holder := one[string](c, `SELECT i.grantee::regrole::text FROM pg_class, aclexplode(relacl) AS i
		WHERE oid = 's.`+table+`'::regclass AND privilege_type = 'SELECT' AND i.grantee <> relowner`)
	administrator := one[string](c, `SELECT coalesce(min(member::regrole::text), '') FROM pg_auth_members WHERE roleid = $1::regrole AND admin_option`, holder)
	conn := c.connect(user, warehouse, "")
	_, release := c.hold(lockKey(parse(c, wanted)))
	var told strings.Builder
	options := Options{Progress: func(p Progress) { told.WriteString(p.Doing + "\n") }}
	done := start(func() (*Result, error) { return Sync(context.Background(), conn, parse(c, wanted), options) })
	c.awaitWaiter(conn, "advisory")
	c.exec(strings.NewReplacer("{role}", role, "{table}", table, "{holder}", holder, "{administrator}", administrator).Replace(m.sql))
	release()
	outcome := <-done
	switch {
	case m.isRefused:
		if !errors.As(outcome.err, new(*planner.Refusal)) {
			c.Errorf("%s: %v", m.sql, outcome.err)
		}
	case m.attempts == 0:
		if !errors.As(outcome.err, new(*MissingError)) {
			c.Errorf("%s: %v", m.sql, outcome.err)
		}
	case outcome.err != nil || outcome.result.Attempts != m.attempts:
		c.Errorf("%s: %+v %v", m.sql, outcome.result, outcome.err)
	case strings.Contains(told.String(), lookToVerify) != (m.sql != `SELECT 1`):
		c.Errorf("%s: told:\n%s", m.sql, told.String())
	default:
		c.hasJustSelect(m.sql, role, "s."+table)
		c.syncAs(conn, wanted, false)
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
