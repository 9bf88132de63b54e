package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// archiveTables is how many tables there are: more than a server with a small lock table can have privilege roles
// made for in one transaction.
const archiveTables = 400

// archiveSpec: a new role gets all of it, and one that may now log in, and has something directly, gets its part of
// it by that new role.
const archiveSpec = `
version: 1
roles:
  reader:
    grants: [SELECT ON ALL TABLES IN SCHEMA archive, USAGE ON SCHEMA archive]
  alice:
    login: {password: {env: PASSWORD}}
    member_of: [reader]
  bob: {}
`

// archiveSetup makes the roles and the schema.
var archiveSetup = []string{
	`CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`, `CREATE SCHEMA archive AUTHORIZATION admin`,
	`CREATE ROLE alice`, `CREATE ROLE bob LOGIN`, `GRANT alice, bob TO admin WITH ADMIN OPTION`,
}

// archiveTablesSetup makes the tables, few in each transaction, and grants on them.
func archiveTablesSetup() []string {
	const few = 10
	var out []string
	for from := 1; from <= archiveTables; from += few {
		out = append(out, fmt.Sprintf(`DO $$ BEGIN FOR i IN %d..%d LOOP
			EXECUTE format('CREATE TABLE archive.t%%s ()', i);
			EXECUTE format('ALTER TABLE archive.t%%s OWNER TO admin', i);
		END LOOP; END $$`, from, from+few-1))
	}
	return append(out, `GRANT SELECT ON archive.t1, archive.t399 TO alice`, `GRANT SELECT ON archive.t2 TO bob`, `GRANT USAGE ON SCHEMA archive TO alice`)
}

// newArchive is on a server with a lock table as small as can be, where one transaction can not do it.
func newArchive(t testing.TB, settings ...string) *cluster {
	t.Helper()
	small := append([]string{"max_locks_per_transaction", "10", "max_connections", "12", "max_worker_processes", "1", "autovacuum_max_workers", "1"}, settings...)
	c := newClusterWith(t, small, slices.Concat(archiveSetup, archiveTablesSetup())...)
	c.name = warehouse
	return c
}

