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
	of map[*planner.Plan]<-chan *access.Effect
}

// start begins to work it out for a plan.
func (h *heldByPlans) start(plan *planner.Plan) {
	out := make(chan *access.Effect, 1)
	go func() { out <- plan.Held() }()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.of = map[*planner.Plan]<-chan *access.Effect{}
	}
	h.of[plan] = out
}

// take gives it, once where it was begun.
func (h *heldByPlans) take(plan *planner.Plan) *access.Effect {
	h.mu.Lock()
	started := h.of[plan]
	delete(h.of, plan)
	h.mu.Unlock()
	if started == nil {
		return plan.Held()
	}
	return <-started
}
