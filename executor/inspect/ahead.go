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

// Ahead is a reading of everything that began before its scope was known. It keeps a transaction open on its connection
// until it is finished or closed. Nothing else may be done on the connection before [Ahead.Wait] has come back.
// Every method does nothing where it is nil or zero.
type Ahead struct {
	conn   *pgx.Conn
	i      *inspection
	extent Extent
	err    error
	done   chan struct{}
	// isOver tells that it was finished or closed.
	isOver bool
}

// ReadAhead begins to read a cluster in which there is no more than twice of what a scope may be about. It reads what
// is read alike for each scope that everything is read for; nil on a connection that cannot be asked.
func ReadAhead(ctx context.Context, conn *pgx.Conn, things int) *Ahead {
	if wire.Usable(ctx, conn) != nil || wire.OutsideTransaction(conn) != nil {
		return nil
	}
	a := &Ahead{conn: conn, i: newInspection(conn, catalog.Scope{}), done: make(chan struct{})}
	size := wire.Query{Doing: workingOut, SQL: gen.WholeSize, Args: []any{int64(0), []string{}, int64(things), []string{}}, Read: a.extent.decide}
	queries := slices.Concat([]wire.Query{size}, a.i.mostOfWholeQueries())
	go func() {
		defer close(a.done)
		a.err = wire.Session{Conn: conn}.RoundTrip(ctx, slices.Concat(wire.Begin(conn, script.ReadOnly), wire.Queries(queries...))...)
	}()
	return a
}

// Wait waits until the connection is free again, and closes what has failed, or was found to be too much to read.
func (a *Ahead) Wait() {
	if a == nil || a.done == nil {
		return
	}
	if <-a.done; a.err != nil || a.extent != WholeCluster {
		a.end()
	}
}

// IsOpen tells, after [Ahead.Wait], whether everything was read ahead on a connection, and neither finished nor closed.
func (a *Ahead) IsOpen(conn *pgx.Conn) bool {
	return a != nil && a.done != nil && !a.isOver && a.conn == conn
}

// Close ends the transaction if that was not done. What went wrong will go wrong again for whoever reads next.
func (a *Ahead) Close() {
	if a.Wait(); a != nil && a.done != nil {
		a.end()
	}
}

// CloseOn does so where it is on that connection.
func (a *Ahead) CloseOn(conn *pgx.Conn) {
	if a.IsOpen(conn) {
		a.end()
	}
}

func (a *Ahead) end() {
	if !a.isOver {
		a.isOver = true
		_ = wire.Rollback(a.conn)
	}
}

// Finish reads what is left for a scope, and something along with it, in the same snapshot, and settles the extent.
// Where what was read ahead is not what it takes, the catalog is nil, and the connection free for a [Snapshot].
func (a *Ahead) Finish(ctx context.Context, s wire.Session, scope catalog.Scope, extent *Extent, along []wire.Request) (*catalog.Catalog, error) {
	if !a.IsOpen(s.Conn) || !scope.As.IsSession() || !scope.Everyone && !isPlain(scope) {
		a.CloseOn(s.Conn)
		return nil, nil
	}
	a.isOver = true
	a.i.scope = scope
	err := s.RoundTrip(ctx, slices.Concat(wire.Queries(a.i.restOfWholeQueries()...), along, wire.Queries(wire.End))...)
	switch {
	case wire.IsForgotten(err) && wire.Rollback(s.Conn) == nil:
		return nil, nil
	case err != nil:
		return nil, errors.Join(err, wire.Rollback(s.Conn))
	}
	if !scope.Everyone {
		*extent = WholeCluster
	}
	return a.i.finish(), nil
}
