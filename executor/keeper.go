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

// keeper keeps the lock while several transactions run, in a transaction of its own, on a connection of its own. A lock
// of the session would be another one's behind a pooler that gives each transaction any session, and stay when we are
// gone. This one goes with its transaction, and that with its connection, whatever happens and whatever is between.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
type keeper struct{ wire.Session }

// locked does something while the lock is kept, with options that say so.
func locked(ctx context.Context, conn *pgx.Conn, key int64, o Options, do func(Options) error) error {
	k, err := keepLock(ctx, conn, key, o)
	if err != nil {
		return err
	}
	defer k.letGo()
	o.keeper = k
	return do(o)
}

// keepLock connects to the same server as a connection, and waits for the lock there. Its transaction sees nothing, so
// that it keeps nobody from cleaning up.
func keepLock(ctx context.Context, conn *pgx.Conn, key int64, o Options) (*keeper, error) {
	second, err := wire.Reconnect(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("connecting once more, to keep the lock while several transactions run: %w", err)
	}
	k := &keeper{wire.Session{Conn: second, Progress: o.Progress}}
	requests := append(beginning(second, script.ReadWrite, o), wire.Query{Doing: "keeping the lock", SQL: gen.KeepIdle},
		wire.Lock(key, new(time.Time)))
	if err := k.Ask(ctx, requests...); err != nil {
		k.letGo()
		return nil, err
	}
	return k, nil
}

// errLockLost says that another run may have come in between.
var errLockLost = errors.New("the connection that kept the lock was lost")

// has tells by an error that the lock is not kept any more. A nil one never had it: nobody asked for that.
func (k *keeper) has(ctx context.Context) error {
	if k == nil {
		return nil
	}
	if err := k.Ask(ctx, wire.Query{Doing: "asking whether the lock is kept", SQL: gen.BackendPID}); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%w: %w", errLockLost, err)
	}
	return nil
}

// letGo ends the transaction, and with it the lock, and the connection.
func (k *keeper) letGo() {
	_ = wire.Rollback(k.Conn) // closing it does the same, a moment later
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = k.Conn.Close(ctx)
}
