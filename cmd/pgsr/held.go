package main

import (
	"sync"

	"pgsr/planner"
	"pgsr/planner/access"
)

// heldByPlans works out what plans mean for people while the server runs them. [planner.Plan.Held] takes about as long
// as many memberships take to run.
type heldByPlans struct {
	of sync.Map
}

// start begins to work it out for a plan.
func (h *heldByPlans) start(plan *planner.Plan) {
	held := sync.OnceValue(plan.Held)
	go held()
	h.of.Store(plan, held)
}

// get gives what start has worked out, or works it out.
func (h *heldByPlans) get(plan *planner.Plan) *access.Effect {
	if held, begun := h.of.Load(plan); begun {
		return held.(func() *access.Effect)()
	}
	return plan.Held()
}
