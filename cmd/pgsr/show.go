package main

import (
	"fmt"
	"strings"
	"unicode"

	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// show writes a plan with its warnings to stderr, for a person.
func (p *program) show(plan *planner.Plan) {
	d := textOf(plan)
	d.Warnings = plan.Warnings
	_ = report.WriteText(p.stderr, d, p.colorful(p.stderr)) // who does not listen is not told
}

// textOf is what is shown of a plan as text, without its warnings.
func textOf(plan *planner.Plan) report.Document {
	return report.Document{Document: script.Document{Server: plan.Server, Statements: plan.Statements, Parts: plan.Parts, Left: plan.Left}}
}

// warn writes the warnings of a plan to stderr.
func (p *program) warn(plan *planner.Plan) {
	if s := plan.Server; s.SessionUser != "" && s.SessionUser != s.CurrentUser {
		p.say("the session acts as role %q (the login is %q)", s.CurrentUser, s.SessionUser)
	}
	for _, warning := range plan.Warnings {
		p.say("warning: %s", strings.ReplaceAll(warning, "\n", `\n`))
	}
	for _, end := range plan.Ends {
		p.say("ends soon: %s", strings.ReplaceAll(end, "\n", `\n`))
	}
}

// sayLeft says how much a run has left that only gives, and names the first of it.
func (p *program) sayLeft(plan *planner.Plan) {
	const most = 20
	if len(plan.Left) == 0 {
		return
	}
	p.say("%s", script.LeftCount(plan.Left))
	for _, left := range plan.Left[:min(len(plan.Left), most)] {
		p.say("  = %s", left)
	}
	if more := len(plan.Left) - most; more > 0 {
		p.say("  and %s more: pgsr check lists all", script.Number(more))
	}
}

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

// statements says how many there are, and in how many transactions if those are several.
func statements(plan *planner.Plan) string {
	text := count(len(plan.Statements), "statement")
	if plan.Parts != nil {
		text += " in " + count(len(plan.Parts), "transaction")
	}
	return text
}

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
