package executor

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/planner"
	"pgsr/planner/access"
)

func TestApplyRecordsItselfInItsTransaction(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	conn := c.asPostgres()
	c.install(conn)
	var running []*planner.Plan
	held := make(chan *access.Effect, 1)
	options := Options{Version: "1.2.3", Running: func(plan *planner.Plan) {
		running = append(running, plan)
		go func() { held <- plan.Held() }()
	}}
	result, err := c.syncShop(context.Background(), conn, options)
	if err != nil {
		t.Fatal(err)
	}
	if len(running) != 1 || running[0] != result.Plan || !reflect.DeepEqual(<-held, result.Plan.Held()) {
		t.Errorf("what ran was not told, or not what it means: %v", running)
	}
	entries := c.ledger(conn)
	if len(entries) != 1 {
		t.Fatalf("%d entries", len(entries))
	}
	e := entries[0]
	if e.Digest != result.Plan.Digest() || e.Statements != len(result.Plan.Statements) || e.Result != "applied" || e.Version != "1.2.3" ||
		e.AppliedBy != "postgres" || e.Database != warehouse || e.Duration <= 0 {
		t.Errorf("%+v", e)
	}
	if !one[bool](c, `SELECT l.xmin = r.xmin FROM pgsr.ledger AS l, pg_authid AS r WHERE r.rolname = 'alice'`) {
		t.Error("the entry and the role were written by two transactions")
	}
	if verifier := one[string](c, `SELECT rolpassword FROM pg_authid WHERE rolname = 'alice'`); strings.Contains(e.Script, verifier[len(verifier)-40:]) ||
		!strings.Contains(e.Script, "(hidden)") {
		t.Errorf("the verifier is not masked:\n%s", e.Script)
	}
	if _, err := c.syncShop(context.Background(), conn, options); err != nil {
		t.Fatal(err)
	}
	if len(c.ledger(conn)) != 1 || len(running) != 1 {
		t.Error("a run that had nothing to do is in the ledger")
	}
}

func (c *cluster) install(conn *pgx.Conn) {
	c.Helper()
	if _, _, err := ledger.Install(context.Background(), conn); err != nil {
		c.Fatal(err)
	}
}

func (c *cluster) ledger(conn *pgx.Conn) []ledger.Entry {
	c.Helper()
	entries, err := ledger.List(context.Background(), conn, 0)
	if err != nil {
		c.Fatal(err)
	}
	return entries
}

func TestRolledBackApplyLeavesNoEntry(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	conn := c.asPostgres()
	c.install(conn)
	c.onCommand("ddl_command_end", `REVOKE SELECT ON sales.parts FROM PUBLIC; RAISE EXCEPTION 'no';`)
	if _, err := c.syncShop(context.Background(), conn, Options{}); err == nil {
		t.Fatal("it went through")
	}
	if entries := c.ledger(conn); len(entries) != 0 {
		t.Errorf("%+v", entries)
	}
}

func TestWithoutALedgerNothingIsRecorded(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.sync(shopSpec, true)
	if one[bool](c, `SELECT to_regnamespace('pgsr') IS NOT NULL`) {
		t.Error("there is a schema pgsr")
	}
}

// TestLedgerThatMayNotBeWrittenNamesTheGrants: and with them, it works.
func TestLedgerThatMayNotBeWrittenNamesTheGrants(t *testing.T) {
	t.Parallel()
	c := newShop(t, `CREATE ROLE "the admin" LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO "the admin"`)
	c.install(c.super)
	conn := c.connect("the admin", warehouse, "")
	s := parse(t, "version: 1\nroles:\n  alice: {login: {}}")
	remedies := []string{`GRANT USAGE ON SCHEMA "pgsr" TO "the admin"`, `GRANT INSERT ON TABLE "pgsr"."ledger" TO "the admin"`}
	c.unchanged(func() {
		_, err := Sync(context.Background(), conn, s, Options{})
		saysAll(t, err, remedies...)
	})
	isUsable(t, conn)
	c.exec(remedies...)
	if _, err := Sync(context.Background(), conn, s, Options{}); err != nil {
		t.Fatal(err)
	}
	if entries := c.ledger(c.super); len(entries) != 1 || entries[0].AppliedBy != "the admin" {
		t.Errorf("%+v", entries)
	}
}

// TestLedgerSaysWhatItMeansForOthers: also for who is not in the spec, and has its roles.
func TestLedgerSaysWhatItMeansForOthers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE readers`, `CREATE ROLE bob`, `GRANT readers TO bob`, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`)
	c.install(c.super)
	c.sync("version: 1\nroles:\n  readers:\n    grants: [SELECT ON TABLE sales.orders]\n", true)
	entry := c.ledger(c.super)[0]
	for _, line := range []string{"+ bob gains SELECT on TABLE sales.orders via readers (by a privilege role)", "+ readers gains SELECT on TABLE sales.orders"} {
		if !strings.Contains(entry.Effect, line) {
			t.Errorf("the effect does not say %q:\n%s", line, entry.Effect)
		}
	}
	if !strings.Contains(entry.Rollback, "DROP ROLE") {
		t.Errorf("there is no way back:\n%s", entry.Rollback)
	}
}

// TestLedgerThatIsInstalledMeanwhileIsWritten: also what it means for others, which takes reading more than was read
// without a ledger.
func TestLedgerThatIsInstalledMeanwhileIsWritten(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE readers`, `CREATE ROLE bob`, `GRANT readers TO bob`, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`)
	s := parse(t, "version: 1\nroles:\n  readers:\n    grants: [SELECT ON TABLE sales.orders]\n")
	confirm := func(*planner.Plan) (bool, error) { c.install(c.super); return true, nil }
	if _, err := Sync(context.Background(), c.asPostgres(), s, Options{Confirm: confirm}); err != nil {
		t.Fatal(err)
	}
	if entry := c.ledger(c.super)[0]; !strings.Contains(entry.Effect, "+ bob gains SELECT on TABLE sales.orders") {
		t.Errorf("the effect does not say what bob gains:\n%s", entry.Effect)
	}
}

// TestWayBackInTheLedgerCanBeRun: with a password of the environment in the place of that which the ledger hides.
func TestWayBackInTheLedgerCanBeRun(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE bob LOGIN PASSWORD '`+password+`'`)
	c.name = warehouse
	c.install(c.super)
	c.sync("version: 1\nroles:\n  bob: {}\n", true)
	back := c.ledger(c.super)[0].Rollback
	if strings.Contains(back, "SCRAM-SHA-256$4096") || strings.Contains(back, "(hidden)") {
		t.Errorf("it is masked, or is not:\n%s", back)
	}
	if out, status := c.psql("postgres", "\\setenv PGSR_PASSWORD_1 '"+password+"'\n"+back); status != 0 {
		t.Fatalf("psql's status is %d:\n%s\n%s", status, out, back)
	}
	c.can("bob", "SELECT")
}
