package main

import (
	"pgsr/executor"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// withExcerpts adds the lines of the spec's files to an error's problems, as the problems of the files themselves have
// them.
func (p *program) withExcerpts(err error) {
	if len(p.files) == 0 {
		return
	}
	var excerpts func(at spec.Position) spec.Excerpt
	show := func(at spec.Position, shown *spec.Excerpt) {
		if excerpts == nil {
			excerpts = specfile.Excerpts(p.files)
		}
		if *shown == (spec.Excerpt{}) {
			*shown = excerpts(at)
		}
	}
	eachProblem(err, show)
}

// eachProblem calls show with the place and the line of each problem of the spec that an error holds.
func eachProblem(err error, show func(at spec.Position, shown *spec.Excerpt)) {
	switch found := err.(type) { //nolint:errorlint // the whole tree is walked
	case *spec.Error:
		show(found.At, &found.Excerpt)
	case *executor.MissingError:
		for i := range found.Missing {
			show(found.Missing[i].At, &found.Missing[i].Excerpt)
		}
	case interface{ Unwrap() error }:
		eachProblem(found.Unwrap(), show)
	case interface{ Unwrap() []error }:
		for _, one := range found.Unwrap() {
			eachProblem(one, show)
		}
	}
}
