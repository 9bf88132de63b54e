package report

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"pgsr/planner/script"
)

// WriteMarkdown writes a document for a ticket or a pull request, in CommonMark with fenced blocks that GitHub and
// GitLab colour. Every name stands in a code span or in a fenced block, where it is neither markup nor a mention of
// somebody.
func WriteMarkdown(w io.Writer, d Document) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "## Roles of database %s: %s\n\n", codeSpan(d.Server.Database), script.Count(len(d.Statements), "change", "changes"))
	d.writeMarkdownHighlights(out)
	d.writeMarkdownOrigin(out)
	d.writeMarkdownWarnings(out)
	d.writeMarkdownMarks(out)
	d.writeMarkdownEffect(out)
	if err := d.writeMarkdownChanges(out); err != nil {
		return err
	}
	d.writeMarkdownLeft(out)
	if d.Rollback != nil {
		if err := writeMarkdownRollback(out, d.RollbackDocument()); err != nil {
			return err
		}
	}
	return out.Flush()
}

// writeMarkdownHighlights says what nobody should miss.
func (d Document) writeMarkdownHighlights(out io.Writer) {
	lines := script.Highlights(d.Statements)
	for _, line := range lines {
		fmt.Fprintf(out, "- ❗ %s\n", codeSpan(line))
	}
	if len(lines) > 0 {
		fmt.Fprintln(out)
	}
}

// writeMarkdownOrigin writes a list. In a table, some readers would take a | in a name for the end of a cell.
func (d Document) writeMarkdownOrigin(out io.Writer) {
	fmt.Fprintf(out, "- Digest: %s\n", codeSpan(d.Digest))
	fmt.Fprintf(out, "- %s\n", codeSpan(d.Origin.WrittenBy()))
	for _, s := range d.Origin.Sources {
		fmt.Fprintf(out, "- Spec: %s, SHA-256 %s\n", codeSpan(s.Name), codeSpan(s.SHA256))
	}
	fmt.Fprintf(out, "- For %s on %s, to be run as %s\n", codeSpan(script.DescribeDatabase(d.Server)), codeSpan(script.DescribeServer(d.Server)), codeSpan(script.DescribeUser(d.Server)))
	fmt.Fprintf(out, "- %s\n", d.Counts())
	if d.Effect != nil {
		fmt.Fprintf(out, "- %s\n", effectCounts(d.Effect))
	}
}

func (d Document) writeMarkdownWarnings(out io.Writer) {
	if len(d.Warnings) > 0 {
		fmt.Fprint(out, "\n### Warnings\n\n")
	}
	for _, warning := range d.Warnings {
		fmt.Fprintf(out, "- ⚠️ %s\n", codeSpan(warning))
	}
	if len(d.Ends) > 0 {
		fmt.Fprint(out, "\n### Ends soon\n\n")
	}
	for _, end := range d.Ends {
		fmt.Fprintf(out, "- %s\n", codeSpan(end))
	}
}

// writeMarkdownLeft folds up what is left.
func (d Document) writeMarkdownLeft(out io.Writer) {
	if len(d.Left) == 0 {
		return
	}
	var lines strings.Builder
	for _, left := range d.Left[:min(len(d.Left), mostEffectLines)] {
		fmt.Fprintln(&lines, left)
	}
	if more := len(d.Left) - mostEffectLines; more > 0 {
		fmt.Fprintf(&lines, "and %d more\n", more)
	}
	fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n", script.LeftCount(d.Left))
	writeFenced(out, "text", lines.String())
	fmt.Fprint(out, "\n</details>\n")
}

func (d Document) writeMarkdownMarks(out io.Writer) {
	if d.Effect == nil || len(d.Effect.Marks) == 0 {
		return
	}
	fmt.Fprint(out, "\n### Look twice\n\n")
	for _, m := range d.Effect.Marks {
		fmt.Fprintf(out, "- **%s**: %s\n", m.Kind, codeSpan(m.Text))
	}
}

// mostEffectLines bounds what a ticket says of each kind. The other formats say all.
const mostEffectLines = 100

// writeMarkdownEffect leaves the counts and the marks out, which stand above.
func (d Document) writeMarkdownEffect(out io.Writer) {
	if d.Effect == nil {
		return
	}
	effect := *d.Effect
	effect.Marks = nil
	if lines := EffectLines(&effect, mostEffectLines)[1:]; len(lines) > 0 {
		fmt.Fprint(out, "\n### Who can do what then\n\n")
		writeFenced(out, "diff", strings.Join(lines, "\n")+"\n")
	}
}

// writeMarkdownChanges writes the changes in words, as a diff, and the script.
func (d Document) writeMarkdownChanges(out io.Writer) error {
	if len(d.Statements) == 0 {
		fmt.Fprint(out, "\nNothing to do.\n")
		return nil
	}
	d.writeMarkdownWords(out)
	var sql strings.Builder
	fmt.Fprint(out, "\n### The script, for psql\n\n")
	if err := script.WritePSQL(&sql, d.Document); err != nil {
		return err
	}
	writeFenced(out, "sql", sql.String())
	return nil
}

// writeMarkdownWords writes the changes in words.
func (d Document) writeMarkdownWords(out io.Writer) {
	var words strings.Builder
	for _, section := range d.sections() {
		fmt.Fprintf(&words, "@@ %s @@\n", section.Title)
		for _, c := range section.Changes {
			fmt.Fprintf(&words, "%c %s\n", diffMark(c.Mark), c.Text)
		}
	}
	fmt.Fprint(out, "\n### Changes\n\n")
	writeFenced(out, "diff", words.String())
}

// diffMark gives the mark that syntax highlighters for diffs know for a change.
func diffMark(m script.Mark) script.Mark {
	if m == script.Changes {
		return '!'
	}
	return m
}

// writeMarkdownRollback folds the way back up. Readers that do not know <details> show it.
func writeMarkdownRollback(out io.Writer, d script.Document) error {
	fmt.Fprint(out, "\n### The way back\n\n")
	for _, warning := range d.Warnings {
		fmt.Fprintf(out, "- ⚠️ %s\n", codeSpan(warning))
	}
	var sql strings.Builder
	if err := script.WritePSQL(&sql, d); err != nil {
		return err
	}
	fmt.Fprint(out, "\n<details><summary>The script back, for psql</summary>\n\n")
	writeFenced(out, "sql", sql.String())
	fmt.Fprint(out, "\n</details>\n")
	return nil
}

var backticks = regexp.MustCompile("`+")

// longestRun gives the length of the longest run of backticks.
func longestRun(text string) int {
	longest := 0
	for _, run := range backticks.FindAllString(text, -1) {
		longest = max(longest, len(run))
	}
	return longest
}

// codeSpan encloses a text, on one line, in more backticks than it has in a row. Spaces keep its own backticks apart.
// https://spec.commonmark.org/0.31.2/#code-spans
func codeSpan(text string) string {
	text = script.Printable(text)
	mark := strings.Repeat("`", longestRun(text)+1)
	if text == "" || strings.ContainsAny(text[:1]+text[len(text)-1:], "` ") {
		text = " " + text + " "
	}
	return mark + text + mark
}

// writeFenced encloses lines in a fence that none of them can close.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
func writeFenced(out io.Writer, language, text string) {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	fmt.Fprintf(out, "%s%s\n%s%s\n", fence, language, text, fence)
}
