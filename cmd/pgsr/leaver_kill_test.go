package main

import (
	"testing"
	"time"
)

const leaverSpec = "version: 1\nroles: {leaver: {absent: true, reassign_to: heir, end_sessions: true}}\n"

// newLeaver gives a leaver something in each database: it owns a table, was granted something, which it has granted on,
// and where that keeps roles from being dropped has something from the script of an extension.
func (s *site) newLeaver(databases []string) {
	s.Helper()
	s.sql("deployer", "warehouse", "CREATE ROLE leaver LOGIN")
	for _, name := range databases {
		s.in(name, `DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s; ALTER SCHEMA s OWNER TO deployer; GRANT CREATE, USAGE ON SCHEMA s TO leaver, heir; GRANT USAGE ON SCHEMA s TO neighbour;
			CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO deployer; GRANT SELECT ON s.t TO leaver WITH GRANT OPTION; CREATE TABLE s.own (); ALTER TABLE s.own OWNER TO leaver;
			SET ROLE leaver; GRANT SELECT ON s.own, s.t TO neighbour; RESET ROLE;
			DO $$ BEGIN IF to_regclass('public.et') IS NOT NULL THEN ALTER EXTENSION plpgsql DROP TABLE public.et; DROP TABLE public.et; END IF; END $$;
			CREATE TABLE public.et (); GRANT SELECT ON public.et TO leaver; ALTER EXTENSION plpgsql ADD TABLE public.et; REVOKE SELECT ON public.et FROM leaver`)
	}
	s.sql("postgres", "warehouse", `GRANT CREATE ON DATABASE warehouse TO leaver WITH GRANT OPTION; SET ROLE leaver; GRANT CREATE ON DATABASE warehouse TO neighbour; RESET ROLE`)
}

// TestKilledWithinALeaver: kill -9 after each transaction of a leaver's run over several databases lets nobody in who
// could not log in, takes nothing from others, and the next run goes on to the end.
func TestKilledWithinALeaver(t *testing.T) {
	t.Parallel()
	names := []string{"warehouse", "a"}
	s := newFleet(t, "deployer", names[1:])
	s.sql("postgres", "warehouse", `CREATE ROLE neighbour; CREATE ROLE heir; GRANT heir TO deployer`)
	if s.tells(`current_setting('server_version_num')::int >= 170000`) {
		s.sql("postgres", "warehouse", `GRANT pg_maintain TO deployer`)
	}
	spec := s.file("roles.yaml", leaverSpec)
	const owned = `(SELECT relowner::regrole::text FROM pg_class WHERE oid = 's.own'::regclass) = 'heir'`
	const keeps = `has_table_privilege('neighbour', 's.t', 'SELECT') AND has_table_privilege('neighbour', 's.own', 'SELECT') AND has_database_privilege('neighbour', 'warehouse', 'CREATE')`
	partly := 0
	for _, after := range []struct{ database, condition string }{
		{"warehouse", `NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver')`},
		{"warehouse", `NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'leaver')`},
		{"warehouse", owned}, {"a", owned}, {"a", `NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'leaver')`},
	} {
		s.newLeaver(names)
		inside := s.connect("leaver", "a")
		cmd := s.command("apply", "-f", spec, "--yes")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s.awaitIn(after.database, after.condition)
		_ = cmd.Process.Kill() // it may be done
		_ = cmd.Wait()
		for !s.tells("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgsr')") {
			time.Sleep(5 * time.Millisecond)
		}
		if s.tells(`EXISTS (SELECT FROM pg_roles WHERE rolname = 'leaver' AND rolcanlogin)`) {
			t.Errorf("killed after %s in %s: the leaver can log in", after.condition, after.database)
		}
		if s.exists("leaver") {
			partly++
		}
		for range 2 {
			for _, name := range names {
				if !s.tellsIn(name, keeps) {
					t.Errorf("killed after %s in %s: in %s the neighbour has lost something", after.condition, after.database, name)
				}
			}
			s.want(0, "apply", "-f", spec, "--yes")
		}
		if s.exists("leaver") {
			t.Errorf("killed after %s in %s: the run after it did not go on to the end", after.condition, after.database)
		}
		for _, name := range names {
			if !s.tellsIn(name, owned) {
				t.Errorf("in %s the heir does not own the table", name)
			}
		}
		inside.Close(t.Context())
	}
	if t.Logf("%d of 5 kills were before the end", partly); partly < 3 {
		t.Error("too few were")
	}
}
