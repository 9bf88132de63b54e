package main

import (
	"os"
	"os/exec"
	"testing"
)

// TestFailedPlansFailPsql: what reads the script of a plan that failed fails, too, whatever the failure is.
func TestFailedPlansFailPsql(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.file("wrong.yaml", "version: 1\nroles: {a: {grants: [SELECT ON TABLE no.such]}}")
	for _, args := range [][]string{
		{"plan", "-f", "no.such"}, {"plan", "-f", "wrong.yaml"}, {"plan", "--no-such-flag"}, {"plan", "-h", "localhost"}, {"plan", "--format", "sql", "-f", "wrong.yaml"},
		{"plan", "--format=psql", "-f", "wrong.yaml", "-o", "-"}, {"plan", "--database-url", "postgres://127.0.0.1:1/x"},
	} {
		if o := s.want(1, args...); !o.failsPipe || o.stdout != "" {
			t.Errorf("%q: %s", args, o)
		}
	}
	for _, args := range [][]string{
		{"plan", "-f", "no.such", "--format", "text"}, {"plan", "-f", "no.such", "-o", "out.sql"}, {"plan", "-f", "no.such", "--output=out.sql"}, {"apply", "-f", "no.such"},
	} {
		if o := s.want(1, args...); o.failsPipe || o.stdout != "" {
			t.Errorf("%q: %s", args, o)
		}
	}
	if o := s.want(0, "plan"); o.failsPipe {
		t.Error("a plan that did not fail fails the pipe")
	}
	if o := s.want(2, "plan", "--exit-code"); o.failsPipe {
		t.Error("changes to make are no failure")
	}
	s.psqlReads("wrong.yaml", 3)
	s.psqlReads("pgsr.yaml", 0)
	if !s.tells("EXISTS (SELECT FROM pg_roles WHERE rolname = 'readers')") {
		t.Error("the script that was whole did not run")
	}
}

// psqlReads pipes a plan into psql, without the shell's pipefail, and wants a status of psql.
func (s *site) psqlReads(spec string, want int) {
	s.Helper()
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `"$0" plan -f "$1" 2>/dev/null | "$PGSR_PSQL" -X -q "$PGSR_DATABASE_URL"`, self, spec)
	cmd.Dir, cmd.Env = s.dir, append(append([]string{}, s.env...), beProgram+"=1", "PGSR_PSQL="+psql(s.T))
	if o := s.finish(cmd); o.status != want {
		s.Errorf("%s: psql: %s", spec, o)
	}
}
