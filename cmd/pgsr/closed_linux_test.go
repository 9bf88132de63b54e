package main

import (
	"os/exec"
	"testing"
)

// TestClosedOutput: a script that goes nowhere is an error; what writes no data has no need of stdout; /dev/null is
// for who does not want it.
func TestClosedOutput(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("roles.yaml", readersSpec)
	for line, status := range map[string]int{
		`"$0" plan -f roles.yaml >&-`:               exitError,
		`"$0" plan -f roles.yaml --format html >&-`: exitError,
		`"$0" check -f roles.yaml >&-`:              exitError,
		`"$0" plan -f roles.yaml >/dev/null`:        exitDone,
		`"$0" plan -f roles.yaml -o script.sql >&-`: exitDone,
		`"$0" ledger install >&-`:                   exitDone,
	} {
		cmd := s.command()
		shell := exec.Command("/bin/sh", "-c", line, cmd.Path)
		shell.Dir, shell.Env = cmd.Dir, cmd.Env
		o := s.finish(shell)
		if o.status != status {
			t.Errorf("%s: %v", line, o)
		}
		if status == exitError {
			contains(t, o.stderr, "stdout: it is closed")
		}
	}
}
