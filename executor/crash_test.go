package executor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// crashes is how often a server, or a program, is stopped at a random moment: more take longer.
var crashes = flag.Int("crashes", 4, "how often a server is stopped in the midst of an apply")

// durable are the settings with which what was committed outlives a crash of the server.
var durable = []string{"synchronous_commit", "on", "full_page_writes", "on"}

// TestServerStopsAtOnce: whenever the server is stopped, what it has afterwards is what the run said, all or nothing.
func TestServerStopsAtOnce(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(12, 9))
	c := newClusterWith(t, durable, append(shop, `CREATE ROLE alice`)...)
	counts := map[string]int{}
	for range *crashes {
		c.exec(`REVOKE ALL ON sales.parts FROM alice`, `ALTER ROLE alice NOLOGIN PASSWORD NULL`, `GRANT SELECT ON sales.parts TO old`)
		before := c.fingerprint()
		conn := c.asPostgres()
		done := start(func() (*Result, error) { return c.syncShop(context.Background(), conn, Options{}) })
		time.Sleep(time.Duration(random.IntN(250)) * time.Millisecond)
		c.server.Crash()
		got := <-done
		c.restart()
		counts[c.crashed(got, before)]++
	}
	t.Logf("%d crashes: %v", *crashes, counts)
}

// restart runs the server again and connects anew.
func (c *cluster) restart() {
	c.Helper()
	ctx := context.Background()
	_ = c.super.Close(ctx) // it is gone already
	if err := c.server.Restart(ctx); err != nil {
		c.Fatal(err)
	}
	c.super = c.connect("postgres", warehouse, "")
}

// crashed says what became of a run, and fails unless that is what the server has.
func (c *cluster) crashed(got outcomeOf, before string) string {
	c.Helper()
	isBefore := c.fingerprint() == before
	isDone := c.isInSync()
	var unknown *UnknownOutcomeError
	switch {
	case got.err == nil:
		if !isDone {
			c.Errorf("it said that it was applied, and it is not")
		}
		return "applied"
	case errors.As(got.err, &unknown):
		// A server that has forgotten the number gives it to another transaction.
		id := `'` + unknown.TransactionID + `'::xid8`
		status := one[string](c, `SELECT coalesce(CASE WHEN `+id+` < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status(`+id+`) END, 'aborted')`)
		if isDone != (status == "committed") || isBefore == isDone {
			c.Errorf("the transaction is %s; as before: %v, done: %v", status, isBefore, isDone)
		}
		return "unknown"
	}
	if !isBefore {
		c.Errorf("it said that nothing was changed, and something is: %v", got.err)
	}
	return "failed"
}

// isInSync tells whether the shop is as its spec says.
func (c *cluster) isInSync() bool {
	c.Helper()
	plan, err := Plan(context.Background(), c.super, parse(c, shopSpec), Options{})
	if err != nil {
		c.Fatal(err)
	}
	return plan.InSync()
}

// horde is so many roles that pg_authid grows over a megabyte.
const horde = 9_000

func hordeSpec() string {
	var roles strings.Builder
	for i := range horde {
		fmt.Fprintf(&roles, "  horde_%d: {}\n", i)
	}
	return "version: 1\nroles:\n" + roles.String()
}

