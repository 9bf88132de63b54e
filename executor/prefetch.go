package executor

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
)

// Prefetch is what [StartPrefetch] reads. Until it is handed on or closed, it keeps open a transaction that can change
// nothing.
type Prefetch = inspect.Prefetch

const (
	// leastPrefetched is how many bytes a spec has at least for which something is prefetched.
	leastPrefetched = 1 << 16
	// bytesOfThing is about how many bytes of a spec a role, membership or object takes, in long lists.
	bytesOfThing = 10
)

// StartPrefetch begins to read the catalog while a spec of so many bytes is still being parsed. What it gives is for
// [Options.Prefetch] of the next call on the connection, which must not be used before; or to be closed
// ([Prefetch.Close]). It stops when the context ends, and says nothing of what went wrong: that goes wrong again for
// whoever reads next.
//
// It is nil, which will do as well, where it would not pay or the connection cannot be asked. In a cluster of which the
// spec can not be about half, it reads nothing.
func StartPrefetch(ctx context.Context, conn *pgx.Conn, bytes int) *Prefetch {
	if bytes < leastPrefetched {
		return nil
	}
	return inspect.StartPrefetch(ctx, conn, bytes/bytesOfThing)
}
