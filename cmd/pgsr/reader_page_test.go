package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// newReaderSite has a reader that may do nothing but connect.
func newReaderSite(t *testing.T) *site {
	t.Helper()
	s := newWarehouse(t)
	s.setenv("DEPLOYER_DATABASE_URL", s.url())
	s.setenv("READER_DATABASE_URL", s.server.URL("reader", "warehouse", ""))
	s.unsetenv("PGSR_DATABASE_URL")
	return s
}

// TestReaderPage runs the commands of docs/reader.md in their order: what the reader has planned is applied, and it
// finds it in sync.
func TestReaderPage(t *testing.T) {
	t.Parallel()
	s := newReaderSite(t)
	s.tools()
	script := "set -eu\n"
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readFile(t, filepath.Join(repository, "docs", "reader.md")), -1) {
		script += block[1]
	}
	program := s.command()
	shell := exec.Command("sh", "-c", `pgsr() { "$PROGRAM" "$@"; }`+"\n"+script)
	shell.Dir, shell.Env = s.dir, append(program.Env, "PROGRAM="+program.Path)
	o := s.check(0, s.finish(shell))
	contains(t, o.stdout, "SELECT", "TABLE sales.orders", "report_reader")
	contains(t, o.stderr, "applied ", "in sync", "stored passwords are not read for another role than connects")
	contains(t, readFile(t, filepath.Join(s.dir, "comment.md")), "role deployer", "passwords are left out, as asked for")
	if !s.reads("report_reader", "sales.orders") {
		t.Error("what the reader planned is not what there is")
	}
}

// TestAsIsForReading: what changes something does not take the flag, and says what to do; a name may be anything.
func TestAsIsForReading(t *testing.T) {
	t.Parallel()
	s := newReaderSite(t)
	s.sql("deployer", "warehouse", `CREATE ROLE reader LOGIN`)
	s.setenv("PGSR_DATABASE_URL", s.server.URL("reader", "warehouse", ""))
	s.file("pgsr.yaml", "version: 1\nroles:\n  fresh: {}\n")
	for _, args := range [][]string{{"apply", "--as", "deployer"}, {"prune", "--as", "deployer"}, {"explain", "--as", "deployer"}} {
		contains(t, s.want(1, args...).stderr, "--as", "pgsr apply --plan plan.json --digest SHA256", "connected as that role")
	}
	contains(t, s.want(1, "check", "--as", "").stderr, "flag --as needs a role")
	contains(t, s.want(1, "check", "--as", "deploier").stderr, `planning as role "deploier": it does not exist: did you mean "deployer"?`)
	for _, name := range []string{"x'; DROP ROLE deployer; --", `"`, "$$", "%s", `\`, strings.Repeat("é", 40), "a\xffb", "public", "none", "\x1b[2J"} {
		o := s.want(1, "check", "--as", name)
		contains(t, o.stderr, "it does not exist")
		if strings.Contains(o.stderr, "\x1b") {
			t.Errorf("%q reaches the terminal", name)
		}
	}
	contains(t, s.want(2, "check", "--as", "deployer").stdout, "+ fresh: new role")
	contains(t, s.want(1, "check").stderr, "CREATEROLE") // by itself it may do nothing
	contains(t, s.want(0, "prune", "--dry-run", "--as", "deployer").stdout, "role deployer")
	contains(t, s.want(0, "export", "--as", "deployer").stdout, `--as "deployer"`, ", as role deployer.")
}
