package main

import (
	"strings"
	"testing"
)

func TestLedger(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	o := s.want(1, "ledger")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "no ledger in this database: run `pgsr ledger install`")

	o = s.want(0, "ledger", "install")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "installed the ledger (version 2)")
	contains(t, s.want(0, "ledger", "install").stderr, "up to date (version 2)")
	o = s.want(0, "ledger")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "nothing was applied")

	s.want(0, "apply")
	s.want(0, "apply", "--role", "readers") // nothing to do: no entry
	s.sql("deployer", "warehouse", "DROP TABLE sales.orders")
	s.want(0, "prune")
	lines := strings.Split(strings.TrimSpace(s.want(0, "ledger").stdout), "\n")
	if len(lines) != 3 {
		t.Fatalf("a heading and two entries expected:\n%s", strings.Join(lines, "\n"))
	}
	contains(t, lines[0], "ID", "APPLIED AT", "BY", "STATEMENTS", "TOOK", "VERSION", "RESULT", "PLAN")
	contains(t, lines[1], "2  ", "deployer", "applied")
	contains(t, lines[2], "1  ", "deployer", "applied")
	if got := s.want(0, "ledger", "--limit", "1").stdout; strings.Count(got, "\n") != 2 {
		t.Errorf("one entry expected:\n%s", got)
	}
	s.keepsSecrets(s.scripts())
}

// scripts gives all that the ledger holds of scripts.
func (s *site) scripts() string {
	s.Helper()
	cmd := s.command()
	cmd.Path, cmd.Args = psql(s.T), []string{"psql", "-AXtc", "SELECT script FROM pgsr.ledger", s.server.URL("postgres", "warehouse", "")}
	return s.check(0, s.finish(cmd)).stdout
}

// Who may not write to the ledger applies nothing, and is told which grants are missing.
func TestLedgerThatMayNotBeWritten(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "ledger", "install", "--database-url", s.server.URL("postgres", "warehouse", ""))
	contains(t, s.want(1, "apply").stderr, `role "deployer" may not write the ledger`, "GRANT")
	contains(t, s.want(1, "ledger").stderr, `role "deployer" may not read the ledger`, "GRANT")
	if s.exists("readers") {
		t.Error("it created a role")
	}
}

// The ledger keeps the way back, and what an apply meant for people.
func TestLedgerShow(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "ledger", "install")
	s.want(0, "apply")
	contains(t, s.want(0, "ledger", "show", "--id", "1").stdout, `CREATE ROLE "readers"`, "COMMIT;")
	contains(t, s.want(0, "ledger", "show", "--id", "1", "--effect").stdout, "readers gains SELECT on TABLE sales.orders (by a privilege role)")
	back := s.want(0, "ledger", "show", "--id", "1", "--rollback").stdout
	s.file("back.sql", back)
	s.psqlFile("back.sql")
	if s.exists("readers") {
		t.Error("after the way back the role is still there")
	}
	contains(t, s.want(1, "ledger", "show").stderr, "which entry? Give its number with --id")
	contains(t, s.want(1, "ledger", "show", "--id", "77").stderr, "entry 77: no such entry")
	contains(t, s.want(1, "ledger", "show", "--id", "1", "--effect", "--rollback").stderr, "not both")
}

// What others have written into the ledger commands no terminal. What pgsr writes there stays as it is.
func TestLedgerDoesNotCommandTheTerminal(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.want(0, "ledger", "install", "--database-url", s.server.URL("postgres", "warehouse", ""))
	s.sql("postgres", "warehouse", `INSERT INTO pgsr.ledger (pgsr_version, plan_digest, statements, duration, result, script, rollback, effect)
		VALUES (E'\x1b', E'\x1b', 1, '1s', E'\x1b', E'-- \x1b[2J\u202e\nSELECT 1;\n', E'\x1b]0;x\x07', E'\x1b[31m')`)
	for _, flags := range [][]string{nil, {"show", "--id", "1"}, {"show", "--id", "1", "--rollback"}, {"show", "--id", "1", "--effect"}} {
		o := s.want(0, append(append([]string{"ledger"}, flags...), "--database-url", s.server.URL("postgres", "warehouse", ""))...)
		if strings.ContainsAny(o.stdout, "\x1b\x07\u202e") {
			t.Errorf("%q: %q", flags, o.stdout)
		}
	}
}

// What a script writes into the ledger says why there is no way back.
func TestLedgerShowOfAScript(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "ledger", "install")
	s.want(0, "plan", "-o", "plan.sql")
	s.psqlFile("plan.sql")
	contains(t, s.want(0, "ledger", "show", "--id", "1").stdout, `CREATE ROLE "readers"`)
	contains(t, s.want(1, "ledger", "show", "--id", "1", "--rollback").stderr, "entry 1 has no way back: it was applied by a script", "--rollback FILE")
	contains(t, s.want(1, "ledger", "show", "--id", "1", "--effect").stderr, "entry 1 has no effect: it was applied by a script", "--effect")
}

// A ledger that anyone who may create schemas has planted stops nobody: whoever applies is told what to do.
func TestLedgerOfSomeoneElse(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.sql("postgres", "warehouse", "CREATE ROLE mallory LOGIN; GRANT CREATE ON DATABASE warehouse TO mallory")
	s.sql("mallory", "warehouse", "CREATE SCHEMA pgsr; CREATE TABLE pgsr.ledger (effect text)")
	const whose = `it belongs to role "mallory"`
	contains(t, s.want(1, "apply").stderr, whose, "--no-ledger", "--ledger-owner 'mallory'")
	contains(t, s.want(1, "ledger").stderr, whose)
	contains(t, s.want(1, "ledger", "show", "--id", "1").stderr, whose)
	contains(t, s.want(1, "ledger", "install").stderr, whose)
	contains(t, s.want(0, "plan").stderr, "warning: pgsr apply will refuse", whose)
	contains(t, s.want(2, "check").stderr, "warning: pgsr apply will refuse", whose)
	if strings.Contains(s.want(2, "check", "--no-ledger").stderr, whose) {
		t.Error("--no-ledger looks at it")
	}
	s.want(0, "apply", "--no-ledger")
	s.sql("deployer", "warehouse", "DROP TABLE sales.orders")
	contains(t, s.want(1, "prune").stderr, whose)
	contains(t, s.want(0, "prune", "--dry-run").stderr, whose)
	s.want(0, "prune", "--no-ledger")

	s.sql("postgres", "warehouse", "ALTER SCHEMA pgsr RENAME TO pgsr_old")
	s.want(0, "ledger", "install", "--database-url", s.server.URL("postgres", "warehouse", ""))
	contains(t, s.want(1, "ledger").stderr, "GRANT SELECT")
	s.sql("postgres", "warehouse", "ALTER SCHEMA pgsr OWNER TO mallory; GRANT USAGE ON SCHEMA pgsr TO deployer; GRANT SELECT ON pgsr.ledger TO deployer")
	contains(t, s.want(1, "ledger").stderr, whose)
	s.want(0, "ledger", "--ledger-owner", "someone", "--ledger-owner", "mallory")
}
