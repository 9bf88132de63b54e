// Package planner works out what has to be done: current and desired catalog in, plan out. It promises to be pure.
// The same catalogs give the same plan to the byte, and nothing here reaches a server, a clock, the environment or a
// source of randomness.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package planner

import (
	"iter"
	"slices"
	"time"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Plan is the whole of what has to be done, worked out before anything runs.
type Plan struct {
	// Server is the one that the plan was made for.
	Server catalog.Server
	// Statements in the order in which they run.
	Statements []script.Statement
	// Parts are the transactions that the plan consists of when its statements take more locks than one can have, in
	// order; nil: it is one transaction. After each of them one can stop: nobody is without access that they have
	// before and after the whole plan.
	Parts []script.Part
	// Warnings are for people: objects that are missing, or what can not be brought back.
	Warnings []string
	// Undecided is what the roles have and the spec says nothing of, a line a role, if it was asked for.
	Undecided []string
	// Ends names the phrases of the spec that end soon, a line each.
	Ends []string
	// Left is what mode sync would take and mode add leaves ([spec.ModeAdd]).
	Left []catalog.Left
	// StaleAfter is when something ends that the plan gives, by the server's clock: the plan is stale then. Zero: never.
	StaleAfter time.Time
	// From is the catalog that the plan was worked out from; nil: the plan was saved.
	From *catalog.Catalog
	// SavedEffect is what a plan that was saved says of its effect; nil: nothing.
	SavedEffect *access.Effect
}

// SetStaleAfter makes the plan, and each of its parts, stale from a moment on.
func (p *Plan) SetStaleAfter(moment time.Time) {
	p.StaleAfter = moment
	for i := range p.Parts {
		p.Parts[i].ReliesOn.Before = script.Timestamp{At: &moment}
	}
}

// Part gives one of the transactions as a plan, which starts from what those before it leave.
func (p *Plan) Part(n int, from *catalog.Catalog) *Plan {
	return &Plan{Server: p.Server, Statements: p.Parts[n].Statements, From: from, StaleAfter: p.StaleAfter}
}

// InSync tells whether nothing differs from what is declared. Passwords that are set again because the stored
// one can not be read do not count.
func (p *Plan) InSync() bool {
	return !slices.ContainsFunc(p.Statements, func(s script.Statement) bool { return !s.Refresh })
}

// Drift gives the statements that say what differs. Left out are passwords that are set again only because the stored
// ones can not be read, the memberships that are needed only for the moment, and what is revoked in case that an event
// trigger gives it.
func (p *Plan) Drift() []script.Statement {
	return slices.DeleteFunc(slices.Clone(p.Statements), func(s script.Statement) bool {
		return s.Refresh || s.Section == script.ActingFor || s.Section == script.GivingBack || s.IsPrecaution()
	})
}

// IsEmpty tells whether there is nothing to run at all.
func (p *Plan) IsEmpty() bool { return len(p.Statements) == 0 }

// Apply does to a catalog what the plan's statements do to a server.
func (p *Plan) Apply(c *catalog.Catalog) { c.Apply(changesOf(p.Statements)) }

func changesOf(statements []script.Statement) iter.Seq[catalog.Change] {
	return func(yield func(catalog.Change) bool) {
		for _, s := range statements {
			if !yield(s.Change) {
				return
			}
		}
	}
}

// After gives the catalog that the plan leads to.
func (p *Plan) After() *catalog.Catalog {
	after := p.From.Clone()
	p.Apply(after)
	return after
}

// Effect says what the plan means for people.
func (p *Plan) Effect() *access.Effect { return access.Compare(p.From, p.After()) }

// Held says what roles have and are by themselves after the plan: see [access.CompareHeld]. Nil: a plan was saved
// without its effect.
func (p *Plan) Held() *access.Effect {
	if p.From == nil {
		return p.SavedEffect
	}
	return access.CompareHeld(p.From, p.After())
}

// DigestOfStatements names what the plan does, but not what it relies on. So a confirmed plan stays the same while
// others change what it does not touch.
func (p *Plan) DigestOfStatements() string {
	return script.Document{Server: p.Server, Statements: p.Statements}.PlanDigest()
}

// Digest names the plan: see [script.Document.PlanDigest].
func (p *Plan) Digest() string {
	d := script.Document{Server: p.Server, Statements: p.Statements, Parts: p.Parts}
	if p.Parts == nil && p.From != nil && !p.IsEmpty() {
		d.ReliesOn, d.LeadsTo = p.ReliesOn(), p.LeadsTo()
	}
	return d.PlanDigest()
}
