package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestLeaversPage runs the commands of docs/leavers.md in their order: the leaver is gone, the heir owns what it owned,
// and whom it has granted something keeps that.
func TestLeaversPage(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.tools()
	script := "set -eu\n"
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readFile(t, filepath.Join(repository, "docs", "leavers.md")), -1) {
		script += block[1]
	}
	program := s.command()
	shell := exec.Command("sh", "-c", `pgsr() { "$PROGRAM" "$@"; }`+"\n"+script)
	shell.Dir, shell.Env = s.dir, append(program.Env, "PROGRAM="+program.Path, "CARL_DATABASE_URL="+s.server.URL("carl", "warehouse", "secret"))
	o := s.check(0, s.finish(shell))
	contains(t, o.stdout, "end the sessions of role carl", "change the owner of SCHEMA carls to analysts", "drop role carl", "grant SELECT on TABLE sales.orders to intern")
	contains(t, o.stderr, "in sync", `role "carl" is to be gone, for good: 2 objects to role "analysts"`)
	if !s.reads("intern", "sales.orders") {
		t.Error("whom the leaver has granted something has lost it")
	}
}
