package executor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
)

// TestNothingToDoTakesNoLockAndWritesNothing: another session holds the lock all the time.
func TestNothingToDoTakesNoLockAndWritesNothing(t *testing.T) {
	t.Parallel()
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
	nextTransaction := `SELECT txid_snapshot_xmax(txid_current_snapshot())::text`
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
	t.Parallel()
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
	t.Parallel()
	c := newShop(t)
	_, release := c.hold(2)
	defer release()
	if _, err := c.syncShop(within(t, 20*time.Second), c.asPostgres(), Options{}); err != nil {
		t.Error(err)
	}
}

func TestLockTimeoutNamesTheLock(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	_, release := c.hold(1)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(within(t, 20*time.Second), conn, Options{LockTimeout: 50 * time.Millisecond})
		saysAll(t, err, "another session holds the lock", "pg_advisory_xact_lock", "key 1", `of role "postgres"`, "55P03")
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
	t.Parallel()
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
	t.Parallel()
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
			var locked *LockedError
			if isLocked := errors.As(err, &locked) && !locked.IsOwn && FailureOf(err) == FailedLocked; isLocked != (code == "55P03") || !MayPass(err) {
				t.Errorf("%s: %+v, %s", code, locked, FailureOf(err))
			}
		})
		isUsable(t, conn)
	}
}

// TestPGOPTIONSWork: what libpq's environment says of timeouts holds where the options say nothing, and gives way
// where they do.
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
	conn, err := Connect(context.Background(), "")
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	c := newShop(t)
	result, err := c.syncShop(context.Background(), c.asPostgres(), Options{Confirm: func(*planner.Plan) (bool, error) {
		c.exec(`CREATE ROLE someone`, `GRANT SELECT ON sales.orders TO someone`)
		return true, nil
	}})
	if err != nil || !result.Applied {
		t.Errorf("%+v, %v", result, err)
	}
}
