package wire

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// receiver reads what the server answers to statements, one answer after the other.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
type receiver struct {
	Session
	// ready tells that the last answer was read.
	ready bool
	// lost tells that the connection is.
	lost bool
	// prepared are the session's prepared statements; known tells that it was found to have one of them.
	prepared *preparedStatements
	known    bool
	// doing is what is waited for.
	doing string
	// warnings are those since they were last taken.
	warnings []*pgconn.Notice
}

// errShort says that the server was ready for something else before all was answered: not all was sent.
var errShort = errors.New("not all statements were sent")

// takeAll lets each request take its answers, and then reads until the server is ready for something else. If it never
// will be, the connection is closed.
func (r *receiver) takeAll(requests []Request) error {
	err := r.each(requests)
	for !r.ready && !r.lost { // after a failure, the server does nothing of what was sent behind it
		_, _ = r.next()
	}
	if !r.ready {
		hangUp(r.Conn)
	}
	return err
}

func (r *receiver) each(requests []Request) error {
	for _, request := range requests {
		if err := request.take(r); err != nil {
			return err
		}
	}
	if err := r.complete(); !errors.Is(err, errShort) { // there is nothing left to answer
		return err
	}
	return nil
}

// next gives the next message that belongs to an answer. The error is the server's or the connection's.
func (r *receiver) next() (pgproto3.BackendMessage, error) {
	if r.ready {
		return nil, errShort
	}
	// The context is watched elsewhere: when it ends the server is told, which then answers that, too.
	message, err := r.Conn.PgConn().ReceiveMessage(context.Background())
	if err != nil {
		r.lost = true
		return nil, &LostError{err}
	}
	switch m := message.(type) {
	case *pgproto3.ErrorResponse:
		failed := pgconn.ErrorResponseToPgError(m)
		switch {
		case failed.SeverityUnlocalized == "FATAL", failed.SeverityUnlocalized == "PANIC":
			r.lost = true
			return nil, &LostError{failed}
		case failed.Code == "55P03": // lock_not_available
			return nil, &LockedError{Err: failed}
		}
		return nil, failed
	case *pgproto3.NoticeResponse:
		if m.SeverityUnlocalized == "WARNING" {
			r.warnings = append(r.warnings, &pgconn.Notice{Severity: m.Severity, SeverityUnlocalized: m.SeverityUnlocalized, Code: m.Code, Message: m.Message})
		}
	case *pgproto3.ReadyForQuery:
		r.ready = true
		return nil, errShort
	}
	return message, nil
}

// complete reads an answer to its end, without what rows it has.
func (r *receiver) complete() error {
	for {
		message, err := r.next()
		if err != nil {
			return err
		}
		switch message.(type) {
		case *pgproto3.CommandComplete, *pgproto3.EmptyQueryResponse:
			return nil
		}
	}
}
