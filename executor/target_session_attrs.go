package executor

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/script"
)

// validateWithSafeSearchPath wraps what pgx asks a new connection for target_session_attrs. It is asked in a
// transaction that sets the search path, since pgx names functions without their schema. Whether that transaction can
// write is what pgx asks.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS
func validateWithSafeSearchPath(ask pgconn.ValidateConnectFunc) pgconn.ValidateConnectFunc {
	if ask == nil {
		return nil
	}
	return func(ctx context.Context, conn *pgconn.PgConn) error {
		if err := conn.Exec(ctx, "BEGIN; "+script.PinSettings(script.UTF8)).Close(); err != nil {
			return err
		}
		answer := ask(ctx, conn)
		if err := conn.Exec(ctx, "ROLLBACK").Close(); err != nil {
			return err
		}
		return answer // by which the connection may be used all the same: what is preferred was not found
	}
}
