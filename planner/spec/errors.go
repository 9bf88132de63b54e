package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one problem of a spec, with its place. It never shows a password, nor does its Line.
type Error struct {
	At      Position
	Message string
	// Line is the source line, or what is around the place in a long one, with what is secret masked; empty if there is
	// none to show.
	Line string
	// caret is where At.Column is in Line.
	caret int
}

// Error gives place and message, and below them the source line with a mark under the column.
func (e *Error) Error() string {
	text := e.Message
	if at := e.At.String(); at != "" {
		text = at + ": " + text
	}
	if strings.TrimSpace(e.Line) == "" {
		return text
	}
	return text + "\n" + excerpt(e.At.Line, e.Line, e.caret)
}

// Errors are all the problems of a spec, by file, line and column.
type Errors []*Error

// Error lists the problems one below the other.
func (e Errors) Error() string {
	texts := make([]string, len(e))
	for i, problem := range e {
		texts[i] = problem.Error()
	}
	return strings.Join(texts, "\n")
}

// Unwrap gives each problem to errors.As.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, problem := range e {
		out[i] = problem
	}
	return out
}

// problem is an error before its line is rendered: what must not be shown of a line is known only when the whole file
// was read.
type problem struct {
	at      place
	message string
}

// problems collects each problem once: what an alias refers to is read as often as it is used.
type problems struct {
	list []problem
	seen map[problem]bool
}

func (p *problems) add(at place, format string, args ...any) {
	found := problem{at, fmt.Sprintf(format, args...)}
	if p.seen[found] {
		return
	}
	if p.seen == nil {
		p.seen = map[problem]bool{}
	}
	p.seen[found] = true
	p.list = append(p.list, found)
}

// errors gives what was collected in the order of the files; nil if it is nothing.
func (p *problems) errors() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return a.at.compare(b.at) })
	out := make(Errors, len(p.list))
	for i, found := range p.list {
		out[i] = found.render()
	}
	return out
}

func (p problem) render() *Error {
	e := &Error{At: p.at.position(), Message: p.message}
	if p.at.source != nil {
		e.Line, e.caret = p.at.source.show(p.at.line, p.at.column)
	}
	return e
}

// place is a position that knows its source; the zero place is none.
type place struct {
	source       *source
	line, column int
}

func (p place) position() Position {
	if p.source == nil {
		return Position{}
	}
	return Position{File: p.source.name, Line: p.line, Column: p.column}
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.source.rank(), other.source.rank()), cmp.Compare(p.line, other.line), cmp.Compare(p.column, other.column))
}
