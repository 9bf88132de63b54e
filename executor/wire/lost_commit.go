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
// [UnknownOutcomeError.Committed] asks, once the server is there again.
type UnknownOutcomeError struct {
	// TransactionID is what txid_status() takes, System the server's system identifier, as far as it is known.
	TransactionID, System string
	Err                   error
}

// Committed asks on another connection to the same server, in any database, whether the transaction was committed. An
// error says that it is still not known: the transaction is in progress, the server has forgotten it, or it is another
// server.
func (e *UnknownOutcomeError) Committed(ctx context.Context, conn *pgx.Conn) (bool, error) {
	if e.TransactionID == "" {
		return false, &ArgumentError{"the error", "names no transaction: it is not one that a run has given"}
	}
	if err := Usable(ctx, conn); err != nil {
		return false, err
	}
	t := Transaction{System: e.System, ID: e.TransactionID}
	switch status, err := t.status(ctx, conn); {
	case err != nil:
		return false, err
	case status == "committed", status == "aborted":
		return status == "committed", nil
	case status == "":
		return false, fmt.Errorf("the server does not know any more what came of transaction %s, or is a standby", e.TransactionID)
	default:
		return false, fmt.Errorf("transaction %s is %s: ask again", e.TransactionID, status)
	}
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
	unknown := &UnknownOutcomeError{TransactionID: t.ID, System: t.System, Err: why}
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
			return fmt.Errorf("nothing was changed: during COMMIT %w", lost(why))
		}
		if Sleep(ctx, 100*time.Millisecond) != nil { // still in progress
			return unknown
		}
	}
}

// lost makes a [*LostError] of what is none.
func lost(err error) error {
	if errors.As(err, new(*LostError)) || errors.As(err, new(*InterruptedError)) {
		return err
	}
	return &LostError{err}
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
	return Connect(ctx, config)
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
