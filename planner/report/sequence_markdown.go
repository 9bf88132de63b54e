package report

import (
	"fmt"
	"io"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// writeSequenceMarkdown writes what each database gets, and one script: see [WriteMarkdown].
func writeSequenceMarkdown(w io.Writer, s Sequence) error {
	m := &markdown{}
	statements := s.script().Statements()
	fmt.Fprintf(&m.head, "# Roles of %s: %s\n\n", script.Count(len(s.databases()), "database", "databases"), script.Count(len(statements), "change", "changes"))
	fmt.Fprintf(&m.body, "- Digest: %s\n- %s\n", codeSpan(s.Digest()), s.script().Counts())
	m.heading("", "⚠️ ", s.Warnings, shareOfWarnings, "warnings")
	if taken := s.takenIn(); len(taken) > 0 {
		m.fenced("## "+takenAway, "diff", lists.Map(taken, func(c change) string { return string(c.Mark) + " " + c.Text }), shareOfEffect, "lines of what is taken away")
	}
	if lines := s.effectIn(); len(lines) > 0 {
		fmt.Fprintf(&m.body, "\n%s\n", lines[0])
		m.folded("Who can do what in the end, and why", "diff", lines[1:], shareOfEffect, "lines of who can do what in the end")
	}
	s.writeMarkdownSteps(m)
	for _, one := range []struct {
		title string
		is    script.Sequence
	}{{"The script, for psql", s.script()}, {"The way back, for psql", s.script().Rollback()}} {
		if err := m.script(one.title, func(out io.Writer) error { return script.WriteSequencePSQL(out, one.is) }); err != nil {
			return err
		}
	}
	return m.write(w)
}

// leastOfStep is how much room there has to be for a step.
const leastOfStep = 10_000

// writeMarkdownSteps writes as many steps as there is room for.
func (s Sequence) writeMarkdownSteps(m *markdown) {
	steps := s.shown()
	for i, d := range steps {
		if m.room() < leastOfStep {
			m.omitted = append(m.omitted, fmt.Sprintf("the last %s of %s", script.Count(len(steps)-i, "step", "steps"), script.Number(len(steps))))
			return
		}
		fmt.Fprintf(&m.body, "\n## Step %d of %d: database %s: %s\n", i+1, len(steps), nameOf(d.Server.Database), script.Count(len(d.Statements), "change", "changes"))
		d.writeMarkdown(m)
	}
}
