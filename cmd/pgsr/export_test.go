package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestExportPage runs the commands of docs/export.md, in their order, as someone who takes over a database would.
func TestExportPage(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("deployer", "warehouse", `CREATE ROLE analysts; CREATE ROLE etl LOGIN; GRANT USAGE ON SCHEMA sales TO analysts, etl;
		GRANT SELECT ON ALL TABLES IN SCHEMA sales TO analysts`)
	page := readFile(t, filepath.Join(repository, "docs", "export.md"))
	script := "set -eu\n"
	blocks := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(page, -1)
	for _, block := range blocks {
		script += block[1]
	}
	program := s.command()
	shell := exec.Command("sh", "-c", `pgsr() { "$PROGRAM" "$@"; }`+"\n"+script)
	shell.Dir, shell.Env = s.dir, append(program.Env, "PROGRAM="+program.Path)
	o := s.check(0, s.finish(shell))
	if len(blocks) == 0 || strings.Count(o.stderr, "in sync") != strings.Count(script, "pgsr check") {
		t.Errorf("%d blocks: %s", len(blocks), o.stderr)
	}
	text := readFile(t, filepath.Join(s.dir, "pgsr.yaml"))
	contains(t, text, "# Written by `pgsr export` of pgsr", "database: warehouse", "  analysts:\n", "  etl:\n    login: {}\n")
	some := readFile(t, filepath.Join(s.dir, "some.yaml"))
	contains(t, some, `--role "analysts" --role "etl"`)
	if strings.Contains(some, "hr_lead") || strings.Contains(text, "SCRAM") {
		t.Errorf("too much in it:\n%s\n%s", some, text)
	}
}

// TestExportRefuses what no spec can be about, all at once.
func TestExportRefuses(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	o := s.want(1, "export", "--role", "hr_leed", "--role", "pg_monitor", "--role", "postgres")
	contains(t, o.stderr, `role "hr_leed" does not exist: did you mean "hr_lead"?`, `"pg_monitor" can be in member_of`, "first superuser")
	if o.stdout != "" {
		t.Errorf("stdout has %q", o.stdout)
	}
}
