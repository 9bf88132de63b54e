package main

import (
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

const flagVerbose = "verbose"

func verboseFlag(usage string) cli.Flag {
	return boolFlag(flagVerbose, usage)
}

// statementsFlag is for what is said of plans.
func statementsFlag() cli.Flag {
	return verboseFlag("say what each statement does, those about privilege roles too, and not only what people gain and lose: in text and in Markdown")
}

// textOf is what is shown of statements of a plan as text, without its warnings.
func textOf(plan *planner.Plan, statements []script.Statement, verbose bool) report.Document {
	d := report.Document{Document: script.Document{Server: plan.Server, Statements: statements, Parts: plan.Parts, Left: plan.Left}, Verbose: verbose}
	if !verbose {
		d.Effect = plan.Held()
	}
	return d
}

// warn writes the warnings of a plan to stderr, and before each where that is.
func (p *program) warn(plan *planner.Plan, where string) {
	if s := plan.Server; s.SessionUser != "" && s.SessionUser != s.CurrentUser {
		p.say("%sthe session acts as role %q (the login is %q)", where, s.CurrentUser, s.SessionUser)
	}
	for _, warning := range plan.Warnings {
		p.say("%swarning: %s", where, strings.ReplaceAll(warning, "\n", `\n`))
	}
	for _, end := range plan.Ends {
		p.say("%sends soon: %s", where, strings.ReplaceAll(end, "\n", `\n`))
	}
}

// sayLeft says how much a run has left that only gives, and names the first of it.
func (p *program) sayLeft(s *planner.Sequence) {
	const most = 20
	all := lists.Concat(s.Plans, func(plan *planner.Plan) []catalog.Left { return plan.Left })
	if len(all) == 0 {
		return
	}
	p.say("%s", script.LeftCount(all))
	for _, left := range all[:min(len(all), most)] {
		p.say("  = %s", left)
	}
	if more := len(all) - most; more > 0 {
		p.say("  and %s more: pgsr check lists all", script.Number(more))
	}
}

// mostUndecided is how many roles are named.
const mostUndecided = 10

// sayUndecided names what the roles have and the spec says nothing of. It is no drift.
func (p *program) sayUndecided(s *planner.Sequence) {
	all := lists.Concat(s.Plans, func(plan *planner.Plan) []string { return plan.Undecided })
	for _, line := range all[:min(len(all), mostUndecided)] {
		p.say("note: %s", catalog.OneLine(line))
	}
	if more := len(all) - mostUndecided; more > 0 {
		p.say("note: and %d more roles keep what the spec says nothing of", more)
	}
}

// statements says how many there are, and in how many transactions if those are several.
func statements(plan *planner.Plan) string {
	text := lists.Counted(len(plan.Statements), "statement", "statements")
	if plan.Parts != nil {
		text += " in " + lists.Counted(len(plan.Parts), "transaction", "transactions")
	}
	return text
}

// harmless takes out of a text what a terminal might take for a command, or draw as nothing: names hold whatever people
// put there.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !catalog.IsSeen(r) && !unicode.Is(unicode.Zs, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
