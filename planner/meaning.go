package planner

import "pgsr/planner/access"

// Back works out the plan back to the state from which this one was worked out: see [Rollback].
func (p *Plan) Back() (*Plan, error) { return Rollback(p.before, p) }

// Effect says what the plan means for people.
func (p *Plan) Effect() *access.Effect {
	after := p.before.Clone()
	p.Apply(after)
	return access.Compare(p.before, after)
}
