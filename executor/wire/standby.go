package wire

import (
	"errors"

	"github.com/jackc/pgx/v5"
)

// errStandby says why nothing can be changed on a server that recovers from another one's log.
var errStandby = &RefusedError{ForServer, errors.New("this server is a standby, which can be read and not changed, so nothing was done: connect to the primary " +
	"(target_session_attrs=read-write finds it among several hosts)")}

// CheckMayChange refuses a connection on which nothing can be changed: one in a transaction, or to a standby. A server
// tells at the start of each session what it is.
// https://www.postgresql.org/docs/current/runtime-config-preset.html#GUC-IN-HOT-STANDBY
func CheckMayChange(conn *pgx.Conn) error {
	if err := CheckOutsideTransaction(conn); err != nil {
		return err
	}
	return CheckPrimary(conn)
}

// CheckPrimary refuses a connection to a standby.
func CheckPrimary(conn *pgx.Conn) error {
	if conn.PgConn().ParameterStatus("in_hot_standby") == "on" {
		return errStandby
	}
	return nil
}
