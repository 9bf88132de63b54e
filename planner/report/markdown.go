package report

import (
	"fmt"
	"io"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// WriteMarkdown writes a document for a ticket or a pull request, in CommonMark with fenced blocks that GitHub and
// GitLab colour. Every name stands in a code span or in a fenced block, where it is neither markup nor a mention of
// somebody. It has at most 60,000 bytes: where there is more, it says what is left out, and how to see it.
func WriteMarkdown(w io.Writer, d Document) error {
	m := &markdown{}
	fmt.Fprintf(&m.head, "## Roles of database %s: %s\n\n", nameOf(d.Server.Database), script.Count(len(d.Statements), "change", "changes"))
	d.writeMarkdown(m)
	if len(d.Statements) > 0 {
		if err := m.script("The script, for psql", func(out io.Writer) error { return script.WritePSQL(out, d.Document) }); err != nil {
			return err
		}
	}
	if d.Rollback != nil {
		back := d.RollbackDocument()
		fmt.Fprint(&m.body, "\n### The way back\n")
		m.heading("", "⚠️ ", back.Warnings, shareOfLists, "warnings of the way back")
		if err := m.script("The script back, for psql", func(out io.Writer) error { return script.WritePSQL(out, back) }); err != nil {
			return err
		}
	}
	return m.write(w)
}

// writeMarkdown writes all but scripts.
func (d Document) writeMarkdown(m *markdown) {
	var means *people // nil: what the statements mean for people is not known, or not to be said
	if d.speaksOfPeople() {
		means = d.people()
	}
	d.writeMarkdownHighlights(m, means)
	d.writeMarkdownOrigin(m)
	d.writeMarkdownLists(m)
	d.writeMarkdownWords(m, means)
	d.writeMarkdownEffect(m)
	d.writeMarkdownLeft(m)
}

// writeMarkdownHighlights says what nobody should miss.
func (d Document) writeMarkdownHighlights(m *markdown, means *people) {
	lines := script.Highlights(d.Statements)
	if means != nil {
		lines = d.highlights(means)
	}
	m.items("", lists.Map(lines, func(line string) string {
		if strings.HasPrefix(line, countsOfGiven) {
			return spanOf(line)
		}
		return "❗ " + spanOf(line)
	}), shareOfLists, "lines of what nobody should miss")
}

// writeMarkdownOrigin writes a list. In a table, some readers would take a | in a name for the end of a cell.
func (d Document) writeMarkdownOrigin(m *markdown) {
	out := &m.body
	if out.Len() > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "- Digest: %s\n", codeSpan(d.Digest))
	fmt.Fprintf(out, "- %s\n", nameOf(d.Origin.WrittenBy()))
	const most = 10
	for _, s := range d.Origin.Sources[:min(len(d.Origin.Sources), most)] {
		fmt.Fprintf(out, "- Spec: %s, SHA-256 %s\n", nameOf(s.Name), nameOf(s.SHA256))
	}
	if more := len(d.Origin.Sources) - most; more > 0 {
		fmt.Fprintf(out, "- and %s more\n", script.Count(more, "file", "files"))
	}
	fmt.Fprintf(out, "- For %s on %s, to be run as %s\n", nameOf(script.DescribeDatabase(d.Server)), nameOf(script.DescribeServer(d.Server)), nameOf(script.DescribeUser(d.Server)))
	fmt.Fprintf(out, "- %s\n", d.Counts())
	if d.Effect != nil {
		fmt.Fprintf(out, "- %s\n", d.effectLines()[0])
	}
}

// writeMarkdownLists writes warnings, what ends soon, and what needs a second look.
func (d Document) writeMarkdownLists(m *markdown) {
	m.heading("### Warnings", "⚠️ ", d.Warnings, shareOfWarnings, "warnings")
	m.heading("### Ends soon", "", d.Ends, shareOfLists, "lines of what ends soon")
	if d.Effect == nil {
		return
	}
	marks, databases := marksIn(d.effects())
	items := lists.Map(marks, func(mark access.Mark) string {
		where := ""
		if len(d.Elsewhere) > 0 && isInDatabase(mark.Kind) {
			where = ", in " + spanOf(script.ShortList(databases[mark], catalog.DisplayName))
		}
		return fmt.Sprintf("**%s**: %s%s", kindText(mark.Kind), spanOf(mark.Text), where)
	})
	m.items("### Look twice", items, shareOfWarnings, "changes to look at twice")
}

