package report

import (
	"bufio"
	"fmt"
	"io"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// WriteText writes a plan for a terminal: what it ends and takes first, then a line for each change under the
// headings, marked + for what is given, - for what is taken and ~ for what is otherwise changed; in colours if color
// is true.
func WriteText(w io.Writer, d Document, color bool) error {
	out := bufio.NewWriter(w)
	p := painter(color)
	for _, line := range script.Highlights(d.Statements) {
		fmt.Fprintln(out, p.paint(red, line))
	}
	for _, warning := range d.Warnings {
		fmt.Fprintln(out, p.paint(yellow, "warning: "+script.Printable(warning)))
	}
	if len(d.Statements) == 0 {
		fmt.Fprintln(out, "Nothing to do.")
	}
	headings := d.Headings()
	for i, s := range d.Statements {
		if headings[i] != "" {
			fmt.Fprintln(out, p.paint(bold, headings[i]))
		}
		m := markOf(s)
		fmt.Fprintln(out, "  "+p.paint(colors[m], string(m)+" "+script.Summary(s.Change)))
	}
	return out.Flush()
}

// mark says of what sort a change is.
type mark rune

const (
	gives   mark = '+'
	takes   mark = '-'
	changes mark = '~'
)

// markOf: a login is given or taken by the statement that says so, unless it only sets the password again.
func markOf(s script.Statement) mark {
	switch ch := s.Change.(type) {
	case catalog.CreateRole, catalog.CreateSchema, catalog.Grant, catalog.GrantRole:
		return gives
	case catalog.DropRole, catalog.Revoke, catalog.RevokeRole:
		return takes
	case catalog.AlterRole:
		if ch.Login != nil && !s.Refresh {
			return map[bool]mark{true: gives, false: takes}[*ch.Login]
		}
	}
	return changes
}

// The numbers of SGR: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters
const (
	bold   = 1
	red    = 31
	green  = 32
	yellow = 33
)

var colors = map[mark]int{gives: green, takes: red, changes: yellow}

// painter colours text, or does not.
type painter bool

func (p painter) paint(code int, text string) string {
	if !p {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", code, text)
}
