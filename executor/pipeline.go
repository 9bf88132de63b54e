package executor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// request is something to send, and what is done with the answers to it: a [question], or the [steps] of a plan.
type request interface {
	// statements makes what is to be sent, one after the other, each when those before it are sent, while others read
	// the answers.
	statements(*pgtype.Map) iter.Seq2[statement, error]
	take(*inbox) error
}

// line is a connection, and who is told how far things are.
type line struct {
	conn     *pgx.Conn
	progress func(Progress)
}

// tell tells how far things are, if there is someone to tell.
func (l line) tell(p Progress) {
	if l.progress != nil {
		l.progress(p)
	}
}

// verifying tells of what is read that it is read for verifying.
func (l line) verifying() line {
	return line{l.conn, func(p Progress) {
		if p.Of == 0 {
			p.Doing = "verifying: " + p.Doing
		}
		l.tell(p)
	}}
}

// ask sends all requests in one round trip, and each sees what those before it did. After the first that fails, the
// server does no other.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
//
// It goes below pgx's batches. Those prepare every statement first, which takes a round trip more and nine times as
// long, or get text where binary is shorter; and a prepared statement would at some time be planned for any scope
// instead of the one at hand, so that only those are prepared whose plan is good for all: see [kept]. They also hold
// all that is to be sent at a time, and read no answer before it is sent, so that nobody could tell how far the
// server is.
// https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
//
// When the context ends, the server is told to stop, and the error is an [*InterruptedError].
func (l line) ask(ctx context.Context, requests ...request) error {
	outside := l.conn.PgConn().TxStatus() == 'I'
	known, err := l.askKnowing(ctx, requests)
	// What was answered before the first statement that the session had forgotten may be asked again: it has begun a
	// transaction, at most.
	if isForgotten(err) && outside && !known && abandon(l.conn) == nil {
		_, err = l.askKnowing(ctx, requests)
	}
	return poolerError(err)
}

// askKnowing tells whether the session was found to have a statement that it keeps.
func (l line) askKnowing(ctx context.Context, requests []request) (known bool, err error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	e := l.exchange(ctx)
	e.in.kept = keptOn(l.conn)
	sent := e.say(requests, true)
	if err = e.end(e.take(requests), sent); isForgotten(err) {
		e.in.kept.forget()
	}
	return e.in.known, err
}

// statements makes what requests have to be sent.
func (l line) statements(requests []request) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		types := pgtype.NewMap() // the connection's serves those who read answers meanwhile
		for _, r := range requests {
			for s, err := range r.statements(types) {
				s.flush = s.flush && l.progress != nil
				if !yield(s, err) {
					return
				}
			}
		}
	}
}

// exchange is what is said to the server, and what it answers, until it is ready for something else.
type exchange struct {
	ctx  context.Context
	in   *inbox
	stop func() bool
}

// exchange begins one. It has to be ended.
func (l line) exchange(ctx context.Context) *exchange {
	return &exchange{ctx: ctx, in: &inbox{line: l}, stop: interrupting(ctx, l.conn)}
}

// say sends what requests have to be sent while others read the answers. What becomes of it is told when it ends. All
// says that these are the last ones.
func (e *exchange) say(requests []request, all bool) (sent <-chan error) {
	return sending(e.ctx, e.in.conn.PgConn().Conn(), e.in.kept.naming(e.in.statements(requests)), all)
}

// take lets each request take its answers.
func (e *exchange) take(requests []request) error {
	for _, r := range requests {
		if err := r.take(e.in); err != nil {
			return err
		}
	}
	return nil
}

// end reads until the server is ready for something else, and says what came of it all. Everything has to have been
// said.
func (e *exchange) end(err error, sent <-chan error) error {
	if err == nil {
		err = e.in.end()
	}
	e.in.skip()
	if !e.in.ready {
		hangUp(e.in.conn)
	}
	unsent, cut := <-sent, e.stop()
	switch {
	case err == nil:
		return nil
	case e.ctx.Err() != nil:
		return &InterruptedError{Cut: cut, Err: errors.Join(e.ctx.Err(), err)}
	case errors.Is(err, errShort) && unsent != nil:
		return fmt.Errorf("sending statements: %w", unsent)
	}
	return err
}

// hangUp closes a connection on which an answer may still be on its way. What is being sent, is not any more.
func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_ = conn.PgConn().Conn().Close() // it is of no use whatever it says
	_ = conn.Close(ctx)
}

// patience is how long the server has for stopping what it does, once it was told to.
const patience = 750 * time.Millisecond

// interrupting tells the server to stop when the context ends, until the function is called that it gives, which
// tells whether the server has not listened. It is told again and again, because it takes no notice between two
// statements.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
func interrupting(ctx context.Context, conn *pgx.Conn) (stop func() bool) {
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

// cancelUntil asks the server to cancel what it does until it has, or the deadline is over. When it has, a moment
// goes by before it returns: the signal of a request that came too late would meet what is sent next.
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

// InterruptedError says that the context ended while the server was at work, which was told to stop. What was not
// committed is not done.
type InterruptedError struct {
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
