package executor

import (
	"context"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
)

// Statements that create roles, and grant and revoke them, write to few catalogs, and no event trigger fires for them.
// If in the whole cluster no other transaction has ended since a plan of these was made, what is as it was need not be
// read again to verify it: it is enough to see what our own transaction has written.
// https://www.postgresql.org/docs/current/event-trigger-matrix.html

// written is what a plan writes, and what is seen of it.
type written interface {
	// queries ask what there is now.
	queries() []wire.Query
	// isSeen tells whether that is what the plan was to write.
	isSeen() bool
}

// isSeen tells whether the plan that has just run in the transaction did what it was to do, where that shows in what it
// has written, and no other transaction has ended since that was read which it was made from.
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
		w, since = newMembershipsWritten(l), l.snapshot
	default:
		return false, nil
	}
	var now snapshot
	err := tx.RoundTrip(ctx, wire.Queries(append(w.queries(), now.query())...)...)
	return err == nil && now == since && w.isSeen(), err
}
