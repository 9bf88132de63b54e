package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// kills is how often the program is killed at a random moment: more take longer.
var kills = flag.Int("kills", 6, "how often pgsr is killed in the midst of an apply of several transactions")

// needs leaves a test out on servers that are too old for what it does.
func (s *site) needs(version int, what string) {
	s.Helper()
	if s.tells(fmt.Sprintf(`current_setting('server_version_num')::int < %d`, version)) {
		s.Skipf("this server has no %s yet", what)
	}
}

const killedSpec = `version: 1
roles:
  reader: {grants: [SELECT ON ALL TABLES IN SCHEMA archive, USAGE ON SCHEMA archive]}
  alice: {member_of: [reader]}
`

// undone gives alice what she had before, and drops the privilege roles, few in each transaction.
const undone = `DO $$ DECLARE name text; BEGIN
	GRANT USAGE ON SCHEMA archive TO alice;
	GRANT SELECT ON archive.t1, archive.t399 TO alice;
	COMMIT;
	FOR name IN SELECT rolname FROM pg_roles WHERE left(rolname::text, 6) = '_pgsr_' LOOP
		EXECUTE format('DROP OWNED BY %I', name);
		EXECUTE format('DROP ROLE %I', name);
		COMMIT;
	END LOOP;
END $$`

// TestKilledBetweenAndWithinTransactions: kill -9 leaves no lock and nobody without what they have before and after,
// and the next run goes on.
func TestKilledBetweenAndWithinTransactions(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(12, 11))
	s := newWarehouse(t, "max_locks_per_transaction", "10", "max_connections", "40", "autovacuum", "off", "max_worker_processes", "1", "autovacuum_max_workers", "1")
	s.setenv("PGSR_DATABASE_URL", s.server.URL("postgres", "warehouse", ""))
	s.sql("postgres", "warehouse", `CREATE ROLE alice`)
	s.sql("postgres", "warehouse", `CREATE SCHEMA archive`)
	s.needs(110000, "COMMIT in DO")
	s.sql("postgres", "warehouse", `DO $$ BEGIN FOR i IN 1..400 LOOP
		EXECUTE format('CREATE TABLE archive.t%s ()', i);
		IF i % 10 = 0 THEN COMMIT; END IF;
	END LOOP; END $$`)
	s.sql("postgres", "warehouse", undone)
	spec := s.file("roles.yaml", killedSpec)
	watcher := s.connect("postgres", "warehouse")
	privilegeRoles := func() (count int) {
		if err := watcher.QueryRow(context.Background(), `SELECT count(*) FROM pg_roles WHERE left(rolname::text, 6) = '_pgsr_'`).Scan(&count); err != nil {
			t.Fatal(err)
		}
		return count
	}
	tells := func(condition string) (is bool) {
		if err := watcher.QueryRow(context.Background(), `SELECT `+condition).Scan(&is); err != nil {
			t.Fatal(err)
		}
		return is
	}
	counts := map[int]int{}
	for range *kills {
		cmd := s.command("apply", "-f", spec, "--yes")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
		_ = cmd.Process.Kill() // it may be done
		_ = cmd.Wait()
		for !tells("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgsr')") {
			time.Sleep(5 * time.Millisecond)
		}
		if tells(`EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')`) {
			t.Fatal("a lock is left")
		}
		for _, table := range []string{"t1", "t399"} {
			if !tells(`has_table_privilege('alice', 'archive.` + table + `', 'SELECT')`) {
				t.Errorf("alice is without %s", table)
			}
		}
		there := privilegeRoles()
		if counts[there]++; there > 400 { // all is done: from the start again
			s.sql("postgres", "warehouse", undone)
		}
	}
	t.Logf("privilege roles that were there after %d kills: %v", *kills, counts)
	s.want(exitDone, "apply", "-f", spec, "--yes")
	s.want(exitDone, "check", "-f", spec)
	if !tells(`(SELECT bool_and(has_table_privilege('alice', oid, 'SELECT')) FROM pg_class WHERE relnamespace = 'archive'::regnamespace)`) {
		t.Error("alice can not read all tables")
	}
}
