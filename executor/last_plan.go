package executor

import (
	"context"

	"pgsr/planner"
	"pgsr/planner/catalog"
)

// lastPlan is the plan that was worked out last, with what it was made from and what it leads to; nil: there was none
// so far.
type lastPlan struct {
	plan             *planner.Plan
	current, desired *catalog.Catalog
	snapshot         snapshot
	// looked is the moment of the look that it was made from, where there was no ledger; empty: it was made from all that
	// it takes to plan anything.
	looked snapshot
	// ends tells that the spec gives something that ends: what it means depends on the time.
	ends bool
	// effect tells whether also was read what the plan means for people.
	effect bool
}

// isOfLook tells whether it was made from a look.
func (l *lastPlan) isOfLook() bool { return l != nil && l.looked != "" }

// holds tells whether the same would be read again: no other transaction has ended since all was read.
func (l *lastPlan) holds(ctx context.Context, r catalogReader, effect bool) (bool, error) {
	if l == nil || l.snapshot == "" || l.ends || l.effect != effect {
		return false, nil
	}
	var now snapshot
	err := r.RoundTrip(ctx, now.query())
	return l.snapshot == now, err
}
