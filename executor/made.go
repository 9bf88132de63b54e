package executor

import (
	"context"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// made is a plan with what it was made from and what it is to lead to; nil: none was made so far.
type made struct {
	current, desired *catalog.Catalog
	plan             *planner.Plan
	// snapshot is what the server could be seen to hold when all was read; empty: it was not read at one moment.
	snapshot string
	// effect tells whether also was read what the plan means for people.
	effect bool
}

// stands tells whether nothing was committed in the whole cluster since all that a plan needs was read, so that under
// the lock the same would be read again.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
func (m *made) stands(ctx context.Context, from source, effect bool) (bool, error) {
	if m == nil || m.snapshot == "" || m.effect != effect || from.ran {
		return false, nil
	}
	var now string
	err := from.Ask(ctx, askSnapshot(&now))
	return now == m.snapshot, err
}

// askSnapshot asks which transactions are seen.
func askSnapshot(snapshot *string) wire.Query {
	return wire.Query{Doing: "looking for changes", SQL: gen.Snapshot, Read: wire.Into(snapshot), Prepared: true}
}

// isFulfilledBy tells whether a catalog is what the plan was to lead to: what the spec means for that is the same
// again, so that nothing would be left to do.
func (m *made) isFulfilledBy(now *catalog.Catalog) bool {
	return m != nil && catalog.Fulfils(m.desired, now)
}
