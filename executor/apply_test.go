package executor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// shop is what most tests of applying begin with.
var shop = []string{
	`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE TABLE sales.parts (a int)`,
	`CREATE ROLE old`, `GRANT SELECT ON sales.parts TO old`,
}

// shopSpec takes about ten statements in the shop.
const shopSpec = `
version: 1
roles:
  old: {}
  alice:
    login: {password: {env: PASSWORD}}
    grants:
      - CONNECT ON DATABASE warehouse
      - USAGE ON SCHEMA sales
      - SELECT ON TABLE sales.orders
    direct_grants:
      - INSERT ON TABLE sales.parts
`

func newShop(t testing.TB, more ...string) *cluster {
	t.Helper()
	return newCluster(t, append(append([]string{}, shop...), more...)...)
}

// syncShop syncs the spec of the shop on a connection of the test's own.
func (c *cluster) syncShop(ctx context.Context, conn *pgx.Conn, o Options) (*Result, error) {
	c.Helper()
	return Sync(ctx, conn, parse(c, shopSpec), o)
}

func (c *cluster) asPostgres() *pgx.Conn { c.Helper(); return c.connect("postgres", warehouse, "") }

// fingerprint is all that pgsr could change in the cluster and in this database, byte for byte.
func (c *cluster) fingerprint() string {
	c.Helper()
	return one[string](c, `
		SELECT string_agg(line, E'\n' ORDER BY line) FROM (
			SELECT 'role ' || to_jsonb(r)::text FROM pg_authid AS r
			UNION ALL SELECT 'member ' || to_jsonb(m)::text FROM pg_auth_members AS m
			UNION ALL SELECT 'comment ' || to_jsonb(d)::text FROM pg_shdescription AS d
			UNION ALL SELECT concat_ws(' ', 'database', datname, datdba, datacl) FROM pg_database
			UNION ALL SELECT concat_ws(' ', 'schema', nspname, nspowner, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
			UNION ALL SELECT concat_ws(' ', 'relation', oid, relowner, relacl) FROM pg_class WHERE relpersistence <> 't'
			UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, attacl) FROM pg_attribute WHERE attacl IS NOT NULL
		) AS t (line)`)
}

// unchanged runs something that must change nothing.
func (c *cluster) unchanged(do func()) {
	c.Helper()
	before := c.fingerprint()
	do()
	if after := c.fingerprint(); after != before {
		c.Errorf("something was changed:\n%s", strings.Join(diffLines(strings.Split(before, "\n"), strings.Split(after, "\n")), "\n"))
	}
}

// hold takes an advisory lock in a transaction of its own, in which more can be done, until the function that it gives is called.
func (c *cluster) hold(key int64) (tx pgx.Tx, release func()) {
	c.Helper()
	tx, err := c.asPostgres().Begin(context.Background())
	if err != nil {
		c.Fatal(err)
	}
	if _, err := tx.Exec(context.Background(), `SELECT pg_advisory_xact_lock($1)`, key); err != nil {
		c.Fatal(err)
	}
	return tx, func() {
		if err := tx.Commit(context.Background()); err != nil {
			c.Error(err)
		}
	}
}

// outcomeOf is what a Sync that runs beside the test came to.
type outcomeOf struct {
	result *Result
	err    error
}

// start runs something beside the test.
func start(do func() (*Result, error)) <-chan outcomeOf {
	done := make(chan outcomeOf, 1)
	go func() {
		result, err := do()
		done <- outcomeOf{result, err}
	}()
	return done
}

// awaitWaiter returns when the connection waits for a lock of the given type.
func (c *cluster) awaitWaiter(conn *pgx.Conn, lockType string) {
	c.Helper()
	pid := conn.PgConn().PID()
	c.eventually("it does not wait for the lock", func() bool {
		return one[bool](c, `SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted AND locktype = $2)`, pid, lockType)
	})
}

