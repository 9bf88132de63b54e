package main

import (
	"io"
	"maps"
	"slices"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/script"
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

// format writes a plan.
type format func(io.Writer, planned) error

// formats gives every format that plan can write, by name. The default is psql.
func formats() map[string]format {
	return map[string]format{"psql": writePSQL, "text": writeText}
}

const defaultFormat = "psql"

// formatNames lists the default first.
func formatNames() []string {
	names := []string{defaultFormat}
	for _, name := range slices.Sorted(maps.Keys(formats())) {
		if name != defaultFormat {
			names = append(names, name)
		}
	}
	return names
}

func writePSQL(w io.Writer, p planned) error { return executor.Write(w, p.spec, p.plan, p.options) }

// writeText leaves the warnings out: they stand on stderr.
func writeText(w io.Writer, p planned) error {
	return script.WriteText(w, script.Document{Server: p.plan.Server, Statements: p.plan.Statements}, p.color)
}
