package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/planner"
	"pgsr/planner/script"
)

const flagEffect = "effect"

func effectFlag() cli.Flag {
	return &cli.BoolFlag{Name: flagEffect, DisableDefaultText: true, Usage: "also say on stderr who gains and who loses which access, and why"}
}

// mostLines is how many lines of each kind an effect on a terminal has.
const mostLines = 20

// sayEffect says what a plan means for people, if that was asked for.
func (p *program) sayEffect(c *cli.Context, plan *planner.Plan) {
	if c.Bool(flagEffect) {
		_ = script.WriteEffect(p.stderr, plan.Effect(), mostLines, p.colorful(p.stderr)) // who does not listen is not told
	}
}

// showsEffect tells whether the format that was asked for shows it.
func showsEffect(c *cli.Context) bool {
	format, err := script.FormatNamed(c.String(flagFormat))
	return err == nil && format.Effect
}
