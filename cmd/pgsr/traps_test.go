package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"pgsr/executor/scratch/scratchtest"
)

// trapsSpec has something of all that a spec can say.
const trapsSpec = `version: 1
roles:
  readers:
    comment: it's é
    grants:
      - CONNECT ON DATABASE warehouse
      - USAGE ON SCHEMA sales
      - SELECT ON ALL TABLES IN SCHEMA sales
  "wríters":
    owns: [SCHEMA written]
    direct_grants:
      - INSERT ON TABLE sales.orders
  alice:
    login: {password: {env: ALICE_PASSWORD}, valid_until: 2037-12-31}
    member_of: [readers, "wríters"]
`

// TestNothingDependsOnASearchPath runs every command, and every script, in a database that is full of traps: with
// what shadows all of pg_catalog first in the path, by a setting of the database or of the role, and with what fits
// better in public. Nothing springs one, and all that is sent is in a transaction that sets the path first.
func TestNothingDependsOnASearchPath(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t, append(scratchtest.TrapSettings, "max_locks_per_transaction", "10", "max_connections", "12",
		"max_worker_processes", "1", "autovacuum_max_workers", "1")...)
	s.needs(110000, "functions of the kinds that the traps are")
	traps := scratchtest.PlantTraps(t, s.server, "warehouse")
	const evil = "evil, pg_catalog, public"
	// Whose setting a path is makes no difference to a session: each of the two meets one of them, and none.
	runs := []struct{ role, whose string }{{"postgres", "DATABASE warehouse"}, {"deployer", "ROLE deployer"}, {"postgres", ""}, {"deployer", ""}}
	if testing.Short() {
		runs = runs[:2]
	}
	for _, run := range runs {
		if run.whose != "" {
			s.sql("postgres", "postgres", "ALTER "+run.whose+" SET search_path = "+evil)
		}
		s.setenv("PGSR_DATABASE_URL", s.as(run.role))
		s.Logf("as %s, by %q", run.role, run.whose)
		s.doEverything(run.role)
		if run.whose != "" && (run.role == "postgres" || !testing.Short()) {
			s.manyRoles(run.role)
		}
		if run.whose != "" {
			s.sql("postgres", "postgres", "ALTER "+run.whose+" RESET search_path")
		}
	}
	if n := traps.Check("pgsr", "psql"); n < 100 {
		t.Errorf("%d transactions were seen: this proves little", n)
	}
}

// doEverything runs all commands and scripts, each of which has something to do.
func (s *site) doEverything(role string) {
	s.Helper()
	s.file("pgsr.yaml", trapsSpec)
	for _, format := range []string{"psql", "sql", "goose", "json", "text", "markdown", "html"} {
		s.want(0, "plan", "--format", format, "-o", "plan."+format, "--rollback", "back."+format)
	}
	up, down, _ := strings.Cut(strings.ReplaceAll(readFile(s.T, s.dir+"/plan.goose"), "-- +goose Up", ""), "-- +goose Down")
	s.file("up.sql", "BEGIN;\n"+up+"COMMIT;\n")
	s.file("down.sql", "BEGIN;\n"+down+"COMMIT;\n")
	for _, script := range []string{"plan.psql", "back.psql", "plan.sql", "back.sql", "up.sql", "down.sql"} {
		s.psqlAs(role, script)
	}
	s.want(0, "plan", "--passwords", "variables", "-o", "variables.sql", "--rollback", "back.variables")
	s.setenv("PGSR_PASSWORD_1", alicePassword)
	s.psqlAs(role, "variables.sql")
	s.psqlAs(role, "back.variables")
	s.want(0, "apply", "--plan", "plan.json")
	s.want(0, "check", "--effect")
	s.psqlAs(role, "back.json")
	s.want(2, "check")
	s.want(0, "plan", "--rollback", "back.apply", "--format", "json", "-o", "plan.apply")
	s.want(0, "apply", "--plan", "plan.apply")
	s.want(0, "apply", "--yes")
	s.want(0, "explain", "--role", "alice")
	s.want(0, "explain", "--role", "alice", "--on", "TABLE sales.orders")
	s.want(0, "who", "--can", "SELECT", "--on", "TABLE sales.orders")
	s.want(0, "ledger", "install")
	s.prunes()
	s.want(0, "ledger")
	s.want(0, "ledger", "show", "--id", "1")
	s.want(0, "check", "--format", "json") // which reads the ledger, too
	s.want(0, "export", "--all-databases")
	s.want(0, "plan", "--mode", "add", "--max-revokes", "1000")
	s.overDatabases(role)
	s.psqlAs(role, "back.apply")
	s.sql("postgres", "warehouse", `SET search_path = pg_catalog; DROP SCHEMA pgsr CASCADE`) // a ledger of the one's is not the other's
}

