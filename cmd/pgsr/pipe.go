package main

import (
	"errors"
	"io"
	"strings"
	"syscall"
)

// noScript is what plan and show write to a pipe in the place of a script that it could not make: psql would take
// nothing for a script that does nothing, and succeed. It is the same whatever the failure is.
// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES-ON-ERROR-STOP
const noScript = `\set ON_ERROR_STOP on
SELECT 'pgsr failed, so there is no script'::pg_catalog.int4;
`

// failPipe makes the reader of a pipe fail, too, if a script was asked for and there is none. It looks at the arguments
// for that, since these may be what is wrong.
func (p *program) failPipe(args []string, err error) {
	if err == nil || errors.Is(err, errChanges) || isTerminal(p.stdout) || !asksForScript(args) {
		return
	}
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, errCutShort) { // nobody reads, or it is being written to still
		return
	}
	_, _ = io.WriteString(p.stdout, noScript)
}

// asksForScript tells whether arguments ask for a script for psql on stdout.
func asksForScript(args []string) bool {
	if len(args) < 2 || args[1] != "plan" && args[1] != "show" {
		return false
	}
	format := lastValue(args, "--"+flagFormat)
	return (format == "" || format == "psql" || format == "sql") && (lastValue(args, "--output", "-o") == "" || lastValue(args, "--output", "-o") == "-")
}

// lastValue gives what stands behind the last of some forms of a flag; empty if it is not there.
func lastValue(args []string, forms ...string) (value string) {
	for i, arg := range args {
		for _, form := range forms {
			if rest, has := strings.CutPrefix(arg, form+"="); has {
				value = rest
			} else if arg == form && i+1 < len(args) {
				value = args[i+1]
			}
		}
	}
	return value
}

// whole writes to stdout all at once what is written, or nothing if that fails: half a script may be run.
func (p *program) whole(write func(io.Writer) error) error {
	var text strings.Builder
	if err := write(&text); err != nil {
		return err
	}
	_, err := io.WriteString(p.stdout, text.String())
	return err
}