func (c *cluster) eventually(otherwise string, is func() bool) {
	c.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			c.Fatal(otherwise)
		}
	}
}

// isUsable checks that a connection came back outside of a transaction, as it was.
func isUsable(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	var timeout string
	if status := conn.PgConn().TxStatus(); status != 'I' {
		t.Errorf("the connection is in a transaction: %q", status)
	} else if err := conn.QueryRow(context.Background(), `SHOW statement_timeout`).Scan(&timeout); err != nil {
		t.Error(err)
	}
}

func within(t testing.TB, limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

// TestNothingToDoTakesNoLockAndWritesNothing: another session holds the lock all the time.
func TestNothingToDoTakesNoLockAndWritesNothing(t *testing.T) {
	c := newShop(t)
	c.sync(shopSpec, true)
	c.exec(`ALTER SYSTEM SET log_statement = 'all'`, `SELECT pg_reload_conf()`)
	_, release := c.hold(1)
	defer release()
	conn := c.asPostgres()
	c.eventually("log_statement is not set", func() bool {
		var value string
		return conn.QueryRow(context.Background(), `SHOW log_statement`).Scan(&value) == nil && value == "all"
	})
	from := len(c.log())
	nextTransaction := `SELECT pg_snapshot_xmax(pg_current_snapshot())::text`
	before := one[string](c, nextTransaction)
	asked := false
	result, err := c.syncShop(within(t, 20*time.Second), conn, Options{
		Confirm: func(*planner.Plan) (bool, error) { asked = true; return true, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if result.Applied || result.Attempts != 0 || !result.Plan.IsEmpty() || asked {
		t.Errorf("%+v, asked: %v", result, asked)
	}
	if after := one[string](c, nextTransaction); after != before {
		t.Errorf("a transaction wrote something: the next one is %s and was %s", after, before)
	}
	log := strings.ToLower(c.log()[from:])
	if !strings.Contains(log, "read only") {
		t.Error("the log does not show what was read: the test proves nothing")
	}
	for _, word := range []string{"read write", "advisory"} {
		if strings.Contains(log, word) {
			t.Errorf("the log has %q", word)
		}
	}
}

// log is all that the server has logged.
func (c *cluster) log() string {
	c.Helper()
	text, err := os.ReadFile(filepath.Join(c.server.SocketDir(), "log"))
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

func TestWaitsForTheLock(t *testing.T) {
	c := newShop(t)
	for _, key := range []int64{1, -4711} {
		yaml := shopSpec
		if key != 1 {
			yaml = fmt.Sprintf("%s\nlock_key: %d", shopSpec, key)
			c.exec(`DROP OWNED BY alice`, `DROP ROLE alice`)
		}
		_, release := c.hold(key)
		conn := c.asPostgres()
		s := parse(t, yaml)
		var done <-chan outcomeOf
		c.unchanged(func() {
			done = start(func() (*Result, error) { return Sync(context.Background(), conn, s, Options{}) })
			c.awaitWaiter(conn, "advisory")
			time.Sleep(100 * time.Millisecond)
		})
		release()
		if got := <-done; got.err != nil || !got.result.Applied || got.result.Attempts != 1 {
			t.Fatalf("key %d: %+v, %v", key, got.result, got.err)
		}
		c.can("alice", `SELECT FROM sales.orders`)
	}
}

func TestAnotherKeyIsNotWaitedFor(t *testing.T) {
	c := newShop(t)
	_, release := c.hold(2)
	defer release()
	if _, err := c.syncShop(within(t, 20*time.Second), c.asPostgres(), Options{}); err != nil {
		t.Error(err)
	}
}

func TestLockTimeoutNamesTheLock(t *testing.T) {
	c := newShop(t)
	_, release := c.hold(1)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(within(t, 20*time.Second), conn, Options{LockTimeout: 50 * time.Millisecond})
		saysAll(t, err, "another session holds the lock", "pg_advisory_xact_lock", "key 1", "pg_locks", "55P03")
	})
	isUsable(t, conn)
	release()
	if _, err := c.syncShop(context.Background(), conn, Options{LockTimeout: 50 * time.Millisecond}); err != nil {
		t.Error(err)
	}
}

// saysAll checks that an error has all of these words in it.
func saysAll(t testing.TB, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Error("there is no error")
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error does not say %q: %v", word, err)
		}
	}
}

func TestStatementTimeoutEndsTheWait(t *testing.T) {
	c := newShop(t)
	_, release := c.hold(1)
	defer release()
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(within(t, 20*time.Second), conn, Options{StatementTimeout: 1500 * time.Millisecond})
		saysAll(t, err, "waiting for the lock", "key 1", "57014")
	})
	isUsable(t, conn)
}

