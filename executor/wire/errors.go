package wire

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/lists"
)

// ArgumentError says that a call was given what it can do nothing with. Nothing was done.
type ArgumentError struct {
	// Argument is its name: "conn", "Options.Parallel".
	Argument string
	// Problem says what is wrong with it, and what to give instead.
	Problem string
}

// Error names the argument and its problem.
func (e *ArgumentError) Error() string { return e.Argument + " " + e.Problem }

// InTransactionError says that the connection is inside a transaction, which is the caller's. Nothing was done.
type InTransactionError struct {
	// Failed tells that a statement of that transaction has failed, so that it can only be rolled back.
	Failed bool
}

// Error says what to do.
func (e *InTransactionError) Error() string {
	if e.Failed {
		return "the connection is inside a transaction, which has failed: pgsr needs one of its own, so roll yours back first"
	}
	return "the connection is inside a transaction: pgsr needs one of its own, so end yours first, or use another connection"
}

// LostError says that there is no connection any more, or was none. What was not committed is not done: the server
// rolls it back by itself.
type LostError struct{ Err error }

// Error says why, as far as it is known.
func (e *LostError) Error() string { return fmt.Sprintf("the connection was lost: %v", e.Err) }

// Unwrap gives the cause.
func (e *LostError) Unwrap() error { return e.Err }

// LockedError says that a lock was not to be had in time. What was begun was rolled back.
type LockedError struct {
	// Key is that of pgsr's own lock, of Database; where IsOwn is not set, it is the lock of an object, which a
	// statement needs.
	Key      int64
	IsOwn    bool
	Database string
	// Holders are the sessions that had the lock when it was not to be had; none: it is not known.
	Holders []LockHolder
	Err     error
}

// LockHolder is a session that holds pgsr's lock.
type LockHolder struct {
	// PID is the process ID of its server process, as pg_terminate_backend takes it.
	PID int32
	// Role and Application say who that is; empty: it is not known.
	Role, Application string
	// Since is when its transaction began; zero: the connecting role may not know, for want of pg_read_all_stats.
	Since time.Time
}

// String says who it is.
func (h LockHolder) String() string {
	text := fmt.Sprintf("process %d", h.PID)
	if h.Role != "" {
		text += fmt.Sprintf(" of role %q", h.Role)
	}
	if h.Application != "" {
		text += fmt.Sprintf(" (%q)", h.Application)
	}
	if !h.Since.IsZero() {
		text += ", whose transaction began at " + h.Since.UTC().Format(time.RFC3339)
	}
	return text
}

// Error says which lock it is and who has it.
func (e *LockedError) Error() string {
	if !e.IsOwn {
		return fmt.Sprintf("a lock was not to be had in time: %v", e.Err)
	}
	who := "pg_locks says which"
	if len(e.Holders) > 0 {
		names := lists.Map(e.Holders, LockHolder.String)
		who = "it is " + strings.Join(names, "; ")
	}
	return fmt.Sprintf("another session holds the lock (pg_advisory_xact_lock, key %d); %s: %v", e.Key, who, e.Err)
}

// Unwrap gives the server's error.
func (e *LockedError) Unwrap() error { return e.Err }

// RefusedError says that something is not done although it could be tried, and why. Nothing was done.
type RefusedError struct {
	Why Refusal
	Err error
}

// Refusal is a reason to refuse something.
type Refusal string

// The reasons to refuse a run.
const (
	// ForRights is that the connecting role may not do all of it.
	ForRights Refusal = "rights"
	// ForLockout is that the connecting role would lose what it works with.
	ForLockout Refusal = "lockout"
	// ForRevokes is that roles would lose more than is allowed.
	ForRevokes Refusal = "revokes"
	// ForLocks is that it takes more transactions than the one that was asked for.
	ForLocks Refusal = "locks"
	// ForEncoding is that the database can not hold the spec's texts.
	ForEncoding Refusal = "encoding"
	// ForLedger is that the ledger can not be written, or not be trusted.
	ForLedger Refusal = "ledger"
	// ForServer is that the server is a standby, too old, or behind a pooler of statements, or that the database has a
	// superuser act as another role.
	ForServer Refusal = "server"
	// ForResult is that the statements did not do what was planned: all was rolled back.
	ForResult Refusal = "result"
)

// Error is that of the cause.
func (e *RefusedError) Error() string {
	if e.Err == nil {
		return "refused: " + string(e.Why)
	}
	return e.Err.Error()
}

// Unwrap gives the cause.
func (e *RefusedError) Unwrap() error { return e.Err }

// SQLState gives the code of the server's error in one; empty if there is none.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func SQLState(err error) string {
	if server, is := errors.AsType[*pgconn.PgError](err); is {
		return server.Code
	}
	return ""
}

var errClosed = errors.New("it is closed")

// Usable refuses what no question can be asked with: no context, no connection, one that is closed, or one on which
// another answer is still being read.
func Usable(ctx context.Context, conn *pgx.Conn) error {
	if err := GivenContext(ctx); err != nil {
		return err
	}
	switch {
	case conn == nil || conn.PgConn() == nil:
		return &ArgumentError{"conn", "is nil: give a connection that is open"}
	case conn.IsClosed():
		return &LostError{errClosed}
	case conn.PgConn().IsBusy():
		return &ArgumentError{"conn", "is busy with another query: read its rows to the end, or close them, first, and use it in one goroutine at a time"}
	}
	return nil
}

// GivenContext refuses no context.
func GivenContext(ctx context.Context) error {
	if ctx == nil {
		return &ArgumentError{"ctx", "is nil: give context.Background(), or that of a request"}
	}
	return nil
}
