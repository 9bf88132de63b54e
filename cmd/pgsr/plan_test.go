package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pgsr/planner/report"
)

func TestPlanWritesAScriptAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	s.holdLock(1) // plan needs no lock
	o := s.want(0, "plan")
	contains(t, o.stdout, "BEGIN ", "pg_advisory_xact_lock", `CREATE ROLE "readers"`, "SCRAM-SHA-256$", "COMMIT;", "-- ")
	contains(t, o.stderr, "statements to run")
	if strings.Contains(o.stderr, "CREATE ROLE") || strings.Contains(o.stdout, "statements to run") {
		t.Errorf("data and messages are mixed up: %v", o)
	}
	if s.tells("EXISTS (SELECT FROM pg_roles WHERE rolname IN ('readers', 'alice', 'bob'))") {
		t.Error("plan created a role")
	}
}

// The third use: pgsr plan | psql. Afterwards nothing is left to do.
func TestPlanPipedIntoPsql(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	plan := s.command("plan")
	into := exec.Command(psql(t), "--no-psqlrc", "--quiet", s.server.URL("deployer", "warehouse", ""))
	pipe, err := plan.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	into.Stdin = pipe
	if err := plan.Start(); err != nil {
		t.Fatal(err)
	}
	s.check(0, s.finish(into))
	if err := plan.Wait(); err != nil {
		t.Fatal(err)
	}
	s.logsIn("alice", alicePassword)
	s.logsIn("bob", bobPassword)
	contains(t, s.want(0, "check").stderr, "in sync")
}

func TestPlanExitCode(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	contains(t, s.want(2, "plan", "--exit-code").stdout, "COMMIT;")
	s.want(2, "plan", "--exit-code", "-o", "plan.sql")
	s.want(0, "apply")
	o := s.want(0, "plan", "--exit-code")
	contains(t, o.stdout, "-- Nothing to do.")
	contains(t, o.stderr, "in sync: nothing to do")
	if strings.Contains(o.stdout, "BEGIN") {
		t.Errorf("statements for nothing:\n%s", o.stdout)
	}
}

func TestPlanOutput(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	empty(t, "stdout", s.want(0, "plan", "-o", "plan.sql").stdout)
	path := filepath.Join(s.dir, "plan.sql")
	s.keepsSecrets(readFile(t, path))
	contains(t, readFile(t, path), "COMMIT;")
	if mode := modeOf(t, path); mode != 0o600 {
		t.Errorf("a script with verifiers has the permissions %v", mode)
	}
	if o := s.want(0, "plan", "-o", "-"); o.stdout == "" {
		t.Error("-o - writes nothing")
	}
	s.replaces(path)
	s.keepsWhatIsThere(path)
	contains(t, s.want(1, "plan", "-o", "no/such/folder.sql").stderr, `writing "no/such/folder.sql": no such file or directory`)
	contains(t, s.want(1, "plan", "-o", ".").stderr, `writing ".": it is a directory`)
	s.want(0, "plan", "-o", "/dev/null")
	if left, _ := filepath.Glob(filepath.Join(s.dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// replaces: through a link, a file gets a new content. It keeps its permissions, unless there are verifiers in it then.
func (s *site) replaces(path string) {
	s.Helper()
	link := filepath.Join(s.dir, "link.sql")
	if err := errors.Join(os.Chmod(path, 0o640), os.WriteFile(path, []byte("old"), 0), os.Symlink(path, link)); err != nil {
		s.Fatal(err)
	}
	s.want(0, "plan", "-o", link)
	contains(s.T, readFile(s.T, path), "COMMIT;")
	if mode := modeOf(s.T, path); mode != 0o600 {
		s.Errorf("with verifiers the permissions became %v", mode)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		s.Fatal(err)
	}
	s.want(0, "plan", "-o", link, "--passwords", "omit")
	if mode := modeOf(s.T, path); mode != 0o640 {
		s.Errorf("without verifiers the permissions became %v", mode)
	}
	s.writesWhereLinksLead()
}

// writesWhereLinksLead: a link that leads to nothing stays, and leads to the plan then.
func (s *site) writesWhereLinksLead() {
	s.Helper()
	there := filepath.Join(s.dir, "there.sql")
	for name, target := range map[string]string{"dangling.sql": "there.sql", "twice.sql": "dangling.sql", "loop.sql": "loop.sql"} {
		if err := os.Symlink(target, filepath.Join(s.dir, name)); err != nil {
			s.Fatal(err)
		}
	}
	for _, name := range []string{"dangling.sql", "twice.sql"} {
		os.Remove(there)
		s.want(0, "plan", "-o", name)
		contains(s.T, readFile(s.T, there), "COMMIT;")
		if info, err := os.Lstat(filepath.Join(s.dir, name)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			s.Errorf("%s is no link any more (%v)", name, err)
		}
	}
	contains(s.T, s.want(1, "plan", "-o", "loop.sql").stderr, `writing "loop.sql"`)
}

// TestPlanThatCannotBeWritten says so.
func TestPlanThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	for _, format := range report.FormatNames() {
		cmd := s.command("plan", "--format", format)
		cmd.Stdout = full
		var stderr strings.Builder
		cmd.Stderr = &stderr
		if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%s: %v, %s", format, err, stderr.String())
		}
	}
}

// keepsWhatIsThere: a plan that fails leaves the file as it was.
func (s *site) keepsWhatIsThere(path string) {
	s.Helper()
	before := readFile(s.T, path)
	s.want(1, "plan", "-o", path, "--reassign-to", "no such role")
	if readFile(s.T, path) != before {
		s.Error("a plan that failed changed the file")
	}
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// Who reads only the beginning (pgsr plan | head) gets no complaint.
func TestPlanToAReaderThatLeaves(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	cmd := s.command("plan")
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = write, &stderr
	err = cmd.Run()
	write.Close()
	if cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Errorf("it died of %v", err)
	}
	empty(t, "stderr", stderr.String())
}

func TestMissingObjects(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec+"      - SELECT ON TABLE sales.returns\n")
	for _, format := range []string{"psql", "text"} {
		o := s.want(0, "plan", "--missing", "warn", "--format", format)
		contains(t, o.stderr, `warning: pgsr.yaml:7:9: TABLE sales.returns does not exist in database "warehouse"; it is left out`)
		contains(t, o.stdout, "sales", "orders")
	}
	contains(t, s.want(0, "plan", "--missing=warn").stdout, "-- Warning: pgsr.yaml:7:9: TABLE sales.returns does not exist")
	for _, command := range []string{"plan", "check", "apply"} {
		o := s.want(1, command)
		contains(t, o.stderr, "the spec names what does not exist, so nothing was done", `pgsr.yaml:7:9: TABLE sales.returns does not exist in database "warehouse"`)
		empty(t, "stdout", o.stdout)
	}
	contains(t, s.want(2, "check", "--missing", "warn").stderr, "warning: ", "sales.returns")
	s.file("pgsr.yaml", "missing: warn\n"+readersSpec+"      - SELECT ON TABLE sales.returns\n")
	s.want(1, "apply", "--missing=refuse")
	contains(t, s.want(0, "apply").stderr, "warning: ", "sales.returns", "applied")
	contains(t, s.want(0, "apply").stderr, "warning: ", "sales.returns", "in sync")
}

