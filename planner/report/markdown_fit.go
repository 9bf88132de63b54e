package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// mostMarkdown is how many bytes a ticket has at most. GitHub takes 65,536 characters in a comment, and who posts it
// has something to say, too.
const mostMarkdown = 60_000

// The shares of parts in bytes. What they leave is for the scripts, which are there whole or not at all.
const (
	shareOfLists    = 3_000
	shareOfWarnings = 7_000
	shareOfWords    = 16_000
	shareOfEffect   = 9_000
	shareOfNotice   = 1_500
	// mostOfLine bounds a line, so that its code span or its fence is bounded, too.
	mostOfLine = 600
	// mostOfName bounds names, for which there has to be room.
	mostOfName = 150
)

// markdown is a ticket that is being written: what comes first, and what follows what is said of what is left out.
type markdown struct {
	head, body strings.Builder
	omitted    []string
}

// room is how many bytes may follow.
func (m *markdown) room() int { return mostMarkdown - shareOfNotice - m.head.Len() - m.body.Len() }

// fit gives the first lines that fit into a share, and notes how many are left out.
func (m *markdown) fit(lines []string, share int, what string) []string {
	var out []string
	for i, line := range lines {
		if share -= len(line) + len("- \n"); share < 0 {
			m.omitted = append(m.omitted, fmt.Sprintf("%s of %s %s", script.Number(len(lines)-i), script.Number(len(lines)), what))
			break
		}
		out = append(out, line)
	}
	return out
}

// fenced writes lines in a fence under a heading.
func (m *markdown) fenced(heading, language string, lines []string, share int, what string) {
	fmt.Fprintf(&m.body, "\n%s\n\n", heading)
	m.fence(language, lines, share, what)
}

func (m *markdown) fence(language string, lines []string, share int, what string) {
	lines = lists.Map(lines, func(line string) string { return cutText(line, mostOfLine) })
	text := strings.Join(lists.Map(m.fit(lines, min(share, m.room())-2*(mostOfLine+len("\ndiff")), what), func(line string) string { return line + "\n" }), "")
	writeFenced(&m.body, language, text)
}

// folded writes lines in a fence that is shown when somebody opens it. Readers that do not know <details> show it.
func (m *markdown) folded(summary, language string, lines []string, share int, what string) {
	m.details(summary, func() { m.fence(language, lines, share, what) })
}

func (m *markdown) details(summary string, write func()) {
	fmt.Fprintf(&m.body, "\n<details><summary>%s</summary>\n\n", summary)
	write()
	fmt.Fprint(&m.body, "\n</details>\n")
}

// script folds up a script, if there is room for all of it.
func (m *markdown) script(title string, write func(io.Writer) error) error {
	const around = len("\n<details><summary></summary>\n\nsql\n\n\n</details>\n")
	var text limitedText
	text.most = m.room() - around - len(title)
	err := write(&text)
	fence := max(3, longestRun(text.String())+1)
	switch {
	case text.isFull || text.Len()+2*fence > text.most:
		m.omitted = append(m.omitted, lowerFirst(title))
		return nil
	case err != nil:
		return err
	}
	m.details(title, func() { writeFenced(&m.body, "sql", text.String()) })
	return nil
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

// write writes what there is, and after the first heading what is left out, and how to see it.
func (m *markdown) write(w io.Writer) error {
	if len(m.omitted) > 0 {
		fmt.Fprintf(&m.head, "> **Not all of the plan is here**, so that it fits a pull request. Left out: %s. `pgsr plan --format html` shows all; of a saved plan, `pgsr show --plan FILE --format html`.\n\n", strings.Join(m.omitted, "; "))
	}
	_, err := io.WriteString(w, m.head.String()+m.body.String())
	return err
}

// limitedText is a text that refuses to become too long.
type limitedText struct {
	strings.Builder
	most   int
	isFull bool
}

func (t *limitedText) Write(p []byte) (int, error) {
	if t.Len()+len(p) > t.most {
		t.isFull = true
		return 0, io.ErrShortWrite
	}
	return t.Builder.Write(p)
}

// WriteString is the same.
func (t *limitedText) WriteString(s string) (int, error) { return t.Write([]byte(s)) }

// cutText cuts a text that is too long after a whole character.
func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	at := most
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return text[:at] + "…"
}
