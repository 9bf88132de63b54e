package planner

import "pgsr/planner/access"

// Back works out the plan back to the state from which this one was worked out: see [Rollback].
func (p *Plan) Back() (*Plan, error) { return Rollback(p.start(), p) }

// Effect says what the plan means for people.
func (p *Plan) Effect() *access.Effect {
	before := p.start()
	after := before.Clone()
	p.Apply(after)
	return access.Compare(before, after)
}
