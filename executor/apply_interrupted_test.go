package executor

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestCancelledWhileWaitingForTheLock(t *testing.T) {
	t.Parallel()
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
}

func TestCancelledAmongTheStatements(t *testing.T) {
	t.Parallel()
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
	})
}

// endsCancelled: the server was told to stop, and did. The connection is as it was before.
func (c *cluster) endsCancelled(done <-chan outcomeOf, conn *pgx.Conn) {
	c.Helper()
	select {
	case got := <-done:
		var interrupted *InterruptedError
		if !errors.Is(got.err, context.Canceled) || !errors.As(got.err, &interrupted) || interrupted.Cut {
			c.Errorf("%v", got.err)
		}
	case <-time.After(20 * time.Second):
		c.Fatal("it does not end")
	}
	isUsable(c, conn)
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
	t.Parallel()
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
	t.Parallel()
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