// isDone checks the archive after it was done.
func (c *cluster) isDone() {
	c.Helper()
	c.sync(strings.ReplaceAll(archiveSpec, "{password: {env: PASSWORD}}", "{}"), false)
	for _, table := range []string{"t1", "t2", "t200", "t399", "t400"} {
		c.can("alice", "SELECT FROM archive."+table)
	}
	if refused := c.try("bob", "SELECT"); !isDenied(refused) {
		c.Errorf("bob can log in: %v", refused)
	}
	if left := one[string](c, `SELECT coalesce(string_agg(roleid::regrole::text, ' '), '') FROM pg_auth_members
		WHERE member = 'admin'::regrole AND NOT admin_option AND NOT left(roleid::regrole::text, 20) = '_pgsr_administrator_'`); left != "" {
		c.Errorf("admin is still a member of %s", left)
	}
	if locks := one[int](c, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`); locks != 0 {
		c.Errorf("%d advisory locks are left", locks)
	}
}

// waysInParts are the ways to run a plan in parts. Each gives the plan that was run.
var waysInParts = map[string]func(c *cluster, user string, s *spec.Spec, plan *planner.Plan) *planner.Plan{
	"apply": func(c *cluster, user string, s *spec.Spec, _ *planner.Plan) *planner.Plan {
		result, err := Sync(context.Background(), c.connect(user, warehouse, ""), s, Options{})
		if err != nil || !result.Applied || result.Attempts != len(result.Plan.Parts) {
			c.Fatalf("%+v, %v", result, err)
		}
		return result.Plan
	},
	"psql": func(c *cluster, user string, s *spec.Spec, plan *planner.Plan) *planner.Plan {
		if out, status := c.psql(user, c.written("psql", s, plan, Options{})); status != 0 {
			c.Fatalf("psql's status is %d:\n%s", status, out)
		}
		return plan
	},
	"sql": func(c *cluster, user string, s *spec.Spec, plan *planner.Plan) *planner.Plan {
		conn := c.connect(user, warehouse, "")
		if _, err := conn.Exec(context.Background(), c.written("sql", s, plan, Options{}), pgx.QueryExecModeSimpleProtocol); err != nil {
			c.Fatal(err)
		}
		return plan
	},
	"saved": func(c *cluster, user string, s *spec.Spec, plan *planner.Plan) *planner.Plan {
		conn := c.connect(user, warehouse, "")
		result, err := ApplySaved(context.Background(), conn, c.readBack(s, plan), Options{})
		if err != nil || !result.Applied || result.Attempts != len(plan.Parts) {
			c.Fatalf("%+v, %v", result, err)
		}
		return plan
	},
}

// TestPlanInParts runs what one transaction can not do, and the way back.
func TestPlanInParts(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"apply by postgres", "psql by postgres", "apply by admin", "psql by admin", "sql by admin", "saved by admin"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			how, user, _ := strings.Cut(way, " by ")
			c := newArchive(t)
			before := c.everything()
			s := parse(t, archiveSpec)
			plan, err := Plan(context.Background(), c.connect(user, warehouse, ""), s, Options{})
			if err != nil || len(plan.Parts) < 2 {
				t.Fatalf("%v, %v", plan, err)
			}
			plan = waysInParts[how](c, user, s, plan)
			c.isDone()
			c.goesBack(user, plan, before)
		})
	}
}

// goesBack runs the script back, which takes several transactions as well.
func (c *cluster) goesBack(user string, plan *planner.Plan, before *catalog.Catalog) {
	c.Helper()
	back, err := plan.Back()
	if err != nil || len(back.Parts) < 2 {
		c.Fatalf("%+v, %v", back, err)
	}
	if out, status := c.psql(user, c.written("psql", &spec.Spec{}, back, Options{})); status != 0 {
		c.Fatalf("psql's status is %d:\n%s", status, out)
	}
	c.is("after the way back", before)
}

// meddlingAt makes an event trigger that does something when a privilege on one of the tables is granted.
func (c *cluster) meddlingAt(table, does string) {
	c.Helper()
	c.exec(
		`CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN
			IF current_query() ~ '^GRANT .*"`+table+`"' THEN `+does+` END IF; END $f$`,
		`CREATE EVENT TRIGGER meddle ON ddl_command_start WHEN TAG IN ('GRANT') EXECUTE PROCEDURE public.meddle()`,
	)
}

// TestStopAfterAPart kills the connection in the middle of a later transaction: what is done is kept, nobody is
// without, and the next run goes on.
func TestStopAfterAPart(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	c.meddlingAt("t399", `PERFORM pg_terminate_backend(pg_backend_pid());`)
	_, err := Sync(context.Background(), c.asPostgres(), parse(t, archiveSpec), Options{})
	var partial *PartialError
	if !errors.As(err, &partial) || partial.Done < 1 || partial.Done >= partial.Of {
		t.Fatalf("%v", err)
	}
	failsAs(t, err, FailedPartly)
	failsAs(t, partial.Err, FailedLost)
	if !MayPass(err) {
		t.Error("another try is not said to go on")
	}
	saysAll(t, err, fmt.Sprintf("%d of %d transactions are committed", partial.Done, partial.Of), "running it again goes on from there")
	done := one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname LIKE '\_pgsr\_%'`)
	if done == 0 || done > archiveTables {
		t.Errorf("there are %d privilege roles", done)
	}
	for _, table := range []string{"t1", "t399"} {
		if !one[bool](c, `SELECT has_table_privilege('alice', 'archive.`+table+`', 'SELECT')`) {
			t.Errorf("alice is without %s", table)
		}
	}
	c.cannot("alice", "SELECT")
	c.exec(`DROP EVENT TRIGGER meddle`)
	result, err := Sync(context.Background(), c.asPostgres(), parse(t, archiveSpec), Options{})
	if err != nil || !result.Applied || len(result.Plan.Parts) >= partial.Of {
		t.Errorf("%+v, %v", result, err)
	}
	c.isDone()
}

