package specfile

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// problem is an error before its line is shown. What must not be shown of a line is known when the whole file was read.
type problem struct {
	at      place
	message string
}

// problems collects each problem once. What an alias refers to may be read several times.
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
	return spec.Errors(lists.Map(p.list, problem.render))
}

func (p problem) render() *spec.Error {
	at := p.at.position()
	if p.at.source == nil || p.at.source.isHidden {
		return &spec.Error{At: at, Message: p.message}
	}
	line, column := p.at.source.masked(p.at.line, p.at.column)
	return spec.NewError(at, p.message, line, column)
}

// place is a position that knows its source; the zero place is none.
type place struct {
	source       *source
	line, column int
}

func (p place) position() spec.Position {
	if p.source == nil {
		return spec.Position{}
	}
	return spec.Position{File: p.source.name, Line: p.line, Column: p.column}
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.source.rank(), other.source.rank()), cmp.Compare(p.line, other.line), cmp.Compare(p.column, other.column))
}