// TestTimeoutsCountForStatementsToo: ALTER ... OWNER has to wait for whoever reads the table.
func TestTimeoutsCountForStatementsToo(t *testing.T) {
	c := newShop(t)
	reader, release := c.hold(2)
	defer release()
	if _, err := reader.Exec(context.Background(), `SELECT FROM sales.orders`); err != nil {
		t.Fatal(err)
	}
	s := parse(t, "version: 1\nroles:\n  alice: {owns: [TABLE sales.orders]}")
	for code, o := range map[string]Options{
		"55P03": {LockTimeout: 50 * time.Millisecond},
		"57014": {StatementTimeout: 1500 * time.Millisecond},
	} {
		conn := c.asPostgres()
		c.unchanged(func() {
			_, err := Sync(within(t, 20*time.Second), conn, s, o)
			var failed *StatementError
			if !errors.As(err, &failed) || failed.Number != 2 || failed.Of != 2 {
				t.Errorf("%v", err)
			}
			saysAll(t, err, `ALTER TABLE "sales"."orders" OWNER TO "alice"`, code)
		})
		isUsable(t, conn)
	}
}

// TestPGOPTIONSWork: what libpq's environment says of timeouts holds where the options say nothing, and gives way where they do.
func TestPGOPTIONSWork(t *testing.T) {
	c := newShop(t)
	_, release := c.hold(1)
	defer release()
	config := c.super.Config()
	t.Setenv("PGHOST", c.server.SocketDir())
	t.Setenv("PGPORT", strconv.Itoa(int(config.Port)))
	t.Setenv("PGUSER", "postgres")
	t.Setenv("PGDATABASE", warehouse)
	t.Setenv("PGOPTIONS", "-c statement_timeout=1500ms")
	conn, err := Connect(context.Background(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = c.syncShop(within(t, 20*time.Second), conn, Options{})
	saysAll(t, err, "waiting for the lock", "57014")
	_, err = c.syncShop(within(t, 20*time.Second), conn, Options{StatementTimeout: time.Minute, LockTimeout: 300 * time.Millisecond})
	saysAll(t, err, "55P03")
}

// TestPlansAgainUnderTheLock: whoever holds the lock does a part of the work, and other things, before it lets go.
func TestPlansAgainUnderTheLock(t *testing.T) {
	c := newShop(t)
	holder, release := c.hold(1)
	conn := c.asPostgres()
	s := parse(t, shopSpec)
	done := start(func() (*Result, error) { return Sync(context.Background(), conn, s, Options{}) })
	c.awaitWaiter(conn, "advisory")
	for _, sql := range []string{
		`CREATE ROLE alice`, `GRANT DELETE ON sales.orders TO alice`, `REVOKE SELECT ON sales.parts FROM old`, `GRANT UPDATE ON sales.parts TO old`,
	} {
		if _, err := holder.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	release()
	if got := <-done; got.err != nil || !got.result.Applied || got.result.Attempts != 1 {
		t.Fatalf("%+v, %v", got.result, got.err)
	}
	c.sync(shopSpec, false)
	c.can("alice", `SELECT FROM sales.orders`)
	c.cannot("alice", `DELETE FROM sales.orders`)
	if one[bool](c, `SELECT has_table_privilege('old', 'sales.parts', 'SELECT, UPDATE')`) {
		t.Error("old kept something")
	}
}

// TestNothingLeftUnderTheLock: someone else did it all in the meantime.
func TestNothingLeftUnderTheLock(t *testing.T) {
	c := newShop(t)
	_, release := c.hold(1)
	first, second := c.asPostgres(), c.asPostgres()
	s := parse(t, shopSpec)
	var done []<-chan outcomeOf
	for _, conn := range []*pgx.Conn{first, second} {
		done = append(done, start(func() (*Result, error) { return Sync(context.Background(), conn, s, Options{}) }))
		c.awaitWaiter(conn, "advisory")
	}
	release()
	applied := 0
	for _, d := range done {
		got := <-d
		if got.err != nil {
			t.Fatal(got.err)
		}
		if got.result.Applied {
			applied++
		} else if !got.result.Plan.IsEmpty() || got.result.Attempts != 1 {
			t.Errorf("%+v", got.result)
		}
	}
	if applied != 1 {
		t.Errorf("%d of 2 applied", applied)
	}
	isUsable(t, first)
	isUsable(t, second)
}

func TestConfirmDecides(t *testing.T) {
	c := newShop(t)
	conn := c.asPostgres()
	broken := errors.New("the terminal is gone")
	c.unchanged(func() {
		var shown *planner.Plan
		_, err := c.syncShop(context.Background(), conn, Options{Confirm: func(p *planner.Plan) (bool, error) { shown = p; return false, nil }})
		if !errors.Is(err, ErrDeclined) || shown == nil || shown.IsEmpty() {
			t.Errorf("%v, shown: %+v", err, shown)
		}
		_, err = c.syncShop(context.Background(), conn, Options{Confirm: func(*planner.Plan) (bool, error) { return true, broken }})
		if !errors.Is(err, broken) {
			t.Error(err)
		}
	})
	var shown string
	result, err := c.syncShop(context.Background(), conn, Options{Confirm: func(p *planner.Plan) (bool, error) { shown = p.Digest(); return true, nil }})
	if err != nil || !result.Applied || result.Plan.Digest() != shown {
		t.Errorf("%+v, %v: not what was shown", result, err)
	}
}

// TestStalePlanIsRefused: what was confirmed is not what would be done.
func TestStalePlanIsRefused(t *testing.T) {
	c := newShop(t)
	conn := c.asPostgres()
	var before string
	_, err := c.syncShop(context.Background(), conn, Options{Confirm: func(*planner.Plan) (bool, error) {
		c.exec(`GRANT INSERT ON sales.parts TO old`)
		before = c.fingerprint()
		return true, nil
	}})
	var stale *StaleError
	if !errors.As(err, &stale) {
		t.Errorf("%v", err)
	}
	saysAll(t, err, "run it again")
	if c.fingerprint() != before {
		t.Error("something was changed")
	}
	isUsable(t, conn)
}

// TestWhatDoesNotConcernThePlanDoesNotMakeItStale
func TestWhatDoesNotConcernThePlanDoesNotMakeItStale(t *testing.T) {
	c := newShop(t)
	result, err := c.syncShop(context.Background(), c.asPostgres(), Options{Confirm: func(*planner.Plan) (bool, error) {
		c.exec(`CREATE ROLE someone`, `GRANT SELECT ON sales.orders TO someone`)
		return true, nil
	}})
	if err != nil || !result.Applied {
		t.Errorf("%+v, %v", result, err)
	}
}

// onCommand makes an event trigger that does something when a command begins or ends that GRANTs on the orders.
func (c *cluster) onCommand(event, does string) {
	c.Helper()
	c.exec(
		`CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN
			IF current_query() ~ '^GRANT .*orders' THEN `+does+` END IF; END $f$`,
		`CREATE EVENT TRIGGER meddle ON `+event+` WHEN TAG IN ('GRANT') EXECUTE FUNCTION public.meddle()`,
	)
}

func TestFailedStatementRollsEverythingBack(t *testing.T) {
	c := newShop(t)
	c.onCommand("ddl_command_start", `RAISE EXCEPTION 'no grants on a Friday' USING DETAIL = 'It is Friday.', HINT = 'Wait for Monday.', ERRCODE = 'P0042';`)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(context.Background(), conn, Options{})
		var failed *StatementError
		var server *pgconn.PgError
		if !errors.As(err, &failed) || !errors.As(err, &server) || server.Code != "P0042" {
			t.Fatalf("%v", err)
		}
		if failed.Number <= 1 || failed.Number >= failed.Of || !strings.Contains(failed.SQL, `ON TABLE "sales"."orders" TO "_pgsr_local_`) {
			t.Errorf("not in the middle: %+v", failed)
		}
		saysAll(t, err, fmt.Sprintf("statement %d of %d", failed.Number, failed.Of), failed.SQL, failed.Reason,
			"no grants on a Friday", "P0042", "DETAIL: It is Friday.", "HINT: Wait for Monday.")
	})
	isUsable(t, conn)
	c.exec(`DROP EVENT TRIGGER meddle`)
	if _, err := c.syncShop(context.Background(), conn, Options{}); err != nil {
		t.Errorf("the same connection does not work any more: %v", err)
	}
}

// TestTooManyDirectGrantsFailWhole: a table's ACL has to fit in one page, with its row.
func TestTooManyDirectGrantsFailWhole(t *testing.T) {
	c := newShop(t)
	s := &spec.Spec{}
	for i := range 2500 {
		s.Roles = append(s.Roles, spec.Role{Name: fmt.Sprintf("clerk %d", i), DirectGrants: []spec.Grant{spec.MustGrant(`SELECT ON TABLE sales.orders`)}})
	}
	c.unchanged(func() {
		_, err := Sync(context.Background(), c.asPostgres(), s, Options{})
		var failed *StatementError
		if !errors.As(err, &failed) {
			t.Fatalf("%v", err)
		}
		saysAll(t, err, "row is too big", "statement 2501 of 2501")
	})
}

// TestResultThatIsNotAsPlannedIsRolledBack: a trigger takes away what was just granted.
func TestResultThatIsNotAsPlannedIsRolledBack(t *testing.T) {
	c := newShop(t)
	c.onCommand("ddl_command_end", `
		EXECUTE (SELECT 'REVOKE SELECT ON sales.orders FROM ' || string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE rolname ~ 'table_select');`)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(context.Background(), conn, Options{})
		var other *NotAsPlannedError
		if !errors.As(err, &other) || other.Left.IsEmpty() {
			t.Fatalf("%v", err)
		}
		saysAll(t, err, "rolled back", "still to do", `GRANT SELECT ON TABLE "sales"."orders" TO`)
	})
	isUsable(t, conn)
}

