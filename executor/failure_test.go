package executor

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// failsAs checks what an error comes to.
func failsAs(t testing.TB, err error, want Failure) {
	t.Helper()
	if got := FailureOf(err); got != want {
		t.Errorf("it comes to %q, not %q: %v", got, want, err)
	}
}

// refusedFor checks why something is refused.
func refusedFor(t testing.TB, err error, why Refusal) {
	t.Helper()
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Why != why || MayPass(err) {
		t.Errorf("it is not refused for its %s: %v", why, err)
	}
	failsAs(t, err, FailedRefused)
}

// TestLockedSaysWhoHoldsIt: with its process and role, and since when, if that is for the connecting role to know.
func TestLockedSaysWhoHoldsIt(t *testing.T) {
	t.Parallel()
	c := newShop(t, `CREATE ROLE keeper LOGIN CREATEROLE`)
	for _, key := range []int64{1, -4711, 1 << 40} {
		holder, release := c.hold(key)
		for _, user := range []string{"postgres", "keeper"} {
			s := &spec.Spec{LockKey: key, Roles: []spec.Role{{Name: "newcomer"}}}
			conn := c.connect(user, warehouse, "")
			_, err := Sync(within(t, 20*time.Second), conn, s, Options{LockTimeout: 50 * time.Millisecond})
			var locked *LockedError
			if !errors.As(err, &locked) || !locked.IsOwn || locked.Key != key || locked.Database != warehouse || len(locked.Holders) != 1 {
				t.Fatalf("%s, key %d: %v, %+v", user, key, err, locked)
			}
			failsAs(t, err, FailedLocked)
			who := locked.Holders[0]
			if who.PID != int32(holder.Conn().PgConn().PID()) || who.Role != "postgres" || who.Application != "pgsr" {
				t.Errorf("it is held by %+v", who)
			}
			if knows := time.Since(who.Since) < time.Minute; knows != (user == "postgres") || who.Since.IsZero() == knows {
				t.Errorf("%s is told that it is held since %v", user, who.Since)
			}
			if !MayPass(err) {
				t.Error("another try is not said to help")
			}
			isUsable(t, conn)
		}
		release()
	}
}

// TestLockedElsewhere: the lock of another database is said to be that, and who has it is asked in the connected one.
func TestLockedElsewhere(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a")
	other := c.connect("postgres", "a", "")
	mustExec(t, other, `BEGIN`)
	mustExec(t, other, `SELECT pg_advisory_xact_lock(1)`)
	s := parse(t, "version: 1\nroles:\n  newcomer: {in: {a: {direct_grants: [USAGE ON SCHEMA s]}}}")
	_, err := SyncDatabases(within(t, 20*time.Second), c.super, s, Options{LockTimeout: 50 * time.Millisecond})
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Database != "a" || len(locked.Holders) != 1 || locked.Holders[0].PID != int32(other.PgConn().PID()) {
		t.Errorf("%v: %+v", err, locked)
	}
}

// TestFailures produces what comes of a call that a service can act on, where no other test does, and sees that the
// same call goes through once what it says is seen to.
func TestFailures(t *testing.T) {
	t.Parallel()
	c := newShop(t, `CREATE ROLE app LOGIN`, `CREATE ROLE keeper LOGIN CREATEROLE`)
	ctx, try := context.Background(), c.trySync
	t.Run("missing", func(t *testing.T) {
		err := try(c.asPostgres(), "version: 1\nroles:\n  a: {direct_grants: [SELECT ON TABLE sales.order]}", Options{})
		var missing *MissingError
		if !errors.As(err, &missing) || len(missing.Missing) != 1 || missing.Missing[0].Object.Name != "order" || missing.Missing[0].Role != "a" || missing.Missing[0].At.Line != 3 {
			t.Errorf("%v", err)
		}
		failsAs(t, err, FailedMissing)
		_, err = Explain(ctx, c.asPostgres(), "nobody", nil)
		failsAs(t, err, FailedMissing)
	})
	t.Run("refused for rights", func(t *testing.T) {
		err := try(c.connect("app", warehouse, ""), "version: 1\nroles:\n  a: {}", Options{})
		refusedFor(t, err, ForRights)
		var rights *RightsError
		if !errors.As(err, &rights) || len(rights.Remedies) == 0 {
			t.Errorf("%v", err)
		}
	})
	t.Run("refused for a lock-out", func(t *testing.T) {
		const yaml = "version: 1\nroles:\n  keeper: {}"
		refusedFor(t, try(c.connect("keeper", warehouse, ""), yaml, Options{}), ForLockout)
	})
	t.Run("refused for revokes", func(t *testing.T) {
		c.exec(`GRANT SELECT ON sales.orders TO app`)
		none := 0
		refusedFor(t, try(c.asPostgres(), "version: 1\nroles:\n  app: {login: {}}", Options{MaxRevokes: &none}), ForRevokes)
	})
	t.Run("the spec", func(t *testing.T) {
		failsAs(t, try(c.asPostgres(), "version: 1\nroles:\n  a: {}\n  postgres: {login: {}}", Options{}), FailedSpec)
	})
	t.Run("declined", func(t *testing.T) {
		failsAs(t, try(c.asPostgres(), shopSpec, Options{Confirm: func(*planner.Plan) (bool, error) { return false, nil }}), FailedDeclined)
	})
	t.Run("stale", func(t *testing.T) {
		_, err := c.syncShop(ctx, c.asPostgres(), Options{Confirm: func(*planner.Plan) (bool, error) {
			c.exec(`GRANT DELETE ON sales.parts TO old`)
			return true, nil
		}})
		failsAs(t, err, FailedStale)
	})
	t.Run("at last", func(t *testing.T) { c.sync(shopSpec, true) })
}

