package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
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
	contains(t, o.stdout, "- carl: sessions are ended", "+ analysts: owner of SCHEMA carls (from carl)", "- carl: dropped")
	contains(t, o.stderr, "in sync", `role "carl" is to be gone, for good: 2 objects to role "analysts"`)
	if !s.reads("intern", "sales.orders") {
		t.Error("whom the leaver has granted something has lost it")
	}
}

// TestCheckNamesVanishedRoles: a role that vanishes from the file is not dropped, and check names it.
func TestCheckNamesVanishedRoles(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.want(0, "ledger", "install")
	s.file("pgsr.yaml", "version: 1\nroles:\n  stays: {}\n  \"od\\\"d\\nname; --\": {}\n  third: {}\n")
	s.want(0, "apply")
	s.file("pgsr.yaml", "version: 1\nroles:\n  stays: {}\n")
	o := s.want(0, "check")
	const says = " in a spec that was applied here, and is in this one no more: it stays as it is; to drop it, write absent: true"
	contains(t, o.stderr, `note: roles "od""d\nname; --", third were in a spec that was applied here, and are in this one no more: they stay as they are`, "in sync")
	if strings.Contains(o.stderr, "role stays") || strings.Contains(o.stderr, "_pgsr_") {
		t.Errorf("it names others:\n%s", o.stderr)
	}
	if strings.Contains(s.want(0, "check", "--no-ledger").stderr, "third") {
		t.Error("without the ledger it knows roles of earlier applies")
	}
	s.file("pgsr.yaml", "version: 1\nroles:\n  stays: {}\n  third: {}\n")
	contains(t, s.want(0, "check").stderr, `note: role "od""d\nname; --" was`+says)
	s.file("pgsr.yaml", "version: 1\nroles:\n  stays: {}\n  third: {absent: true}\n  \"od\\\"d\\nname; --\": {absent: true}\n")
	s.want(0, "apply", "--yes")
	if strings.Contains(s.want(0, "check").stderr, "note:") {
		t.Error("roles that are gone are named")
	}
}