// TestWarningIsAnError: any warning is, however harmless, where the connection's notices are given.
func TestWarningIsAnError(t *testing.T) {
	c := newShop(t)
	c.onCommand("ddl_command_start", `RAISE NOTICE 'a notice'; RAISE WARNING 'something is odd';`)
	notices := &Notices{}
	conn, err := Connect(context.Background(), c.server.URL("postgres", warehouse, ""), notices)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	c.unchanged(func() {
		_, err := c.syncShop(context.Background(), conn, Options{Notices: notices})
		var warning *WarningError
		if !errors.As(err, &warning) || len(warning.Warnings) != 1 {
			t.Fatalf("%v", err)
		}
		saysAll(t, err, "something is odd", "01000", "rolled back")
	})
	isUsable(t, conn)
	c.exec(`DROP EVENT TRIGGER meddle`)
	if _, err := c.syncShop(context.Background(), conn, Options{Notices: notices}); err != nil {
		t.Errorf("the old warning is still held against it: %v", err)
	}
}

// TestGrantThatDoesNothingIsFound: the connecting role loses its grant option after the plan was made, so that the server only warns.
func TestGrantThatDoesNothingIsFound(t *testing.T) {
	c := newShop(t, `CREATE ROLE keeper LOGIN`, `GRANT CREATE ON DATABASE warehouse TO keeper`, `CREATE ROLE alice`,
		`GRANT SELECT ON sales.orders TO keeper WITH GRANT OPTION`, `GRANT USAGE ON SCHEMA sales TO keeper WITH GRANT OPTION`,
		`CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN
			REVOKE GRANT OPTION FOR SELECT ON sales.orders FROM keeper; END $f$`,
		`CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION public.meddle()`)
	if c.major >= 16 {
		c.exec(`GRANT alice TO keeper`)
	} else {
		c.exec(`GRANT alice TO keeper`, `ALTER ROLE keeper NOINHERIT`)
	}
	s := &spec.Spec{Roles: []spec.Role{{
		Name: "alice", Owns: []spec.Ownership{mustOwn(t, `SCHEMA own`)}, DirectGrants: []spec.Grant{spec.MustGrant(`SELECT ON TABLE sales.orders`)},
	}}}
	for _, notices := range []*Notices{nil, {}} {
		conn, err := Connect(context.Background(), c.server.URL("keeper", warehouse, ""), notices)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		c.unchanged(func() {
			_, err := Sync(context.Background(), conn, s, Options{Notices: notices})
			var warning *WarningError
			var other *NotAsPlannedError
			switch {
			case notices != nil && errors.As(err, &warning):
				saysAll(t, err, "no privileges were granted", "01007")
			case notices == nil && (errors.As(err, &other) || strings.Contains(err.Error(), "planning again to verify")):
			default:
				t.Errorf("notices %v: %T %v", notices != nil, err, err)
			}
		})
		isUsable(t, conn)
	}
}

