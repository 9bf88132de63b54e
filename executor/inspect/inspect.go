// Package inspect reads the catalog of a cluster. It promises one snapshot in at most two round trips, in a number of
// queries that does not depend on what is asked for.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package inspect

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Catalog reads the part of a cluster that a scope asks for, in one snapshot, on a connection that is outside of a
// transaction. That takes one round trip, or two for a scope of many roles, or of all that is in a schema, that is
// nevertheless a small part of the cluster. It changes nothing but two things: the connection then knows settings named
// pgsr.*, all empty, and, where pgx is set to prepare statements, as it is by default, some prepared statements.
//
// The catalog holds what the scope asks for, and may hold more: of a scope that is most of a cluster, all is read.
// What is in the scope and does not exist is not in it. A role that is named by an ACL or a membership, and was
// dropped since, has its OID for a name. The errors are the server's and the connection's, each with what was being
// read.
func Catalog(ctx context.Context, conn *pgx.Conn, scope catalog.Scope) (*catalog.Catalog, error) {
	return Snapshot(ctx, wire.Session{Conn: conn}, scope, new(Reading))
}

// Snapshot does what [Catalog] does, and asks something more in the same snapshot. The first inspection of a run
// decides how much is read, and the others read as much.
func Snapshot(ctx context.Context, s wire.Session, scope catalog.Scope, reading *Reading, along ...wire.Request) (*catalog.Catalog, error) {
	return inOwnTransaction(ctx, s, func(ask func([]wire.Query) error) (*catalog.Catalog, error) {
		return readWholeOrScope(s.Conn, scope, reading, ask)
	}, along)
}

// inOwnTransaction reads in a transaction of its own. A second one follows if the server has forgotten prepared
// statements.
func inOwnTransaction(ctx context.Context, s wire.Session, read func(ask func([]wire.Query) error) (*catalog.Catalog, error), along []wire.Request) (*catalog.Catalog, error) {
	if err := wire.CheckOutsideTransaction(s.Conn); err != nil {
		return nil, err
	}
	ask := func(queries []wire.Query) error {
		return s.RoundTrip(ctx, slices.Concat(wire.Begin(s.Conn, script.ReadOnly), wire.Queries(queries...), along, wire.Queries(wire.End))...)
	}
	c, err := read(ask)
	if wire.IsForgotten(err) && wire.Rollback(s.Conn) == nil { // a session that had some prepared statements, and not all
		c, err = read(ask)
	}
	if err != nil {
		return nil, errors.Join(err, wire.Rollback(s.Conn))
	}
	return c, nil
}

// CatalogWithin does what [Catalog] does within a transaction that writes. It asks each query once. A READ COMMITTED
// transaction may see a part of what changes meanwhile, so what must not change has to be locked.
func CatalogWithin(ctx context.Context, tx *wire.Transaction, scope catalog.Scope, reading *Reading) (*catalog.Catalog, error) {
	return readWholeOrScope(tx.Conn, scope, reading, func(queries []wire.Query) error { return tx.RoundTrip(ctx, wire.Queries(queries...)...) })
}

// readWholeOrScope reads everything if the server says that this is less work, else what belongs to the scope.
func readWholeOrScope(conn *pgx.Conn, scope catalog.Scope, reading *Reading, ask func([]wire.Query) error) (*catalog.Catalog, error) {
	if scope.Everyone {
		whole := Whole
		i := newInspection(conn, scope)
		if err := ask(i.wholeQueries(&whole)); err != nil {
			return nil, err
		}
		return i.finish(), nil
	}
	if reading.mayBeWhole(scope) {
		i := newInspection(conn, scope)
		if err := ask(i.wholeQueries(reading)); err != nil {
			return nil, err
		}
		if *reading == Whole {
			return i.finish(), nil
		}
	}
	i := newInspection(conn, scope)
	if err := ask(i.scopeQueries()); err != nil {
		return nil, err
	}
	return i.finish(), nil
}
