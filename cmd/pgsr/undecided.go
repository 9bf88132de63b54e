package main

import "pgsr/planner"

// mostUndecided is how many roles are named.
const mostUndecided = 10

// sayUndecided names what the roles have and the spec says nothing of. It is no drift.
func (p *program) sayUndecided(plan *planner.Plan) {
	for _, line := range plan.Undecided[:min(len(plan.Undecided), mostUndecided)] {
		p.say("note: %s", line)
	}
	if more := len(plan.Undecided) - mostUndecided; more > 0 {
		p.say("note: and %d more roles of which the spec does not decide all", more)
	}
}