func mustOwn(t testing.TB, phrase string) spec.Ownership {
	t.Helper()
	owned, err := spec.ParseOwnership(phrase)
	if err != nil {
		t.Fatal(err)
	}
	return owned
}

func TestCancelledWhileWaitingForTheLock(t *testing.T) {
	c := newShop(t)
	_, release := c.hold(1)
	conn := c.asPostgres()
	ctx, cancel := context.WithCancel(context.Background())
	s := parse(t, shopSpec)
	c.unchanged(func() {
		done := start(func() (*Result, error) { return Sync(ctx, conn, s, Options{}) })
		c.awaitWaiter(conn, "advisory")
		cancel()
		c.endsCancelled(done, conn)
		release()
	})
	c.gone(conn)
}

func TestCancelledAmongTheStatements(t *testing.T) {
	c := newShop(t)
	reader, release := c.hold(2)
	if _, err := reader.Exec(context.Background(), `SELECT FROM sales.orders`); err != nil {
		t.Fatal(err)
	}
	s := parse(t, "version: 1\nroles:\n  alice:\n    owns: [TABLE sales.orders]\n    direct_grants: [SELECT ON TABLE sales.parts]\n    login: {}")
	conn := c.asPostgres()
	ctx, cancel := context.WithCancel(context.Background())
	c.unchanged(func() {
		done := start(func() (*Result, error) { return Sync(ctx, conn, s, Options{}) })
		c.awaitWaiter(conn, "relation")
		cancel()
		c.endsCancelled(done, conn)
		release()
		c.gone(conn) // it may have gone on with what it had been sent
	})
}