// TestServerProblemsShowTheirLine: what only the server shows to be wrong has its line, as what is wrong with the file
// has, without a password.
func TestServerProblemsShowTheirLine(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	const verifier = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
	const missing = "version: 1\nroles:\n  a: {login: {password: {verifier: \"" + verifier + "\"}}, member_of: [nobody_at_all], grants: [SELECT ON TABLE sales.order]}\n"
	s.file("pgsr.yaml", missing)
	for _, command := range []string{"plan", "check", "apply"} {
		o := s.want(1, command)
		contains(t, o.stderr, `does not exist in database "warehouse": did you mean sales.orders?`+"\n    3 |   a: {login: {password: {verifier: ****}}, member_of: [nobody_at_all], grants: [SELECT ON TABLE sales.order]}\n      |  ")
		if strings.Contains(o.stderr, "SCRAM") || strings.Count(o.stderr, "    3 |   a: {") != 2 {
			t.Error(o.stderr)
		}
	}
	s.file("pgsr.yaml", "version: 1\nroles:\n  a:\n    member_of: [pg_read_all_stat]\n")
	contains(t, s.want(1, "plan").stderr, "did you mean \"pg_read_all_stats\"", "\n    4 |     member_of: [pg_read_all_stat]\n      |                 ^\n")
	piped := s.check(1, s.runWith("version: 1\nroles:\n  a:\n    member_of: [pg_read_all_stat]\n", "plan", "-f", "-"))
	contains(t, piped.stderr, "stdin:4:17: ", "\n    4 |     member_of: [pg_read_all_stat]\n      |                 ^\n")
}

// A restricted run leaves the other roles of the spec alone.
func TestRole(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", "version: 1\nroles:\n  \"a, b\": {}\n  c: {}\n  d: {}\n")
	s.want(0, "apply", "--role", "a, b", "--role", "d")
	if !s.tells("array_agg(rolname ORDER BY rolname) = '{\"a, b\",d}' FROM pg_roles WHERE rolname IN ('a, b', 'c', 'd')") {
		t.Error("other roles than those that were named were made")
	}
	contains(t, s.want(2, "check").stdout, "+ c: new role")
}

// Ownership that is taken away goes to whom the flag names.
func TestReassignTo(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("deployer", "warehouse", "CREATE ROLE keeper; CREATE ROLE leaver")
	s.sql("postgres", "warehouse", "ALTER TABLE hr.salaries OWNER TO leaver")
	s.file("pgsr.yaml", "version: 1\nroles:\n  leaver: {owns: []}\n")
	s.want(0, "apply", "--reassign-to", "keeper")
	if !s.tells("relowner = 'keeper'::regrole FROM pg_class WHERE oid = 'hr.salaries'::regclass") {
		t.Error("the table has another owner")
	}
	contains(t, s.want(1, "plan", "--reassign-to", "nobody at all").stderr, `reassigning to role "nobody at all": it does not exist`)
}

// The timeouts that are given are those of the script.
func TestTimeoutsStandInTheScript(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	o := s.want(0, "plan", "--lock-timeout", "2min", "--statement-timeout", "250")
	contains(t, o.stdout, "SET LOCAL lock_timeout = '120000ms'", "SET LOCAL statement_timeout = '250ms'")
}
