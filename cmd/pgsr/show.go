package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"pgsr/planner"
	"pgsr/planner/script"
)

// show writes a plan with its warnings to stderr, for a person.
func (p *program) show(plan *planner.Plan) {
	d := script.Document{Server: plan.Server, Warnings: plan.Warnings, Statements: plan.Statements}
	_ = script.WriteText(p.stderr, d, p.colorful(p.stderr)) // who does not listen is not told
}

// warn writes the warnings of a plan to stderr.
func (p *program) warn(plan *planner.Plan) {
	for _, warning := range plan.Warnings {
		p.say("warning: %s", strings.ReplaceAll(warning, "\n", `\n`))
	}
}

// writeDrift writes what differs. Left out are passwords that are set again only because the stored ones cannot be read, and the
// memberships that the plan would need for the moment.
func writeDrift(w io.Writer, plan *planner.Plan, color bool) error {
	d := script.Document{Server: plan.Server}
	for _, s := range plan.Statements {
		if !s.Refresh && s.Section != script.ActingFor && s.Section != script.GivingBack {
			d.Statements = append(d.Statements, s)
		}
	}
	return script.WriteText(w, d, color)
}

// statements says how many there are.
func statements(plan *planner.Plan) string { return count(len(plan.Statements), "statement") }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// harmless takes out of a text what a terminal might take for a command: names hold whatever people put there.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