// endsCancelled: pgx closes a connection on which it can not wait for the answer.
func (c *cluster) endsCancelled(done <-chan outcomeOf, conn *pgx.Conn) {
	c.Helper()
	select {
	case got := <-done:
		if !errors.Is(got.err, context.Canceled) {
			c.Errorf("%v", got.err)
		}
	case <-time.After(20 * time.Second):
		c.Fatal("it does not end")
	}
	if !conn.IsClosed() {
		c.Error("the connection is still open, with an answer on its way")
	}
}

// gone waits until the server has ended a connection.
func (c *cluster) gone(conn *pgx.Conn) {
	c.Helper()
	pid := conn.PgConn().PID()
	c.eventually("the server goes on", func() bool {
		return !one[bool](c, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)`, pid)
	})
}

func TestConnectionInATransactionIsRefused(t *testing.T) {
	c := newShop(t)
	for name, begin := range map[string]string{"open": `BEGIN`, "failed": `BEGIN; SELECT 1/0`} {
		conn := c.asPostgres()
		_, _ = conn.Exec(context.Background(), begin)
		status := conn.PgConn().TxStatus()
		for what, do := range map[string]func() error{
			"Sync":  func() error { _, err := c.syncShop(context.Background(), conn, Options{}); return err },
			"Plan":  func() error { _, err := Plan(context.Background(), conn, parse(t, shopSpec), Options{}); return err },
			"Prune": func() error { _, err := Prune(context.Background(), conn, 1, Options{}); return err },
		} {
			if err := do(); err == nil || !strings.Contains(err.Error(), "transaction") {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
		if now := conn.PgConn().TxStatus(); now != status {
			t.Errorf("%s: the transaction was %q and is %q", name, status, now)
		}
	}
}

func TestConnectionKilledOnTheWay(t *testing.T) {
	c := newShop(t)
	c.onCommand("ddl_command_end", `PERFORM pg_terminate_backend(pg_backend_pid());`)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(within(t, 30*time.Second), conn, Options{})
		saysAll(t, err, "57P01")
		if !conn.IsClosed() {
			t.Error("the connection is dead and does not know")
		}
	})
}

func TestApplyRecordsItselfInItsTransaction(t *testing.T) {
	c := newShop(t)
	conn := c.asPostgres()
	c.install(conn)
	result, err := c.syncShop(context.Background(), conn, Options{Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
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
	c.sync(shopSpec, false)
	if len(c.ledger(conn)) != 1 {
		t.Error("a run that had nothing to do is in the ledger")
	}
}

func (c *cluster) install(conn *pgx.Conn) {
	c.Helper()
	if _, _, err := InstallLedger(context.Background(), conn); err != nil {
		c.Fatal(err)
	}
}

func (c *cluster) ledger(conn *pgx.Conn) []Entry {
	c.Helper()
	entries, err := Ledger(context.Background(), conn, 0)
	if err != nil {
		c.Fatal(err)
	}
	return entries
}

func TestRolledBackApplyLeavesNoEntry(t *testing.T) {
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
	c := newShop(t)
	c.sync(shopSpec, true)
	if one[bool](c, `SELECT to_regnamespace('pgsr') IS NOT NULL`) {
		t.Error("there is a schema pgsr")
	}
}

// TestLedgerThatMayNotBeWrittenNamesTheGrants: and with them, it works.
func TestLedgerThatMayNotBeWrittenNamesTheGrants(t *testing.T) {
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

// proxy stands between a program and the server, and cuts the connection at the COMMIT.
type proxy struct {
	testing.TB
	net.Listener
	server string
	// cut says when: "before" the COMMIT is passed on, or "after" the server has answered it. Only the first one is cut.
	cut string
	// closes tells whether nobody can connect any more from then on.
	closes bool
	// cuts tells that it has happened.
	cuts atomic.Bool
}

// newProxy gives the configuration of a connection through a new proxy.
func (c *cluster) newProxy(cut string, closes bool) *pgx.ConnConfig {
	c.Helper()
	c.exec(`ALTER ROLE postgres PASSWORD '` + password + `'`)
	config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, password))
	if err != nil {
		c.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.Fatal(err)
	}
	p := &proxy{TB: c, Listener: listener, server: fmt.Sprintf("127.0.0.1:%d", config.Port), cut: cut, closes: closes}
	c.Cleanup(func() { listener.Close() })
	go p.serve()
	config.Port = uint16(listener.Addr().(*net.TCPAddr).Port)
	return config
}

// link is one connection through the proxy.
type link struct {
	client, server net.Conn
	// holding tells to keep the server's next answer from the client; it goes to held.
	holding atomic.Bool
	held    chan string
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			p.Error(err)
			client.Close()
			return
		}
		l := &link{client: client, server: server, held: make(chan string, 1)}
		go l.answer()
		go p.pass(l)
	}
}

// pass passes on what the client says, until a COMMIT comes.
func (p *proxy) pass(l *link) {
	defer l.client.Close()
	defer l.server.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := l.client.Read(buffer)
		if err != nil {
			return
		}
		said := buffer[:n]
		if said[0] == 'Q' && bytes.HasSuffix(bytes.ToLower(said), []byte("commit\x00")) && p.cuts.CompareAndSwap(false, true) {
			p.atCommit(l, said)
			return
		}
		if _, err := l.server.Write(said); err != nil {
			return
		}
	}
}

// atCommit loses the COMMIT, or its answer.
func (p *proxy) atCommit(l *link, commit []byte) {
	if p.closes {
		p.Close()
	}
	if p.cut == "before" {
		return
	}
	l.holding.Store(true)
	if _, err := l.server.Write(commit); err != nil {
		p.Error(err)
	}
	if answer := <-l.held; !strings.Contains(answer, "COMMIT") {
		p.Errorf("the server answered %q", answer)
	}
}

// answer passes on what the server says.
func (l *link) answer() {
	defer l.client.Close()
	defer close(l.held)
	buffer := make([]byte, 1<<16)
	for {
		n, err := l.server.Read(buffer)
		if err != nil {
			return
		}
		if l.holding.Load() {
			l.held <- string(buffer[:n])
			return
		}
		if _, err := l.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestCommitThatIsNotAnswered: the server is asked on a new connection what came of the transaction.
func TestCommitThatIsNotAnswered(t *testing.T) {
	for _, committed := range []bool{true, false} {
		t.Run(fmt.Sprintf("committed=%v", committed), func(t *testing.T) {
			c := newShop(t)
			conn, err := pgx.ConnectConfig(context.Background(), c.newProxy(map[bool]string{true: "after", false: "before"}[committed], false))
			if err != nil {
				t.Fatal(err)
			}
			c.install(c.super)
			before := c.fingerprint()
			result, err := c.syncShop(within(t, 30*time.Second), conn, Options{})
			if committed {
				if err != nil || !result.Applied || len(c.ledger(c.super)) != 1 {
					t.Fatalf("it was committed, but: %+v, %v", result, err)
				}
				c.sync(shopSpec, false)
				return
			}
			saysAll(t, err, "during COMMIT", "nothing was changed")
			var unknown *UnknownOutcomeError
			if errors.As(err, &unknown) || c.fingerprint() != before || len(c.ledger(c.super)) != 0 {
				t.Errorf("it was not committed: %v", err)
			}
		})
	}
}

// TestUnknownOutcomeSaysHowToFindOut: and what it says works.
func TestUnknownOutcomeSaysHowToFindOut(t *testing.T) {
	for cut, status := range map[string]string{"after": "committed", "before": "aborted"} {
		c := newShop(t)
		conn, err := pgx.ConnectConfig(context.Background(), c.newProxy(cut, true))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.syncShop(within(t, 30*time.Second), conn, Options{})
		var unknown *UnknownOutcomeError
		if !errors.As(err, &unknown) {
			t.Fatalf("%v", err)
		}
		question := `SELECT pg_xact_status('` + unknown.TransactionID + `')`
		saysAll(t, err, "lost during COMMIT", question)
		c.eventually("the transaction is "+status, func() bool { return one[string](c, question) == status })
	}
}
