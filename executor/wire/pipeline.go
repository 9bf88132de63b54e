package wire

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/planner/script"
)

// RoundTrip sends all requests in one round trip, and each sees what those before it did. After the first that fails,
// the server does no other.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
//
// It does not use pgx's batches, for three reasons. Those prepare every statement, which takes one more round trip and
// nine times as long, or ask for text where binary is shorter. A prepared statement is at some time planned for any
// arguments instead of those at hand: see [Query.Prepared]. A batch holds all that is to be sent at a time, and reads
// no answer before all is sent, so that nobody could tell how far the server is.
// https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
//
// When the context ends, the server is told to stop, and the error is an [*InterruptedError].
func (s Session) RoundTrip(ctx context.Context, requests ...Request) error {
	outside := s.Conn.PgConn().TxStatus() == 'I'
	known, err := s.exchange(ctx, requests)
	if errors.Is(err, errOtherSession) { // nothing was read, and what was done there is undone
		preparedOn(s.Conn).leave()
		if err = Rollback(s.Conn); err == nil {
			_, err = s.exchange(ctx, requests)
		}
		return poolerError(err)
	}
	// Nothing but the beginning of a transaction was done before the first prepared statement, which the session did
	// not have any more: so all may be asked again.
	if IsForgotten(err) && outside && !known && Rollback(s.Conn) == nil {
		_, err = s.exchange(ctx, requests)
	}
	return poolerError(err)
}

// Read does what [Session.RoundTrip] does in a transaction of its own that can change nothing.
func (s Session) Read(ctx context.Context, requests ...Request) error {
	if err := CheckOutsideTransaction(s.Conn); err != nil {
		return err
	}
	err := s.RoundTrip(ctx, slices.Concat(Begin(s.Conn, script.ReadOnly), requests, Queries(End))...)
	if err != nil {
		_ = Rollback(s.Conn) // whose error says nothing that the first one did not
	}
	return err
}

// exchange sends requests and lets each take its answers, until the server is ready for something else. Known tells
// whether the session was found to have a prepared statement.
func (s Session) exchange(ctx context.Context, requests []Request) (known bool, err error) {
	if ctx.Err() != nil {
		return false, &InterruptedError{Err: ctx.Err()}
	}
	r := &receiver{Session: s, prepared: preparedOn(s.Conn)}
	stop := interrupting(ctx, s.Conn)
	sent := sending(ctx, s.Conn.PgConn().Conn(), r.prepared.naming(s.statements(requests)))
	err = r.takeAll(requests)
	unsent, cut := <-sent, stop()
	switch {
	case err == nil:
	case ctx.Err() != nil:
		err = &InterruptedError{Doing: r.doing, Cut: cut, Err: errors.Join(ctx.Err(), err)}
	case errors.Is(err, errShort) && unsent != nil:
		err = fmt.Errorf("sending statements: %w", unsent)
	}
	if IsForgotten(err) {
		r.prepared.forget()
	}
	return r.known, err
}

// statements makes what requests have to be sent.
func (s Session) statements(requests []Request) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		types := pgtype.NewMap() // the connection's serves those who read answers meanwhile
		for _, r := range requests {
			for one, err := range r.statements(types) {
				one.flush = one.flush && s.Progress != nil
				if !yield(one, err) {
					return
				}
			}
		}
	}
}
