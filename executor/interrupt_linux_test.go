package executor

import (
	"context"
	"errors"
	"syscall"
	"testing"
)

// TestServerThatDoesNotStop: a backend that is stopped hears nothing. The connection is cut, and what it had been
// sent comes to nothing.
func TestServerThatDoesNotStop(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	_, release := c.hold(1)
	conn := c.asPostgres()
	backend := int(conn.PgConn().PID())
	ctx, cancel := context.WithCancel(context.Background())
	s := parse(t, shopSpec)
	c.unchanged(func() {
		done := start(func() (*Result, error) { return Sync(ctx, conn, s, Options{}) })
		c.awaitWaiter(conn, "advisory")
		if err := syscall.Kill(backend, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		cancel()
		got := <-done
		if err := syscall.Kill(backend, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		var interrupted *InterruptedError
		if !errors.As(got.err, &interrupted) || !interrupted.Cut {
			t.Errorf("%v", got.err)
		}
		saysAll(t, got.err, "the connection was cut", "rolls back by itself")
		if !conn.IsClosed() {
			t.Error("the connection is still open, with an answer on its way")
		}
		release()
		c.gone(conn)
	})
}
