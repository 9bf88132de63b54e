package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// Ctrl-C in the midst of a role being granted to very many: it is rolled back at once, and says so.
func TestInterruptedInTheMidstOfALargeGrant(t *testing.T) {
	t.Parallel()
	const members = 10000
	s := newWarehouse(t)
	s.setenv("PGSR_DATABASE_URL", s.server.URL("postgres", "warehouse", ""))
	args := []string{"apply", "--yes"}
	for from := 0; from < members; from += 1000 { // the time that a YAML mapping takes grows faster than it does
		var roles strings.Builder
		team := ""
		if from == 0 {
			team = "  team: {}\n"
		}
		for i := range 1000 {
			fmt.Fprintf(&roles, "  m%d: {member_of: [team]}\n", from+i)
		}
		args = append(args, "-f", s.file(fmt.Sprintf("roles%d.yaml", from), "version: 1\nroles:\n"+team+roles.String()))
	}
	for from := 0; from < members; from += 5000 { // as many as the lock table has room for in one transaction
		s.sql("postgres", "warehouse", fmt.Sprintf(`DO $$ BEGIN FOR i IN %d..%d LOOP EXECUTE 'CREATE ROLE m' || i; END LOOP; END $$`, from, from+4999))
	}
	s.sql("postgres", "warehouse", "VACUUM ANALYZE") // which the server would do by itself before long
	cmd := s.command(args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.awaitGrant()
	interrupted := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	took := time.Since(interrupted)
	t.Logf("it ended after %v", took)
	if took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	// On a machine that is very busy the server may be given up, which is said, too.
	if status := cmd.ProcessState.ExitCode(); status != 1 || !strings.HasPrefix(stderr.String(), "pgsr: interrupted: ") || !strings.Contains(stderr.String(), "nothing ") {
		t.Errorf("it exits with %d and says %q", status, stderr.String())
	}
	s.waitFor("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgsr')")
	if s.exists("team") || s.tells("EXISTS (SELECT FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member WHERE r.rolname LIKE 'm%')") {
		t.Error("a part of the plan was done")
	}
}

// awaitGrant waits until the server is granting.
func (s *site) awaitGrant() {
	s.Helper()
	watcher := s.connect("postgres", "warehouse")
	const granting = `SELECT EXISTS (
		SELECT FROM pg_stat_activity WHERE application_name = 'pgsr' AND state = 'active' AND query LIKE 'GRANT "team" TO %')`
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		var is bool
		if err := watcher.QueryRow(context.Background(), granting).Scan(&is); err != nil {
			s.Fatal(err)
		}
		if is {
			return
		}
	}
	s.Fatal("it grants nothing")
}
