package wire

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/script"
)

// Begin begins a transaction in which nothing that is said can be taken for something else, whatever the database, the
// role or a pooler has set. Nothing is ever sent outside of one that begins like this.
func Begin(conn *pgx.Conn, access script.TransactionMode) []Request {
	return Queries(
		Query{Doing: beginning, SQL: script.Begin(access), Failed: notBegun},
		Query{Doing: "setting the search path and the encoding", SQL: script.PinSettings(ClientEncoding(conn)), Prepared: true,
			Read: preparedOn(conn).readSession},
	)
}

const beginning = "beginning a transaction"

// notBegun says that a server is a standby, where that is why a transaction that writes can not begin: before 14 the
// server does not tell at the start of a session (feature_not_supported).
// https://www.postgresql.org/docs/13/hot-standby.html#HOT-STANDBY-USERS
func notBegun(err error) error {
	if SQLState(err) == "0A000" {
		return errStandby
	}
	return fmt.Errorf("%s: %w", beginning, err)
}

// End ends a transaction that has written nothing.
var End = Query{Doing: "ending a transaction", SQL: "COMMIT"}

// ClientEncoding is UTF8, but where the server does not know what its bytes stand for: there they pass as they are.
// https://www.postgresql.org/docs/current/multibyte.html#MULTIBYTE-CHARSET-SUPPORTED
func ClientEncoding(conn *pgx.Conn) string {
	const bytes = "SQL_ASCII"
	if conn.PgConn().ParameterStatus("server_encoding") == bytes {
		return bytes
	}
	return script.UTF8
}

// CheckOutsideTransaction refuses a connection that is inside a transaction, which is the caller's, and a server that
// is too old.
func CheckOutsideTransaction(conn *pgx.Conn) error {
	if status := conn.PgConn().TxStatus(); status != 'I' {
		return &InTransactionError{Failed: status == 'E'}
	}
	return KnownVersion(conn)
}

// Rollback ends a transaction that is not to be committed, if there is one. It does so even if the context of what has
// failed is over.
func Rollback(conn *pgx.Conn) error {
	if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := conn.PgConn().Exec(ctx, "ROLLBACK").Close()
	if err != nil {
		hangUp(conn) // which rolls back as well
	}
	return err
}
