package executor

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/executor/scratch/scratchtest"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
)

// pooled connects by a URL, which may be a pooler's.
func (c *cluster) pooled(url string) *pgx.Conn {
	c.Helper()
	conn, err := Connect(context.Background(), url)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// hasNoLock: a pooler keeps its sessions, and with them what they have.
func (c *cluster) hasNoLock() {
	c.Helper()
	c.eventually("an advisory lock is left", func() bool {
		return one[int](c, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`) == 0
	})
}

// jostle keeps using the pooler's sessions, so that nobody gets the same one twice but by chance.
func (c *cluster) jostle(url string) {
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	for range 2 {
		conn := c.pooled(url)
		go func() {
			defer func() { done <- struct{}{} }()
			for ctx.Err() == nil {
				if _, err := conn.Exec(context.Background(), `SELECT pg_sleep(0.002)`, pgx.QueryExecModeExec); err != nil {
					return
				}
			}
		}()
	}
	c.Cleanup(func() { end(); <-done; <-done })
}

// TestPooler runs everything behind a pooler that gives each client, or each transaction, a session.
func TestPooler(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"session", "transaction"} {
		for _, user := range []string{"postgres", "admin"} {
			t.Run(mode+" as "+user, func(t *testing.T) {
				t.Parallel()
				c := newArchive(t)
				url := scratchtest.Pooler(t, c.server, mode, 5)(user, warehouse)
				c.jostle(url)
				c.usesPooler(url)
			})
		}
	}
}

// TestPoolerGivesAnotherSession that has the statement which begins each transaction, but not those that follow.
func TestPoolerGivesAnotherSession(t *testing.T) {
	t.Parallel()
	ctx, c := context.Background(), newShop(t)
	if _, _, err := ledger.Install(ctx, c.super); err != nil {
		t.Fatal(err)
	}
	for name, use := range map[string]func(*pgx.Conn) error{
		"install": func(conn *pgx.Conn) error { _, _, err := ledger.Install(ctx, conn); return err },
		"ledger":  func(conn *pgx.Conn) error { _, err := ledger.List(ctx, conn, 0); return err },
		"roles":   func(conn *pgx.Conn) error { _, _, err := ledger.Roles(ctx, conn, catalog.As{}); return err },
		"plan":    func(conn *pgx.Conn) error { _, err := Plan(ctx, conn, parse(t, shopSpec), Options{}); return err },
		"sync":    func(conn *pgx.Conn) error { _, err := Sync(ctx, conn, parse(t, shopSpec), Options{}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			url := scratchtest.Pooler(t, c.server, "transaction", 2)("postgres", warehouse)
			conn, other, occupying := c.pooled(url), c.pooled(url), c.pooled(url)
			must := func(doing string, err error) {
				if err != nil {
					t.Fatalf("%s: %v", doing, err)
				}
			}
			must("on the one session", use(conn))
			_, err := occupying.Exec(ctx, "BEGIN", pgx.QueryExecModeExec) // takes that session
			must("taking the one session", err)
			must("on another session", wire.Session{Conn: other}.Read(ctx))
			must("the same on another session", use(conn))
		})
	}
}

// TestScriptBehindAPooler: the transactions of a script need not be of one session, and none is left with a lock.
func TestScriptBehindAPooler(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	s := parse(t, archiveSpec)
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil || len(plan.Parts) < 2 {
		t.Fatalf("%v, %v", plan, err)
	}
	url := scratchtest.Pooler(t, c.server, "transaction", 5)("postgres", warehouse)
	c.jostle(url)
	psql := exec.Command(psqlPath(c), "-X", "-d", url)
	psql.Stdin = strings.NewReader(c.written("psql", s, plan, Options{}))
	if out, err := psql.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	c.hasNoLock()
	c.isDone()
}

// usesPooler does all that is to be done, on connections that others use, too.
func (c *cluster) usesPooler(url string) {
	c.Helper()
	ctx := context.Background()
	for _, from := range []int64{0, ledgerVersion} {
		install, list := c.pooled(url), c.pooled(url)
		if got, to, err := ledger.Install(ctx, install); err != nil || got != from || to != ledgerVersion {
			c.Fatalf("installing: from %d to %d, %v", got, to, err)
		}
		if _, err := ledger.List(ctx, list, 0); err != nil {
			c.Fatal(err)
		}
		install.Close(ctx)
		list.Close(ctx)
	}
	conn := c.pooled(url)
	many, err := Sync(ctx, conn, parse(c, archiveSpec), Options{})
	if err != nil || !many.Applied || len(many.Plan.Parts) < 2 {
		c.Fatalf("%+v, %v", many, err)
	}
	c.hasNoLock()
	for n := range 5 {
		spec := archiveSpec + fmt.Sprintf("  r%d: {}\n", n)
		if result, err := Sync(ctx, conn, parse(c, spec), Options{}); err != nil || !result.Applied || result.Plan.Parts != nil {
			c.Fatalf("%+v, %v", result, err)
		}
		if plan, err := Plan(ctx, conn, parse(c, spec), Options{Prefetch: prefetched(conn)}); err != nil || !plan.InSync() {
			c.Fatalf("%+v, %v", plan, err)
		}
	}
	c.hasNoLock()
	entries, err := ledger.List(ctx, conn, 0)
	if err != nil || len(entries) != len(many.Plan.Parts)+5 {
		c.Errorf("%d entries, %v", len(entries), err)
	}
}

// TestPoolerOfStatements has no transactions to give, and says so. It also closes the connection, and what it said may
// be lost while something is still sent to it.
func TestPoolerOfStatements(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	url := scratchtest.Pooler(t, c.server, "statement", 2)("postgres", warehouse)
	c.unchanged(func() {
		for _, try := range []func(*pgx.Conn) error{
			func(conn *pgx.Conn) error { _, err := c.syncShop(context.Background(), conn, Options{}); return err },
			func(conn *pgx.Conn) error { _, _, err := ledger.Install(context.Background(), conn); return err },
			func(conn *pgx.Conn) error { _, err := ledger.List(context.Background(), conn, 0); return err },
		} {
			err := try(c.pooled(url))
			for n := 0; n < 50 && err != nil && strings.Contains(err.Error(), "the connection was lost"); n++ {
				err = try(c.pooled(url))
			}
			saysAll(t, err, "connect directly")
		}
	})
	c.hasNoLock()
}

// TestPoolerThatIsTooSmall says so, where the lock is kept on one session and none is left.
func TestPoolerThatIsTooSmall(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	url := scratchtest.Pooler(t, c.server, "transaction", 1)("postgres", warehouse)
	_, err := Sync(context.Background(), c.pooled(url), parse(t, archiveSpec), Options{})
	saysAll(t, err, "connect directly", "needs two")
	c.hasNoLock()
}

// TestCancelLeavesNoLock ends the context at moments all over a run of several transactions: directly, where the
// connection stays open, and behind a pooler, whose sessions do.
func TestCancelLeavesNoLock(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	pooler := scratchtest.Pooler(t, c.server, "transaction", 2)("postgres", warehouse)
	interrupted := 0
	for i := range 16 {
		url := c.server.URL("postgres", warehouse, "")
		if i%2 == 1 {
			url = pooler
		}
		conn := c.pooled(url)
		ctx, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond+time.Duration(i)*15*time.Millisecond)
		if _, err := Sync(ctx, conn, parse(t, archiveSpec), Options{}); err != nil {
			interrupted++
		}
		cancel()
		c.hasNoLock()
		conn.Close(context.Background())
	}
	if interrupted == 0 {
		t.Error("nothing was interrupted: this proves nothing")
	}
	c.sync(archiveSpec, one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname LIKE '\_pgsr\_%'`) < archiveTables)
}

// TestLockGoesWithWhoKeepsIt: where its connection is lost, what is committed stays, and no more is done.
func TestLockGoesWithWhoKeepsIt(t *testing.T) {
	t.Parallel()
	c := newArchive(t)
	c.meddlingAt("t250", `PERFORM pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory';`)
	_, err := Sync(context.Background(), c.asPostgres(), parse(t, archiveSpec), Options{})
	saysAll(t, err, "transactions are committed", errLockLost.Error())
	c.hasNoLock()
}
