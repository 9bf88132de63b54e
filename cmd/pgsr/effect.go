package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/planner"
	"pgsr/planner/report"
)

const flagEffect = "effect"

func effectFlag() cli.Flag {
	return boolFlag(flagEffect, "also say on stderr who gains and who loses which access, and why")
}

// mostLines is how many lines of each kind an effect on a terminal has.
const mostLines = 20

// sayEffects says what plans mean for people, if that was asked for.
func (p *program) sayEffects(c *cli.Context, s *planner.Sequence) {
	switch {
	case !c.Bool(flagEffect):
		return
	case speaksOfDatabases(s):
		_ = report.WriteEffectIn(p.stderr, s.Effects(), mostLines, p.colorful(p.stderr)) // who does not listen is not told
		return
	}
	for _, plan := range s.Shown() {
		if where := whereOf(s, plan); where != "" {
			p.say("%s", where)
		}
		_ = report.WriteEffect(p.stderr, plan.Effect(), mostLines, p.colorful(p.stderr))
	}
}

// speaksOfDatabases tells whether people gain and lose something in other databases than the connected one.
func speaksOfDatabases(s *planner.Sequence) bool {
	return s.Effects != nil && (!s.IsSingle() || len(s.EffectElsewhere()) > 0)
}