// writeMarkdownWords writes what people gain and lose, or else the changes in words, as a diff.
func (d Document) writeMarkdownWords(m *markdown, means *people) {
	if len(d.Statements) == 0 {
		fmt.Fprint(&m.body, "\nNothing to do.\n")
		return
	}
	var lines []string
	if means == nil {
		for _, section := range d.sections() {
			lines = append(lines, "@@ "+section.Title+" @@")
			for _, c := range section.Changes {
				lines = append(lines, string(diffMark(c.Mark))+" "+c.Text)
			}
		}
		m.fenced("### Changes", "diff", lines, shareOfWords, "changes in words")
		return
	}
	for _, part := range means.parts(d.takenIsSaid, true) {
		lines = append(lines, "@@ "+part.title+" @@")
		for _, line := range part.lines {
			lines = append(lines, string(diffMark(part.mark))+" "+line)
		}
	}
	m.fenced("### What people gain and lose", "diff", lines, shareOfWords, "lines of what people gain and lose")
	m.heading("", "", d.transactionLines(means), shareOfLists, "transactions")
	fmt.Fprintf(&m.body, "\n%s\n", d.rest(means))
}

// mostEffectLines bounds what a ticket says of each kind. The other formats say all.
const mostEffectLines = 100

// writeMarkdownEffect folds the effect up, without the counts and the marks, which stand above.
func (d Document) writeMarkdownEffect(m *markdown) {
	if d.Effect == nil {
		return
	}
	if lines := d.withoutMarks().effectLines()[1:]; len(lines) > 0 {
		m.folded("Who can do what then, and why", "diff", lines, shareOfEffect, "lines of who can do what then")
	}
}

// effectLines gives the lines of the effect, those of other databases too.
func (d Document) effectLines() []string {
	if len(d.Elsewhere) > 0 {
		return EffectLinesIn(d.effects(), mostEffectLines)
	}
	return EffectLines(d.Effect, mostEffectLines)
}

// withoutMarks gives the document without what needs a second look.
func (d Document) withoutMarks() Document {
	without := func(e *access.Effect) *access.Effect {
		out := *e
		out.Marks = nil
		return &out
	}
	d.Effect = without(d.Effect)
	d.Elsewhere = lists.Map(d.Elsewhere, func(in access.DatabaseEffect) access.DatabaseEffect {
		return access.DatabaseEffect{Database: in.Database, Effect: without(in.Effect)}
	})
	return d
}

// writeMarkdownLeft folds up what is left.
func (d Document) writeMarkdownLeft(m *markdown) {
	if len(d.Left) > 0 {
		m.folded(script.LeftCount(d.Left), "text", lists.Map(d.Left, catalog.Left.String), shareOfLists, "lines of what is left")
	}
}

// diffMark gives the mark that syntax highlighters for diffs know for a change.
func diffMark(m script.Mark) script.Mark {
	if m == script.Changes {
		return '!'
	}
	return m
}

// kindText gives the kind of a mark. A saved plan may hold a kind that pgsr does not know.
func kindText(kind access.MarkKind) string {
	if strings.ContainsFunc(string(kind), func(r rune) bool { return r != ' ' && (r > 'z' || r < 'A' || r > 'Z' && r < 'a') }) {
		return nameOf(string(kind))
	}
	return cutText(string(kind), mostOfName)
}

// spanOf is a code span of a text that is cut where it is too long.
func spanOf(text string) string { return spanAround(cutText(catalog.Printable(text), mostOfLine)) }

// nameOf is a code span of a text that is usually short.
func nameOf(text string) string { return spanAround(cutText(catalog.Printable(text), mostOfName)) }

// heading writes a list of texts under a heading, if there are any.
func (m *markdown) heading(heading, mark string, texts []string, share int, what string) {
	m.items(heading, lists.Map(texts, func(text string) string { return mark + spanOf(text) }), share, what)
}

// items writes a list under a heading, if there is anything in it.
func (m *markdown) items(heading string, items []string, share int, what string) {
	if len(items) == 0 {
		return
	}
	if heading != "" {
		fmt.Fprintf(&m.body, "\n%s\n", heading)
	}
	if m.body.Len() > 0 {
		fmt.Fprintln(&m.body)
	}
	m.body.WriteString(strings.Join(lists.Map(m.fit(items, min(share, m.room()), what), func(item string) string { return "- " + item + "\n" }), ""))
}
