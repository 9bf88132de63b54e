package main

import (
	"sync"

	"pgsr/planner"
	"pgsr/planner/access"
)

// heldByPlans is what plans mean for people, worked out while the server runs them: [planner.Plan.Held] takes about as
// long as it does to run many memberships.
type heldByPlans struct {
	mu sync.Mutex
	of map[*planner.Plan]func() *access.Effect
}

// start begins to work it out for a plan.
func (h *heldByPlans) start(plan *planner.Plan) {
	held := sync.OnceValue(plan.Held)
	go held()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.of = map[*planner.Plan]func() *access.Effect{}
	}
	h.of[plan] = held
}

// get gives it, also where it was not begun.
func (h *heldByPlans) get(plan *planner.Plan) *access.Effect {
	h.mu.Lock()
	held := h.of[plan]
	h.mu.Unlock()
	if held == nil {
		return plan.Held()
	}
	return held()
}
