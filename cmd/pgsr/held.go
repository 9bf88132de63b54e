package main

import (
	"sync"

	"pgsr/planner"
	"pgsr/planner/access"
)

// heldByPlans is what plans mean for people, worked out while the server runs them: [planner.Plan.Held] takes about as
// long as it does to run many memberships.
type heldByPlans struct {
	of sync.Map
}

// start begins to work it out for a plan.
func (h *heldByPlans) start(plan *planner.Plan) {
	held := sync.OnceValue(plan.Held)
	go held()
	h.of.Store(plan, held)
}

// get gives it, also where it was not begun.
func (h *heldByPlans) get(plan *planner.Plan) *access.Effect {
	if held, begun := h.of.Load(plan); begun {
		return held.(func() *access.Effect)()
	}
	return plan.Held()
}
