package executor

import (
	"context"
	"sync"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
)

// Statements that create, grant and revoke roles write to few catalogs, and no event trigger fires for them. If no
// other transaction has ended in the cluster since the plan was made, the rest of the catalog is as it was. So to
// verify such a plan it is enough to read what this transaction has written.
// https://www.postgresql.org/docs/current/event-trigger-matrix.html

// written compares what a plan writes with what the server shows.
type written interface {
	// queries ask what the transaction has written.
	queries() []wire.Query
	// isSeen tells whether the answers show what the plan writes.
	isSeen() bool
}

// isSeen tells whether a plan that has just run did what it was to do, as far as its own writes show. It says no if
// another transaction has ended since the plan's catalog was read, or if the plan's statements write to other catalogs.
func (p *planning) isSeen(ctx context.Context, tx *transaction) (bool, error) {
	l := p.last
	if l == nil || tx == nil {
		return false, nil
	}
	var w written
	var since snapshot
	switch {
	case l.isOfLook() && !l.ends:
		w, since = newRolesWritten(tx.Conn, l, p.scope().Roles), l.looked
	case l.snapshot != "" && p.reading == inspect.Whole && changesOnlyMemberships(l.plan):
		w, since = &membershipsWritten{expected: sync.OnceValue(l.expectedMemberships)}, l.snapshot
	default:
		return false, nil
	}
	var now snapshot
	err := tx.RoundTrip(ctx, wire.Queries(append(w.queries(), now.query())...)...)
	return err == nil && now == since && w.isSeen(), err
}
