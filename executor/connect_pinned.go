package executor

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/script"
)

// pinned has something that pgx asks a server that it has just connected to, for target_session_attrs, asked in a
// transaction that is opened like all of ours: pgx names functions without their schema. Whether that can write is
// left to the server: it is what is asked.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
func pinned(ask pgconn.ValidateConnectFunc) pgconn.ValidateConnectFunc {
	if ask == nil {
		return nil
	}
	return func(ctx context.Context, conn *pgconn.PgConn) error {
		if err := conn.Exec(ctx, "BEGIN; "+script.Pin(script.UTF8)).Close(); err != nil {
			return err
		}
		if err := ask(ctx, conn); err != nil {
			return err // and the connection is not used
		}
		return conn.Exec(ctx, "ROLLBACK").Close()
	}
}