// overDatabases has something to do in two databases, and lets a role go whose sessions are ended.
func (s *site) overDatabases(role string) {
	s.Helper()
	s.sql("deployer", "postgres", `SET search_path = pg_catalog; CREATE ROLE leaver LOGIN`)
	s.sql("postgres", "postgres", `CREATE DATABASE marts OWNER deployer`)
	s.sql("deployer", "marts", `SET search_path = pg_catalog; CREATE SCHEMA m; GRANT USAGE ON SCHEMA m TO leaver`)
	s.file("over.yaml", "version: 1\nroles:\n  leaver: {absent: true, end_sessions: true}\n  overseer: {in: {marts: {grants: [USAGE ON SCHEMA m]}}}\n")
	s.want(0, "plan", "-f", "over.yaml", "-o", "over.sql", "--rollback", "over.back")
	s.psqlAs(role, "over.sql")
	s.psqlAs(role, "over.back")
	s.want(0, "apply", "-f", "over.yaml", "--yes")
	s.want(0, "check", "-f", "over.yaml")
	s.sql("postgres", "postgres", `DROP DATABASE marts`)
	s.sql("postgres", "postgres", `SET search_path = pg_catalog; DROP ROLE overseer`)
}

// prunes drops a privilege role whose object is gone.
func (s *site) prunes() {
	s.Helper()
	s.sql("deployer", "warehouse", `SET search_path = pg_catalog; CREATE TABLE sales.passing ()`)
	s.file("passing.yaml", "version: 1\nroles:\n  passing: {grants: [SELECT ON TABLE sales.passing]}\n")
	s.want(0, "apply", "--yes", "-f", "passing.yaml")
	s.sql("postgres", "warehouse", `SET search_path = pg_catalog; DROP TABLE sales.passing`)
	contains(s.T, s.want(0, "prune", "--dry-run").stdout, "DROP ROLE")
	contains(s.T, s.want(0, "prune", "--yes").stderr, "applied ")
	s.sql("postgres", "warehouse", `SET search_path = pg_catalog; DROP ROLE passing`)
}

// manyRoles needs several transactions.
func (s *site) manyRoles(role string) {
	s.Helper()
	var roles, drop strings.Builder
	for i := range 400 {
		fmt.Fprintf(&roles, "  clerk%03d: {comment: one of many}\n", i)
		fmt.Fprintf(&drop, "DROP ROLE clerk%03d;\n", i)
	}
	s.file("many.yaml", "version: 1\nroles:\n"+roles.String())
	s.want(0, "plan", "-f", "many.yaml", "-o", "many.sql", "--rollback", "fewer.sql")
	s.want(0, "plan", "-f", "many.yaml", "-o", "many.json", "--format", "json")
	s.psqlAs(role, "many.sql")
	s.psqlAs(role, "fewer.sql")
	s.want(0, "apply", "--plan", "many.json")
	s.psqlAs(role, "fewer.sql")
	contains(s.T, s.want(0, "apply", "--yes", "-f", "many.yaml").stderr, " transactions: --verbose shows each.")
	s.psqlAs(role, "fewer.sql")
}

// psqlAs runs a script by psql.
func (s *site) psqlAs(role, script string) {
	s.Helper()
	cmd := exec.Command(psql(s.T), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", s.as(role), "-f", script)
	cmd.Dir, cmd.Env = s.dir, s.env
	s.check(0, s.finish(cmd))
}

// as is what a role connects with.
func (s *site) as(role string) string {
	if role == "postgres" {
		return s.server.URL(role, "warehouse", "")
	}
	return s.url()
}
