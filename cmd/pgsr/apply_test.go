package main

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestApply(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	o := s.want(0, "apply")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "+ alice, bob, readers: new role", "+ alice, bob: member of readers", "applied ", " statements in ", " s\n")
	s.logsIn("alice", alicePassword)
	s.logsIn("bob", bobPassword)
	if !s.reads("alice", "sales.orders") || s.reads("alice", "hr.salaries") {
		t.Error("alice has not what the spec says")
	}
	if strings.Contains(o.stderr, "\x1b") {
		t.Errorf("colours where no terminal is: %q", o.stderr)
	}
}

// With nothing to do it does not wait for the lock, and writes nothing.
func TestApplyWithNothingToDo(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "apply")
	s.holdLock(1)
	o := s.want(0, "apply")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "in sync: nothing to do")
}

func TestApplyGivesUpWaitingForTheLock(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.holdLock(1)
	contains(t, s.want(1, "apply", "--lock-timeout", "200ms").stderr, "another session holds the lock", "key 1")
	contains(t, s.want(1, "apply", "--statement-timeout", "200").stderr, "statement timeout")
	if s.exists("readers") {
		t.Error("it created a role")
	}
	s.file("other.yaml", strings.Replace(readersSpec, "version: 1", "version: 1\nlock_key: -5", 1))
	s.want(0, "apply", "-f", "other.yaml", "--lock-timeout", "200ms")
}

// What may not be done is said before anything runs, with the remedy.
func TestApplyIsRefused(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", "CREATE SCHEMA vault; CREATE TABLE vault.gold (); REVOKE ALL ON SCHEMA vault FROM PUBLIC")
	s.file("pgsr.yaml", readersSpec+"      - SELECT ON TABLE vault.gold\n")
	for _, command := range []string{"plan", "apply", "check"} {
		o := s.want(1, command)
		empty(t, "stdout", o.stdout)
		contains(t, o.stderr, "vault.gold", `"postgres"`, `"deployer"`, "nothing was done")
	}
}

// Many at a time end well: each waits for the one before.
func TestAppliesAtTheSameTime(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if o := s.run("apply"); o.status != 0 {
				t.Errorf("one of many: %v", o)
			}
		})
	}
	wait.Wait()
	s.want(0, "check")
}

// Ctrl-C while it waits: it says so within a second, and nothing was changed.
func TestApplyInterrupted(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.holdLock(1)
	cmd := s.command("apply", "--yes")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.waitFor("EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
	interrupted := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if took := time.Since(interrupted); took > 5*time.Second { // which on an idle machine is a tenth of a second
		t.Errorf("it took %v", took)
	}
	if status := cmd.ProcessState.ExitCode(); status != 1 {
		t.Errorf("it exits with %d", status)
	}
	if stderr.String() != "pgsr: interrupted: rolled back, nothing was changed\n" {
		t.Errorf("it says %q", stderr.String())
	}
	s.waitFor("NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
	if s.exists("readers") {
		t.Error("it created a role")
	}
}

// waitFor waits until something is so in the warehouse.
func (s *site) waitFor(condition string) {
	s.Helper()
	for range 200 {
		if s.tells(condition) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.Fatalf("waited in vain for: %s", condition)
}

// undoing is an event trigger that takes away at once what is granted on a schema.
const undoing = `
CREATE FUNCTION public.undo() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    grantee name;
BEGIN
    FOR grantee IN
        SELECT r.rolname FROM pg_namespace AS n, aclexplode(n.nspacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE n.nspname = 'sales' AND r.rolname LIKE '\_pgsr\_%'
    LOOP
        EXECUTE format('REVOKE USAGE ON SCHEMA sales FROM %I', grantee);
    END LOOP;
END
$$;
CREATE EVENT TRIGGER undo ON ddl_command_end WHEN TAG IN ('GRANT') EXECUTE PROCEDURE public.undo()`

// When the result is not what was planned, everything is rolled back and the status is 3.
func TestApplyThatDoesNotComeOutAsPlanned(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", undoing)
	s.file("pgsr.yaml", readersSpec)
	o := s.want(3, "apply")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "the catalog was not as planned, so everything was rolled back", "SCHEMA")
	if s.exists("readers") {
		t.Error("it created a role")
	}
}
