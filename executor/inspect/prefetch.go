package inspect

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Prefetch is a reading of everything that began before its scope was known. It keeps a transaction open on its
// connection until it is finished or closed. Nothing else may be done there before [Prefetch.Wait] has come back.
// Every method does nothing where it is nil or zero.
type Prefetch struct {
	conn    *pgx.Conn
	i       *inspection
	reading Reading
	err     error
	done    chan struct{}
	// isOver tells that it was finished or closed.
	isOver bool
}

// StartPrefetch begins to read a cluster, unless it is more than twice as large as a scope may be. It asks the queries
// that are the same for each scope. It gives nil for a connection that cannot be asked.
func StartPrefetch(ctx context.Context, conn *pgx.Conn, things int) *Prefetch {
	if wire.Usable(ctx, conn) != nil || wire.CheckOutsideTransaction(conn) != nil {
		return nil
	}
	p := &Prefetch{conn: conn, i: newInspection(conn, catalog.Scope{}), done: make(chan struct{})}
	size := wire.Query{Doing: workingOut, SQL: gen.WholeSize, Args: []any{int64(0), []string{}, int64(things), []string{}}, Read: p.reading.decide}
	queries := slices.Concat([]wire.Query{size}, p.i.mostOfWholeQueries())
	go func() {
		defer close(p.done)
		p.err = wire.Session{Conn: conn}.RoundTrip(ctx, slices.Concat(wire.Begin(conn, script.ReadOnly), wire.Queries(queries...))...)
	}()
	return p
}

// Wait waits until the connection is free again, and closes what has failed, or was found to be too much to read.
func (p *Prefetch) Wait() {
	if p == nil || p.done == nil {
		return
	}
	if <-p.done; p.err != nil || p.reading != Whole {
		p.end()
	}
}

// IsOpen tells, after [Prefetch.Wait], whether everything was prefetched on a connection, and neither finished nor
// closed.
func (p *Prefetch) IsOpen(conn *pgx.Conn) bool {
	return p != nil && p.done != nil && !p.isOver && p.conn == conn
}

// Close ends the transaction, if it is still open. It gives no error: whoever reads next meets the same one.
func (p *Prefetch) Close() {
	if p.Wait(); p != nil && p.done != nil {
		p.end()
	}
}

// CloseOn does so where it is on that connection.
func (p *Prefetch) CloseOn(conn *pgx.Conn) {
	if p.IsOpen(conn) {
		p.end()
	}
}

func (p *Prefetch) end() {
	if !p.isOver {
		p.isOver = true
		_ = wire.Rollback(p.conn)
	}
}

// Finish reads the rest for a scope, and something more in the same snapshot. From then on everything is read in this
// run. If the prefetch does not fit the scope, the catalog is nil and the connection is free for [Snapshot].
func (p *Prefetch) Finish(ctx context.Context, s wire.Session, scope catalog.Scope, reading *Reading, along []wire.Request) (*catalog.Catalog, error) {
	if !p.IsOpen(s.Conn) || !scope.As.IsSession() || !scope.Everyone && !isPlain(scope) {
		p.CloseOn(s.Conn)
		return nil, nil
	}
	p.isOver = true
	p.i.scope = scope
	err := s.RoundTrip(ctx, slices.Concat(wire.Queries(p.i.restOfWholeQueries()...), along, wire.Queries(wire.End))...)
	switch {
	case wire.IsForgotten(err) && wire.Rollback(s.Conn) == nil:
		return nil, nil
	case err != nil:
		return nil, errors.Join(err, wire.Rollback(s.Conn))
	}
	if !scope.Everyone {
		*reading = Whole
	}
	return p.i.finish(), nil
}
