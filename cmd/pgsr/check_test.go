package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	o := s.want(2, "check")
	contains(t, o.stdout, "+ alice, bob, readers: new role", "+ alice, bob: member of readers")
	empty(t, "stderr", o.stderr)
	if s.exists("readers") {
		t.Error("check created a role")
	}
	s.want(0, "apply")
	o = s.want(0, "check")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "in sync")
}

// deployer may not read what passwords are stored, so it sets them again each time. That is no drift.
func TestPasswordsThatCanNotBeReadAreNoDrift(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	s.want(0, "apply")
	s.want(0, "check")
	s.want(0, "plan", "--exit-code")
	s.sql("deployer", "warehouse", "GRANT SELECT ON hr.salaries TO bob")
	o := s.want(2, "check")
	contains(t, o.stdout, "- bob: SELECT on TABLE hr.salaries")
	if strings.Contains(o.stdout, "password") {
		t.Errorf("a password is taken for drift:\n%s", o.stdout)
	}
	s.want(0, "apply")
	s.logsIn("bob", bobPassword)
}

// For a superuser, who can read them, nothing is to do; and a password that was changed is drift.
func TestPasswordsThatCanBeRead(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.setenv("PGSR_DATABASE_URL", s.server.URL("postgres", "warehouse", ""))
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	s.want(0, "apply")
	contains(t, s.want(0, "plan").stdout, "Nothing to do")
	s.file("bob.password", alicePassword)
	contains(t, s.want(2, "check").stdout, "~ bob: password set")
}

// A privilege role is found by the ACL of its object, so a table that is renamed keeps its readers.
func TestAccessSurvivesARename(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", "version: 1\nroles:\n  readers:\n    grants: [SELECT ON ALL TABLES IN SCHEMA reference]\n")
	s.want(0, "apply")
	s.sql("deployer", "warehouse", "ALTER TABLE reference.countries RENAME TO nations")
	if !s.reads("readers", "reference.nations") {
		t.Error("access was lost")
	}
	s.want(0, "check")
	contains(t, s.want(0, "prune").stderr, "nothing to do")
}

// What the spec says nothing of is named, and is no drift.
func TestCheckNamesWhatIsNotDecided(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", "CREATE ROLE leaver CREATEDB; ALTER TABLE hr.salaries OWNER TO leaver")
	s.file("pgsr.yaml", "version: 1\nroles:\n  leaver: {}\n")
	for _, command := range []string{"check", "plan"} {
		contains(t, s.want(0, command).stderr, `note: role "leaver" keeps what the spec says nothing of: CREATEDB, ownership of 1 table`)
	}
}

// TestCheckForPrograms: one document whatever was found, and nothing else.
func TestCheckForPrograms(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	type document struct {
		InSync    bool   `json:"in_sync"`
		Digest    string `json:"digest"`
		Counts    struct{ Gives int }
		Databases []struct {
			Server      struct{ Database string }
			Differences []struct{ Mark, Summary, SQL string }
		}
		Sources []struct{ Name string }
	}
	read := func(status int) (d document) {
		t.Helper()
		o := s.want(status, "check", "--format", "json")
		empty(t, "stderr", o.stderr)
		if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
			t.Fatalf("%v in %s", err, o.stdout)
		}
		return d
	}
	d := read(2)
	if again := read(2); again.Digest != d.Digest {
		t.Error("two checks of one state have two digests")
	}
	if d.InSync || len(d.Databases) != 1 || d.Databases[0].Server.Database != "warehouse" || d.Sources[0].Name != "pgsr.yaml" || d.Counts.Gives != len(d.Databases[0].Differences) ||
		!strings.Contains(d.Databases[0].Differences[0].SQL, "CREATE ROLE") {
		t.Errorf("%+v", d)
	}
	s.want(0, "apply", "--yes")
	if d := read(0); !d.InSync || len(d.Databases[0].Differences) > 0 {
		t.Errorf("%+v", d)
	}
	s.file("pgsr.yaml", "nonsense")
	if o := s.want(1, "check", "--format", "json"); o.stdout != "" {
		t.Errorf("an error writes a document: %s", o)
	}
}
