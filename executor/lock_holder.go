package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/script"
)

// lockHolder keeps the lock while several transactions run: in a transaction of its own, on a connection of its own. It
// ends with that connection, whatever happens to us.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
//
// A session-level lock would not do. Behind a pooler the session is another client's a moment later, and the lock would
// stay when we are gone.
type lockHolder struct{ wire.Session }

// withLock does something while the lock is held, with options that say so.
func withLock(ctx context.Context, conn *pgx.Conn, key int64, o Options, do func(Options) error) error {
	h, err := holdLock(ctx, conn, key, o)
	if err != nil {
		return err
	}
	defer h.release()
	o.lockHolder = h
	return do(o)
}

// holdLock connects once more to the same server, and waits for the lock there. Its transaction has no snapshot, so
// that it keeps nobody from vacuuming.
// https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND
func holdLock(ctx context.Context, conn *pgx.Conn, key int64, o Options) (*lockHolder, error) {
	second, err := wire.Reconnect(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("connecting once more, to keep the lock while several transactions run: %w", err)
	}
	h := &lockHolder{o.session(second)}
	requests := append(beginning(second, script.ReadWrite, o), wire.Query{Doing: "keeping the lock", SQL: gen.KeepIdle},
		wire.Lock(key, new(time.Time)))
	if err := h.RoundTrip(ctx, requests...); err != nil {
		h.release()
		return nil, err
	}
	return h, nil
}

// errLockLost says that another run may have come in between.
var errLockLost = errors.New("the connection that kept the lock was lost")

// check returns an error if the lock is lost. A nil one never had it.
func (h *lockHolder) check(ctx context.Context) error {
	if h == nil {
		return nil
	}
	if err := h.RoundTrip(ctx, wire.Query{Doing: "asking whether the lock is kept", SQL: gen.BackendPID}); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%w: %w", errLockLost, err)
	}
	return nil
}

// release ends the transaction, and with it the lock, and the connection.
func (h *lockHolder) release() {
	_ = wire.Rollback(h.Conn) // closing it does the same, a moment later
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = h.Conn.Close(ctx)
}