// TestNoOneComesInBetweenParts: another run waits until the last transaction is done. One who does not ask for the
// lock is noticed.
func TestNoOneComesInBetweenParts(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	conn := c.asPostgres()
	holder, err := c.asPostgres().Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.Exec(context.Background(), `GRANT INSERT ON archive.t250 TO bob`); err != nil {
		t.Fatal(err)
	}
	done := start(func() (*Result, error) { return Sync(context.Background(), conn, parse(t, archiveSpec), Options{}) })
	c.awaitWaiter(conn, "transactionid")
	if one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname LIKE '\_pgsr\_%'`) == 0 {
		t.Error("nothing is committed yet: this proves nothing")
	}
	if one[bool](c, `SELECT pg_try_advisory_xact_lock(1)`) {
		t.Error("another run could come in between")
	}
	c.exec(`GRANT DELETE ON archive.t99 TO bob`) // which comes last
	if err := holder.Rollback(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := <-done
	var partial *PartialError
	var stale *StaleError
	if !errors.As(got.err, &partial) || !errors.As(got.err, &stale) {
		t.Fatalf("%v", got.err)
	}
	saysAll(t, got.err, "TABLE archive.t99: bob has DELETE, had nothing")
	isUsable(t, conn)
	if !one[bool](c, `SELECT pg_try_advisory_xact_lock(1)`) {
		t.Error("the lock was not given back")
	}
	c.sync(archiveSpec, true)
	c.isDone()
}

// TestLedgerHasEachPart: each transaction has an entry, with its own way back.
func TestLedgerHasEachPart(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	c.install(c.super)
	result := c.sync(archiveSpec, true)
	entries := c.ledger(c.super)
	if len(entries) != len(result.Plan.Parts) {
		t.Fatalf("%d entries of %d transactions", len(entries), len(result.Plan.Parts))
	}
	for i, part := range result.Plan.Parts {
		e := entries[len(entries)-1-i]
		if e.Result != fmt.Sprintf("applied: transaction %d of %d", i+1, len(entries)) || e.Statements != len(part.Statements) || e.Digest != result.Plan.Digest() {
			t.Errorf("entry %d: %s, %d statements", i+1, e.Result, e.Statements)
		}
		if e.Rollback == "" || e.Effect == "" {
			t.Errorf("entry %d has no way back, or no effect", i+1)
		}
	}
}

// TestSingleTransactionSaysWhatItTakes: with the setting that the refusal names, one transaction does it.
func TestSingleTransactionSaysWhatItTakes(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	var refused *planner.LockTableError
	c.unchanged(func() {
		_, err := Sync(context.Background(), c.asPostgres(), parse(t, archiveSpec), Options{SingleTransaction: true})
		if !errors.As(err, &refused) {
			t.Fatalf("%v", err)
		}
		refusedFor(t, err, ForLocks)
		saysAll(t, err, "max_locks_per_transaction = ", "(now 10)", "postgresql.conf")
	})
	larger := newArchive(t, "max_locks_per_transaction", strconv.Itoa(refused.Table.Needed(refused.Locks)))
	result, err := Sync(context.Background(), larger.asPostgres(), parse(t, archiveSpec), Options{SingleTransaction: true})
	if err != nil || result.Plan.Parts != nil || result.Attempts != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	larger.isDone()
}

// TestLocksAreCounted: the server's lock table comes to hold no more entries than the plan says, and not far fewer.
func TestLocksAreCounted(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	conn := c.asPostgres()
	plan, err := Plan(context.Background(), conn, parse(t, archiveSpec), Options{})
	if err != nil {
		t.Fatal(err)
	}
	from := plan.From
	for i := range plan.Parts {
		part := plan.Part(i, from)
		from = part.After()
		tx := begin(conn, 1, Options{})
		tx.run(document(1, part, Options{}).Document, Options{})
		if err := tx.RoundTrip(context.Background()); err != nil {
			t.Fatalf("part %d: %v", i+1, err)
		}
		held := one[int](c, `SELECT count(DISTINCT (locktype, database, relation, classid, objid)) FROM pg_locks WHERE pid = $1 AND NOT fastpath`,
			conn.PgConn().PID())
		const ofTheTransaction = 32
		const fastPath = 16 // as many weak locks on relations each backend may keep elsewhere
		if held > part.Locks()+ofTheTransaction || held < part.Locks()*3/4-fastPath {
			t.Errorf("part %d holds %d locks, not %d", i+1, held, part.Locks())
		}
		if err := tx.Commit(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	c.isDone()
}
