package executor

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
)

// catalogReader reads what a plan is made from: within a transaction, or, if that is nil, in a snapshot of its own.
type catalogReader struct {
	wire.Session
	tx *transaction
	// prefetch is what was read already; nil: nothing was.
	prefetch *Prefetch
	// also is asked together with each inspection that is outside of the transaction.
	also []wire.Request
	// before is what is to have been done to what all databases share by then: it counts as done.
	before []catalog.Change
	// raw is set to what there was before that.
	raw **catalog.Catalog
	// as is the role for which is read, where that is not the one that connects.
	as catalog.As
	// effect tells whether the plan is to know what it means for people.
	effect bool
	// verifies tells that the last plan has just run: the next one says what is left to do.
	verifies bool
	// reading is what is known of how much there is to read.
	reading *inspect.Reading
	// snapshot is set to the one in which all was read.
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

// verifying reads what the last plan has done, which has just run.
func (r catalogReader) verifying() catalogReader {
	r.verifies = true
	return r
}

// RoundTrip asks something, together with what waits in the transaction; outside of one, in one that can change
// nothing.
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
