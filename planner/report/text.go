package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// WriteText writes a plan for a terminal: its digest if that is known, highlights, warnings, and then what its
// statements mean for people, a line for each thing that some roles gain or lose, what is taken away first. With
// Verbose, or where the effect is not known, it has a line for each change under its section's heading. Marks are:
// + gives, - takes, ~ changes, and = what is left. It is in colours if color is true.
func WriteText(w io.Writer, d Document, color bool) error {
	out := bufio.NewWriter(w)
	p := painter(color)
	if d.Digest != "" {
		fmt.Fprintln(out, "digest "+d.Digest)
	}
	if d.speaksOfPeople() {
		d.writePeople(out, p)
	} else {
		d.writeStatements(out, p)
	}
	if err := WriteLeft(out, d.Left); err != nil {
		return err
	}
	return out.Flush()
}

func writeHighlights(out io.Writer, p painter, lines, warnings []string) {
	for _, line := range lines {
		code := red
		if strings.HasPrefix(line, countsOfGiven) {
			code = green
		}
		fmt.Fprintln(out, p.paint(code, line))
	}
	for _, warning := range warnings {
		fmt.Fprintln(out, p.paint(yellow, "warning: "+catalog.Printable(warning)))
	}
}

// writeStatements has a line for each change.
func (d Document) writeStatements(out io.Writer, p painter) {
	writeHighlights(out, p, script.Highlights(d.Statements), d.Warnings)
	if len(d.Statements) == 0 {
		fmt.Fprintln(out, "Nothing to do.")
	}
	for _, section := range d.sections() {
		fmt.Fprintln(out, p.paint(bold, section.Title))
		for _, c := range section.Changes {
			fmt.Fprintln(out, "  "+p.paint(colors[c.Mark], string(c.Mark)+" "+c.Text))
		}
	}
}

// writePeople says what the statements mean for people.
func (d Document) writePeople(out io.Writer, p painter) {
	means := d.people()
	writeHighlights(out, p, d.highlights(means), d.Warnings)
	for _, part := range means.parts(d.takenIsSaid, false) {
		fmt.Fprintln(out, p.paint(bold, part.title))
		for _, line := range part.lines {
			fmt.Fprintln(out, "  "+p.paint(colors[part.mark], string(part.mark)+" "+line))
		}
	}
	for _, line := range d.transactionLines(means) {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out, d.rest(means))
}

// WriteLeft lists what is left, if anything is.
func WriteLeft(w io.Writer, left []catalog.Left) error {
	if len(left) == 0 {
		return nil
	}
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, script.LeftCount(left))
	for _, l := range left {
		fmt.Fprintln(out, "  = "+l.String())
	}
	return out.Flush()
}

// The numbers of SGR: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters
const (
	bold   = 1
	red    = 31
	green  = 32
	yellow = 33
)

var colors = map[script.Mark]int{script.Gives: green, script.Takes: red, script.Changes: yellow}

// painter colours text if it is true.
type painter bool

func (p painter) paint(code int, text string) string {
	if !p {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", code, text)
}
