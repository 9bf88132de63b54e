package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgsr/planner/report"
)

// Every format can be written to a file, and says from what it was made.
func TestFormatsSayFromWhatTheyAreMade(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(readersSpec)))
	for _, format := range report.FormatNames() {
		s.want(0, "plan", "--format", format, "-o", "plan."+format)
		text := readFile(t, filepath.Join(s.dir, "plan."+format))
		contains(t, text, "readers")
		if format != "text" {
			contains(t, text, digest, "pgsr.yaml", "warehouse", "deployer")
		}
	}
	contains(t, readFile(t, filepath.Join(s.dir, "plan.goose")), "-- +goose Down", `DROP ROLE "readers"`)
	file, err := os.Open(filepath.Join(s.dir, "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d, err := report.ReadJSON(file)
	if err != nil || len(d.Statements) == 0 || d.Rollback == nil || d.Effect == nil || d.ReliesOn.IsEmpty() {
		t.Errorf("the saved plan is %+v (%v)", d, err)
	}
}

// What is shared holds no verifier unless one asks for it.
func TestPasswordsOfFormats(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", peopleSpec)
	s.file("bob.password", bobPassword)
	for args, holds := range map[string]bool{
		"": true, "--format sql": true, "--format json": true, "--format goose": true, "--format html": false, "--format markdown": false,
		"--format html --passwords verifier": true, "--passwords variables": false, "--passwords omit": false, "--format json --passwords omit": false,
	} {
		o := s.want(0, append([]string{"plan"}, strings.Fields(args)...)...)
		if strings.Contains(o.stdout, "SCRAM-SHA-256$4096") != holds {
			t.Errorf("plan %s holds verifiers: %v", args, !holds)
		}
	}
	contains(t, s.want(0, "plan", "--passwords", "variables").stdout, "PGSR_PASSWORD_1: the password of role alice", `\getenv pgsr_password_2 PGSR_PASSWORD_2`)
}
