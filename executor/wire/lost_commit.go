package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/gen"
)

// UnknownOutcomeError says that the connection was lost during COMMIT and that nobody could be asked what came of it.
type UnknownOutcomeError struct {
	// TransactionID is what txid_status() takes.
	TransactionID string
	Err           error
}

// Error says how to find out.
func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("the connection was lost during COMMIT: %v; whether it was committed says, on the same server: SELECT pg_catalog.txid_status(%s)",
		e.Err, e.TransactionID)
}

// Unwrap gives the cause.
func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// outcome asks on a new connection to the same server whether a transaction was committed.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
func (t *Transaction) outcome(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	unknown := &UnknownOutcomeError{TransactionID: t.ID, Err: why}
	conn, err := Reconnect(ctx, t.Conn)
	if err != nil {
		return unknown
	}
	defer conn.Close(ctx)
	for {
		status, err := t.status(ctx, conn)
		switch {
		case err != nil:
			return unknown
		case status == "committed":
			return nil
		case status == "aborted":
			return fmt.Errorf("the connection was lost during COMMIT, and nothing was changed: %w", why)
		}
		if Sleep(ctx, 100*time.Millisecond) != nil { // still in progress
			return unknown
		}
	}
}

var errOtherServer = errors.New("another server than that of the connection that was lost")

// status asks what the server says of the transaction; empty: it does not know. What is behind the same address may
// be another server now.
func (t *Transaction) status(ctx context.Context, conn *pgx.Conn) (status string, err error) {
	var system string
	err = Session{Conn: conn}.Read(ctx,
		askSystem(&system),
		Query{Doing: "asking what came of a transaction", SQL: gen.TransactionStatus, Args: []any{t.ID}, Read: Into(&status)},
	)
	if err == nil && system != t.System {
		err = errOtherServer
	}
	return status, err
}

// askSystem asks for the system identifier of the server.
func askSystem(system *string) Query {
	return Query{Doing: "reading the server's settings", SQL: gen.Server, Read: func(rows pgx.Rows) error {
		row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.ServerRow])
		*system = row.SystemIdentifier
		return err
	}}
}

// Reconnect connects as a connection was made, and to no other server: of several hosts in a URL, or several addresses
// of one, another may know nothing of what this one did.
func Reconnect(ctx context.Context, lost *pgx.Conn) (*pgx.Conn, error) {
	return ReconnectWith(ctx, lost, func(*pgx.ConnConfig) {})
}

// ReconnectWith does the same with another configuration: to another database, say.
func ReconnectWith(ctx context.Context, lost *pgx.Conn, change func(*pgx.ConnConfig)) (*pgx.Conn, error) {
	config := lost.Config()
	change(config)
	dial, address := config.DialFunc, remoteAddress(lost.PgConn())
	config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err == nil && address != conn.RemoteAddr().String() {
			err = errors.Join(errOtherServer, conn.Close())
			conn = nil
		}
		return conn, err
	}
	return pgx.ConnectConfig(ctx, config)
}

func remoteAddress(conn *pgconn.PgConn) string { return conn.Conn().RemoteAddr().String() }

// Sleep sleeps, unless the context ends before.
func Sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
