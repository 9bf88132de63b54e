package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGentlePage runs the commands of docs/gentle.md in their order, and looks for what it says of them.
func TestGentlePage(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.tools()
	script := "set -eu\n"
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readFile(t, filepath.Join(repository, "docs", "gentle.md")), -1) {
		script += block[1]
	}
	program := s.command()
	shell := exec.Command("sh", "-c", `pgsr() { "$PROGRAM" "$@"; }`+"\n"+script)
	shell.Dir, shell.Env = s.dir, append(program.Env, "PROGRAM="+program.Path)
	o := s.check(0, s.finish(shell))
	contains(t, o.stderr, "valid: 2 roles, 5 phrases", "roles would lose 2 things, and nothing is allowed", "intern: SELECT on TABLE hr.salaries", "intern: USAGE on SCHEMA hr", "in sync")
	contains(t, o.stdout, "= role intern: SELECT on TABLE hr.salaries", "= role planner: SELECT on TABLE sales.orders (which the spec gives it in another way)",
		"takes away: 2 privileges\nTaken away\n  - intern: ", "Unchanged for people: 2 privileges held in another way than before.", "refused, as intern would lose something")
	if s.reads("intern", "hr.salaries") || !s.reads("intern", "sales.orders") || !s.reads("planner", "sales.orders") {
		t.Error("the roles have not what the page gives them")
	}
}
