package executor

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/script"
)

// opening begins a transaction, so that nothing of what is said in it is taken for something else, whatever the
// database, the role or a pooler has set. Nothing is ever sent outside of one that begins like this.
func opening(conn *pgx.Conn, access script.Access) []request {
	return asking(
		question{what: "beginning a transaction", sql: script.Begin(access)},
		question{what: "setting the search path and the encoding", sql: script.Pin(clientEncoding(conn)), kept: true},
	)
}

// closing ends a transaction that has nothing to keep.
var closing = question{what: "ending a transaction", sql: "COMMIT"}

// clientEncoding is UTF8, but where the server does not know what its bytes stand for: there they pass as they are.
// https://www.postgresql.org/docs/current/multibyte.html#MULTIBYTE-CHARSET-SUPPORTED
func clientEncoding(conn *pgx.Conn) string {
	const bytes = "SQL_ASCII"
	if conn.PgConn().ParameterStatus("server_encoding") == bytes {
		return bytes
	}
	return script.UTF8
}

// read does what [line.ask] does in a transaction of its own that can change nothing.
func (l line) read(ctx context.Context, requests ...request) error {
	if err := outsideTransaction(l.conn); err != nil {
		return err
	}
	err := l.ask(ctx, slices.Concat(opening(l.conn, script.Reading), requests, asking(closing))...)
	if err != nil {
		_ = abandon(l.conn) // whose error says nothing that the first one did not
	}
	return err
}
