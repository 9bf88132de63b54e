package executor

import (
	"context"

	"pgsr/planner"
	"pgsr/planner/catalog"
)

// lastPlan is the plan that was worked out last, with the catalogs before and after it; nil: there is none yet.
type lastPlan struct {
	plan             *planner.Plan
	current, desired *catalog.Catalog
	snapshot         snapshot
	// looked is the snapshot of the look that it was made from; empty: it was made from a whole reading.
	looked snapshot
	// ends tells that the spec has phrases that end, so that the plan depends on the time.
	ends bool
	// effect tells whether enough was read to say what it means for people.
	effect bool
}

// isOfLook tells whether it was made from a look alone.
func (l *lastPlan) isOfLook() bool { return l != nil && l.looked != "" }

// holds tells whether the catalog would be read as before: no other transaction has ended since.
func (l *lastPlan) holds(ctx context.Context, r catalogReader, effect bool) (bool, error) {
	if l == nil || l.snapshot == "" || l.ends || l.effect != effect {
		return false, nil
	}
	var now snapshot
	err := r.RoundTrip(ctx, now.query())
	return l.snapshot == now, err
}
