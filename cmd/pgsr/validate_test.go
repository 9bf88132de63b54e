package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A spec is read where there is no server, no variable and no file with a password.
func TestValidate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.setenv("PGSR_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nowhere")
	s.file("pgsr.yaml", `version: 1
mode: add
ignore: [SCHEMA audit]
public: {revokes: [CREATE ON SCHEMA public]}
roles:
  ann: {login: {password: {env: NOT_SET}}, grants: ["SELECT, INSERT ON TABLE s.t, s.u", USAGE ON SCHEMA s]}
  bob:
    login: {password: {file: not-there.txt}}
    direct_grants:
      - SELECT ON ALL TABLES, SEQUENCES IN SCHEMA s
      - SELECT ON ALL AND FUTURE TABLES IN SCHEMA s FOR ROLE ann
    owns: [SCHEMA s]
  carol: {login: {password: {command: [touch, ran]}}}
`)
	o := s.want(0, "validate")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "valid: 3 roles, 7 phrases")
	if _, err := os.Stat(filepath.Join(s.dir, "ran")); err == nil {
		t.Error("a program was run for a password")
	}
	contains(t, s.want(0, "validate", "--role", "ann").stderr, "valid: 1 role, 3 phrases")
	contains(t, s.want(1, "validate", "--role", "annn").stderr, `"annn"`)
}

// All that is wrong is said at once, with its place, and the exit status is 1.
func TestValidateSaysAllThatIsWrong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.file("pgsr.yaml", `version: 1
mode: adds
roles:
  ann: {grants: [SELEC ON TABLE s.t], member_of: [bob]}
  bob: {member_of: [ann], owns: [DATABASE d]}
  PG: {login: {password: hunter2}}
  pg_x: {}
`)
	o := s.want(1, "validate")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "pgsr.yaml:2:7: mode must be sync or add", "pgsr.yaml:4:", `SELEC`, "pgsr.yaml:5:", "pgsr.yaml:6:", "pgsr.yaml:7:")
	if strings.Contains(o.stderr, "hunter2") {
		t.Error("a password is shown")
	}
	s.file("one/a.yaml", "version: 1\nroles:\n  ann: {login: {password: {file: p.txt}}}\n")
	s.file("two/b.yaml", "version: 1\nroles: {}\n")
	contains(t, s.want(1, "validate", "-f", "one/a.yaml", "-f", "two/b.yaml").stderr, "several folders")
	contains(t, s.want(1, "validate", "-f", "none.yaml").stderr, "none.yaml")
	contains(t, s.want(1, "validate", "extra").stderr, "extra")
}
