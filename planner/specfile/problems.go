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
	return &spec.Error{At: p.at.position(), Message: p.message, Excerpt: p.at.excerpt()}
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

// excerpt gives what is shown of its line.
func (p place) excerpt() spec.Excerpt {
	if p.source == nil || p.source.isHidden {
		return spec.Excerpt{}
	}
	line, column := p.source.masked(p.line, p.column)
	return spec.NewExcerpt(p.line, line, column)
}

func (p place) compare(other place) int {
	return cmp.Or(cmp.Compare(p.source.rank(), other.source.rank()), cmp.Compare(p.line, other.line), cmp.Compare(p.column, other.column))
}