// TestServerWithoutRoom: where no file can grow over a megabyte, as little as on a full disk, nothing is changed;
// with room the run goes through.
func TestServerWithoutRoom(t *testing.T) {
	t.Parallel()
	needs(t, 11, "recovery within a megabyte, with segments as small as this")
	c := newCluster(t, shop...)
	s := parse(t, hordeSpec())
	room := c.server.BinDir
	c.server.BinDir = withoutRoom(t, room)
	c.server.Crash()
	c.restart()
	c.unchanged(func() {
		conn := c.asPostgres()
		_, err := Sync(context.Background(), conn, s, Options{SingleTransaction: true})
		saysAll(t, err, "could not", "File too large", "everything was rolled back")
		isUsable(t, conn)
	})
	c.server.BinDir = room
	c.server.Crash()
	c.restart()
	if _, err := Sync(context.Background(), c.super, s, Options{SingleTransaction: true}); err != nil {
		t.Fatal(err)
	}
	if roles := one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'horde%'`); roles != horde {
		t.Errorf("there are %d roles", roles)
	}
}

// withoutRoom makes a program that starts the server with a limit of files' sizes.
func withoutRoom(t *testing.T, bin string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "room")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	text := "#!/bin/bash\nulimit -f 1024\nexec '" + filepath.Join(bin, "postgres") + "' \"$@\"\n"
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "postgres"), []byte(text), 0o755)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestPreparedTransactionInTheWay: it holds what the plan changes until someone ends it. Waiting is bounded by
// lock_timeout.
func TestPreparedTransactionInTheWay(t *testing.T) {
	t.Parallel()
	for what, does := range map[string]string{
		"the lock":     `SELECT pg_advisory_xact_lock(1)`,
		"an object":    `GRANT SELECT ON sales.parts TO old WITH GRANT OPTION`,
		"a role":       `ALTER ROLE old CONNECTION LIMIT 3`,
		"a membership": `REVOKE pg_monitor FROM old`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			c := newClusterWith(t, []string{"max_prepared_transactions", "2"}, append(shop, `ALTER ROLE old LOGIN`, `GRANT pg_monitor TO old`)...)
			conn := c.asPostgres()
			for _, statement := range []string{`BEGIN`, does, `PREPARE TRANSACTION 'in the way'`} {
				mustExec(t, conn, statement)
			}
			c.unchanged(func() {
				_, err := c.syncShop(within(t, 30*time.Second), conn, Options{LockTimeout: 300 * time.Millisecond})
				saysAll(t, err, "lock timeout")
				isUsable(t, conn)
			})
			mustExec(t, conn, `ROLLBACK PREPARED 'in the way'`)
			if _, err := c.syncShop(within(t, 30*time.Second), conn, Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDeadlockWithOtherStatements: whoever the server lets go first, the run goes through in the end.
func TestDeadlockWithOtherStatements(t *testing.T) {
	t.Parallel()
	c := newShop(t, `ALTER SYSTEM SET deadlock_timeout = '50ms'`, `SELECT pg_reload_conf()`, `CREATE ROLE other`)
	s := parse(t, "version: 1\nroles: {old: {direct_grants: [SELECT ON TABLE sales.orders, SELECT ON TABLE sales.parts]}}")
	ctx, victims := context.Background(), map[string]int{}
	for round := range 6 {
		c.exec(`REVOKE SELECT ON sales.orders, sales.parts FROM old, other`)
		conn, tables := c.asPostgres(), []string{"parts", "orders"}
		if round%2 == 1 { // in the order of the plan, so that one waits for the other and no more
			tables = []string{"orders", "parts"}
		}
		tx, err := c.asPostgres().Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(ctx)
		if _, err := tx.Exec(ctx, `GRANT SELECT ON sales.`+tables[0]+` TO other`); err != nil {
			t.Fatal(err)
		}
		done := start(func() (*Result, error) { return Sync(ctx, conn, s, Options{}) })
		c.awaitBlocked(conn)
		if _, err = tx.Exec(ctx, `GRANT SELECT ON sales.`+tables[1]+` TO other`); err == nil {
			err = tx.Commit(ctx)
		} else {
			victims["the other"]++
			err = tx.Rollback(ctx)
		}
		got := <-done
		if err != nil || got.err != nil {
			t.Fatalf("round %d: %v; the other: %v", round, got.err, err)
		}
		if got.result.Attempts > 1 {
			victims["the run"]++
		}
	}
	if len(victims) == 0 {
		t.Error("nobody was in anybody's way: this proves nothing")
	}
	t.Log(victims)
}

// awaitBlocked returns when a connection waits for any lock.
func (c *cluster) awaitBlocked(conn *pgx.Conn) {
	c.Helper()
	pid := conn.PgConn().PID()
	c.eventually("it does not wait", func() bool {
		return one[bool](c, `SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)`, pid)
	})
}
