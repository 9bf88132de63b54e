package planner

import (
	"fmt"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// Sequence is what has to be done in several databases: plans one after the other, each in the database that its Server
// names. After each of them one can stop: nobody is without access that they have before and after all of it.
type Sequence struct {
	// Plans are all of them in order, with those of databases in which nothing has to be done, for their warnings.
	Plans []*Plan
	// Warnings are of no single database.
	Warnings []string
	// Connected is the database from which the others are connected to; empty: there are no others.
	Connected string
	// Effects says what it means for people in the end, database by database; nil: that is not known.
	Effects func() []access.DatabaseEffect
	// OtherEffects are those of all databases but the connected one, which take less to work out; nil: as Effects.
	OtherEffects func() []access.DatabaseEffect
}

// Steps gives the plans that do something.
func (s *Sequence) Steps() []*Plan {
	return slices.DeleteFunc(slices.Clone(s.Plans), (*Plan).IsEmpty)
}

// Shown gives those of which people are told: the steps or, where nothing is to be done, the first plan.
func (s *Sequence) Shown() []*Plan {
	if steps := s.Steps(); len(steps) > 0 {
		return steps
	}
	return s.Plans[:1]
}

// Statements gives those of all plans.
func (s *Sequence) Statements() []script.Statement {
	return lists.Concat(s.Plans, func(p *Plan) []script.Statement { return p.Statements })
}

// InSync tells whether nothing differs in any database: see [Plan.InSync].
func (s *Sequence) InSync() bool {
	return !slices.ContainsFunc(s.Plans, func(p *Plan) bool { return !p.InSync() })
}

// IsSingle tells whether all there is to do is one plan, in the connected database.
func (s *Sequence) IsSingle() bool {
	steps := s.Steps()
	return len(steps) == 0 || len(steps) == 1 && (s.Connected == "" || steps[0].Server.Database == s.Connected)
}

// Digest names the sequence: that of its only plan, or one made of the digests of its steps.
func (s *Sequence) Digest() string {
	shown := s.Shown()
	if s.IsSingle() {
		return shown[0].Digest()
	}
	return script.DigestOf(lists.Map(shown, (*Plan).Digest))
}

// Back gives the way back: the ways back of all steps, the last first.
func (s *Sequence) Back() (*Sequence, error) {
	out := &Sequence{Warnings: s.Warnings, Connected: s.Connected}
	for _, step := range slices.Backward(s.Shown()) {
		back, err := step.Back()
		if err != nil {
			return nil, fmt.Errorf("in database %q: %w", step.Server.Database, err)
		}
		out.Plans = append(out.Plans, back)
	}
	return out, nil
}

// EffectElsewhere gives what a single plan means for people in other databases, by what all databases share.
func (s *Sequence) EffectElsewhere() []access.DatabaseEffect {
	if s.OtherEffects == nil || len(s.Steps()) == 0 {
		return nil
	}
	return lists.Filter(s.OtherEffects(), func(in access.DatabaseEffect) bool { return !in.Effect.IsEmpty() })
}
