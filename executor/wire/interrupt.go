package wire

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long the server has for stopping what it does, once it was told to.
const patience = 750 * time.Millisecond

// interrupting tells the server to stop when the context ends. It does so until stop is called, which tells whether the
// connection was cut because the server did not stop in time. It repeats itself, because the server takes no notice
// between two statements.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
func interrupting(ctx context.Context, conn *pgx.Conn) (stop func() (cut bool)) {
	done, finished := make(chan struct{}), make(chan struct{})
	var deadline time.Time
	unwatch := context.AfterFunc(ctx, func() {
		defer close(finished)
		deadline = time.Now().Add(patience)
		_ = conn.PgConn().Conn().SetDeadline(deadline)
		cancelUntil(done, deadline, conn)
	})
	return func() bool {
		close(done)
		if unwatch() {
			return false
		}
		<-finished
		cut := conn.IsClosed() && !time.Now().Before(deadline)
		_ = conn.PgConn().Conn().SetDeadline(time.Time{})
		return cut
	}
}

// cancelUntil asks the server to cancel what it does until it has, or until the deadline. When it has, a moment goes by
// before it returns: the signal of a request that came too late would meet what is sent next.
func cancelUntil(done <-chan struct{}, deadline time.Time, conn *pgx.Conn) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	for ctx.Err() == nil {
		_ = conn.PgConn().CancelRequest(ctx) // an error of it is no news: the deadline counts
		timer := time.NewTimer(50 * time.Millisecond)
		select {
		case <-ctx.Done():
		case <-done:
			<-timer.C
			return
		case <-timer.C:
		}
	}
}

// hangUp closes a connection on which an answer may still be on its way, and stops what is being sent.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = conn.PgConn().Conn().Close() // it is of no use whatever it says
	_ = conn.Close(ctx)
}

// InterruptedError says that the context ended while the server was at work, which was told to stop. What was not
// committed is not done.
type InterruptedError struct {
	// Doing is what was waited for, as in [Progress]; empty: nothing had begun.
	Doing string
	// Cut tells that the server did not stop in time, so that the connection was closed. It rolls back by itself, as
	// soon as it notices.
	Cut bool
	// Err is the context's error and what came of it.
	Err error
}

// Error says what became of the statements.
func (e *InterruptedError) Error() string {
	if e.Cut {
		return fmt.Sprintf("interrupted, and the server did not stop within %v, so the connection was cut: it rolls back by itself: %v", patience, e.Err)
	}
	return fmt.Sprintf("interrupted: %v", e.Err)
}

// Unwrap gives the cause.
func (e *InterruptedError) Unwrap() error { return e.Err }
