package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestFleetsPage runs the commands of docs/fleets.md in their order, and looks for what it says of them.
func TestFleetsPage(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	script := "set -eu\n"
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readFile(t, filepath.Join(repository, "docs", "fleets.md")), -1) {
		script += block[1]
	}
	program := s.command()
	shell := exec.Command("sh", "-c", `pgsr() { "$PROGRAM" "$@"; }`+"\n"+script)
	shell.Dir, shell.Env = s.dir, append(program.Env, "PROGRAM="+program.Path)
	o := s.check(0, s.finish(shell))
	contains(t, o.stdout, "exit status 2", `"in_sync": false`, "exit status 3")
	contains(t, o.stderr, "applied ", "the plan is stale")
	contains(t, readFile(t, filepath.Join(s.dir, "check.json")), `"in_sync": true`)
	if !s.reads("report_reader", "sales.orders") {
		t.Error("the role has not what the page gives it")
	}
}