// trySync tries what is to change nothing.
func (c *cluster) trySync(conn *pgx.Conn, yaml string, o Options) (err error) {
	c.Helper()
	c.unchanged(func() { _, err = Sync(context.Background(), conn, parse(c, yaml), o) })
	return err
}

// TestFailuresOfTheServer does the same with what the server, or somebody on it, does not let happen.
func TestFailuresOfTheServer(t *testing.T) {
	t.Parallel()
	c := newShop(t, `CREATE ROLE app LOGIN`)
	try := c.trySync
	t.Run("a server's error", func(t *testing.T) {
		c.exec(`CREATE FUNCTION public.stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''not now''; END'`,
			`CREATE EVENT TRIGGER stop ON ddl_command_start WHEN TAG IN ('GRANT') EXECUTE PROCEDURE public.stop()`)
		err := try(c.asPostgres(), shopSpec, Options{})
		c.exec(`DROP EVENT TRIGGER stop`)
		failsAs(t, err, FailedOtherwise)
		if !errors.As(err, new(*StatementError)) || MayPass(err) {
			t.Errorf("%v", err)
		}
	})
	t.Run("refused for its result", func(t *testing.T) {
		c.onCommand("ddl_command_start", `RAISE WARNING 'something is odd';`)
		err := try(c.asPostgres(), shopSpec, Options{})
		c.exec(`DROP EVENT TRIGGER meddle`)
		refusedFor(t, err, ForResult)
	})
	t.Run("refused for the ledger", func(t *testing.T) {
		c.exec(`CREATE SCHEMA pgsr AUTHORIZATION app`, `CREATE TABLE pgsr.ledger ()`, `ALTER TABLE pgsr.ledger OWNER TO app`)
		err := try(c.asPostgres(), shopSpec, Options{})
		refusedFor(t, err, ForLedger)
		if !errors.As(err, new(*ledger.UntrustedError)) {
			t.Errorf("%v", err)
		}
		c.exec(`DROP SCHEMA pgsr CASCADE`)
	})
	t.Run("at last", func(t *testing.T) { c.sync(shopSpec, true) })
}

// TestInterruptedAndLost: before anything is done, while it waits for the lock. Nothing is changed, and it is said what
// was waited for; a context that has ended before is no exception.
func TestInterruptedAndLost(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	over, end := context.WithCancel(context.Background())
	end()
	for name, call := range map[string]func(*pgx.Conn) error{
		"Sync": func(conn *pgx.Conn) error { _, err := c.syncShop(over, conn, Options{}); return err },
		"Plan": func(conn *pgx.Conn) error { _, err := Plan(over, conn, parse(t, shopSpec), Options{}); return err },
	} {
		err := call(c.asPostgres())
		var interrupted *InterruptedError
		if failsAs(t, err, FailedInterrupted); !errors.As(err, &interrupted) || interrupted.Doing != "" || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, release := c.hold(1)
	defer release()
	for _, way := range []string{"cancel", "terminate"} {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		conn := c.asPostgres()
		pid := conn.PgConn().PID()
		var got outcomeOf
		c.unchanged(func() {
			done := start(func() (*Result, error) { return c.syncShop(ctx, conn, Options{}) })
			c.awaitWaiter(conn, "advisory")
			if way == "cancel" {
				cancel()
			} else {
				c.exec(`SELECT pg_terminate_backend(` + strconv.Itoa(int(pid)) + `)`)
			}
			got = <-done
		})
		var interrupted *InterruptedError
		var lost *LostError
		switch way {
		case "cancel":
			failsAs(t, got.err, FailedInterrupted)
			if !errors.As(got.err, &interrupted) || !strings.HasPrefix(interrupted.Doing, "waiting for the lock") {
				t.Errorf("%+v", interrupted)
			}
		case "terminate":
			failsAs(t, got.err, FailedLost)
			if !errors.As(got.err, &lost) || !MayPass(got.err) {
				t.Errorf("%v", got.err)
			}
		}
	}
	_, err := Connect(context.Background(), "postgres://postgres@127.0.0.1:1/warehouse?sslmode=disable")
	failsAs(t, err, FailedLost)
	if failsAs(t, nil, ""); MayPass(nil) {
		t.Error("nothing may pass")
	}
}
