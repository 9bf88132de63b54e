package executor

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
)

// Ahead is what [ReadAhead] reads. Until it is handed on or closed, it keeps open a transaction that can change
// nothing.
type Ahead = inspect.Ahead

const (
	// leastAhead is how many bytes a spec has at least for which something is read ahead.
	leastAhead = 1 << 16
	// bytesOfThing is about how many bytes of a spec a role, membership or object takes, in long lists.
	bytesOfThing = 10
)

// ReadAhead begins to read the catalog while a spec of so many bytes is still being parsed. What it gives is for
// [Options.Ahead] of the next call on the connection, which must not be used before; or to be closed ([Ahead.Close]).
// It stops when the context ends, and says nothing of what went wrong: that goes wrong again for whoever reads next.
//
// It is nil, which will do as well, where it would not pay or the connection cannot be asked. In a cluster of which the
// spec can not be about half, it reads nothing.
func ReadAhead(ctx context.Context, conn *pgx.Conn, bytes int) *Ahead {
	if bytes < leastAhead {
		return nil
	}
	return inspect.ReadAhead(ctx, conn, bytes/bytesOfThing)
}
