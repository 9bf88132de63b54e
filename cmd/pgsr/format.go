package main

import (
	"io"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// planned is a plan with all that a format may want to say about it.
type planned struct {
	spec    *spec.Spec
	plan    *planner.Plan
	options executor.Options
	// color tells whether it goes to a terminal that wants colours.
	color bool
}

// write writes a plan in a format.
func (p planned) write(w io.Writer, format string) error {
	if format == "text" {
		return p.writeText(w)
	}
	return executor.WriteAs(w, format, p.spec, p.plan, p.options)
}

// writeText leaves the warnings out: they stand on stderr.
func (p planned) writeText(w io.Writer) error {
	return report.WriteText(w, textOf(p.plan), p.color)
}
