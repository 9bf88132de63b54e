package executor

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
)

// catalogReader reads what a plan is made from: within the transaction tx, or, if that is nil, in a snapshot of its
// own.
type catalogReader struct {
	wire.Session
	tx *transaction
	// prefetch is what was read already; nil: nothing was.
	prefetch *Prefetch
	// also is asked in the same snapshot as each inspection outside a transaction.
	also []wire.Request
	// before are changes to roles and memberships that another database's plan makes first. They are applied to what was
	// read.
	before []catalog.Change
	// raw is set to what was read, without these changes.
	raw **catalog.Catalog
	// as is the role to plan for, if it is not the one that connects.
	as catalog.As
	// effect tells whether enough is read to say what the plan means for people.
	effect bool
	// verifies tells that the last plan has just run, so that planning again says what is left to do.
	verifies bool
	// reading is how much is to be read, once that is known.
	reading *inspect.Reading
	// snapshot is set to the snapshot in which all was read.
	snapshot *snapshot
}

// readOutside reads outside of a transaction.
func readOutside(conn *pgx.Conn, o Options, also ...wire.Request) catalogReader {
	session := wire.Session{Conn: conn, Progress: o.Progress}
	return catalogReader{Session: session, prefetch: o.Prefetch, also: also, reading: new(inspect.Reading), snapshot: new(snapshot)}
}

// readWithin reads within a transaction.
func readWithin(tx *transaction, effect bool) catalogReader {
	return catalogReader{Session: tx.Session, tx: tx, effect: effect, reading: new(inspect.Reading), snapshot: new(snapshot)}
}

// verifying gives a reader for the catalog after the last plan has run.
func (r catalogReader) verifying() catalogReader {
	r.verifies = true
	return r
}

// RoundTrip asks something. In a transaction it is sent with what waits there. Outside it is asked in a read-only one.
func (r catalogReader) RoundTrip(ctx context.Context, requests ...wire.Request) error {
	if r.tx != nil {
		return r.tx.RoundTrip(ctx, requests...)
	}
	r.prefetch.CloseOn(r.Conn)
	return r.Read(ctx, requests...)
}

// inspect reads the catalog. Planning comes next.
func (r catalogReader) inspect(ctx context.Context, scope catalog.Scope) (*catalog.Catalog, error) {
	defer r.Tell(Progress{Doing: "planning"})
	scope.As = r.as
	if r.tx != nil {
		return inspect.CatalogWithin(ctx, r.tx.Transaction, scope, r.reading)
	}
	c, err := r.prefetch.Finish(ctx, r.Session, scope, r.reading, r.also)
	if c == nil && err == nil {
		c, err = inspect.Snapshot(ctx, r.Session, scope, r.reading, r.also...)
	}
	if err == nil {
		if r.raw != nil {
			*r.raw = c.Clone()
		}
		applyShared(r.before, c)
	}
	return c, err
}
