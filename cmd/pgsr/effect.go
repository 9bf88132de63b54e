package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/report"
)

const flagEffect = "effect"

func effectFlag() cli.Flag {
	return boolFlag(flagEffect, "also say on stderr who gains and who loses which access, and why")
}

// mostLines is how many lines of each kind an effect on a terminal has.
const mostLines = 20

// workOutEffects begins to work out what plans mean for people, if that was asked for, so that something else can be
// done meanwhile, and gives what says it.
func (p *program) workOutEffects(c *cli.Context, s *planner.Sequence) (say func()) {
	if !c.Bool(flagEffect) {
		return func() {}
	}
	if !s.IsSingle() && s.Effects != nil {
		return func() { _ = report.WriteEffectIn(p.stderr, s.Effects(), mostLines, p.colorful(p.stderr)) }
	}
	effects := make(chan *access.Effect, len(s.Plans))
	go func() {
		for _, plan := range s.Shown() {
			effects <- plan.Effect()
		}
	}()
	return func() {
		for _, plan := range s.Shown() {
			if where := whereOf(s, plan); where != "" {
				p.say("%s", where)
			}
			_ = report.WriteEffect(p.stderr, <-effects, mostLines, p.colorful(p.stderr)) // who does not listen is not told
		}
	}
}
