package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// inbox is what the server answers to statements, one after the other.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
type inbox struct {
	line
	// ready tells that the last answer was read.
	ready bool
	// lost tells that the connection is.
	lost bool
	// kept are the statements that the session keeps, if any are to be kept, and known tells that it was found to have
	// one of them.
	kept  *kept
	known bool
}

// errShort says that the server was ready for something else before all was answered: not all was sent.
var errShort = errors.New("not all statements were sent")

// next gives the next message that belongs to an answer. The error is the server's or the connection's.
func (a *inbox) next() (pgproto3.BackendMessage, error) {
	if a.ready {
		return nil, errShort
	}
	// The context is not this one's to watch: it ends by a word to the server, which answers that, too.
	message, err := a.conn.PgConn().ReceiveMessage(context.Background())
	if err != nil {
		a.lost = true
		return nil, fmt.Errorf("the connection was lost: %w", err)
	}
	switch m := message.(type) {
	case *pgproto3.ErrorResponse:
		failed := pgconn.ErrorResponseToPgError(m)
		a.lost = failed.SeverityUnlocalized == "FATAL" || failed.SeverityUnlocalized == "PANIC"
		return nil, failed
	case *pgproto3.ReadyForQuery:
		a.ready = true
		return nil, errShort
	}
	return message, nil
}

// complete reads an answer to its end, without what rows it has.
func (a *inbox) complete() (pgconn.CommandTag, error) {
	for {
		message, err := a.next()
		if err != nil {
			return pgconn.CommandTag{}, err
		}
		switch m := message.(type) {
		case *pgproto3.CommandComplete:
			return pgconn.NewCommandTag(string(m.CommandTag)), nil
		case *pgproto3.EmptyQueryResponse:
			return pgconn.CommandTag{}, nil
		}
	}
}

// end reads until the server is ready. There is nothing left to answer.
func (a *inbox) end() error {
	_, err := a.complete()
	if errors.Is(err, errShort) {
		return nil
	}
	return err
}

// skip reads until the server is ready, after something has failed: of what was sent behind that it does nothing.
func (a *inbox) skip() {
	for !a.ready && !a.lost {
		_, _ = a.next()
	}
}
