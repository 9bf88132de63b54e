package main

import (
	"path/filepath"
	"testing"
)

// applies fails unless everything that a spec names exists and applying it leaves nothing to do.
func (s *site) applies(file string) {
	s.Helper()
	contains(s.T, s.want(0, "apply", "-f", file).stderr, "applied ")
	s.want(0, "check", "-f", file)
	s.want(0, "plan", "--exit-code", "-f", file)
}

// Every example works on the warehouse.
func TestExamples(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Glob(filepath.Join(repository, "examples", "*.yaml"))
	if err != nil || len(examples) < 5 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	s := newWarehouse(t)
	s.file("bob.password", bobPassword)
	for _, example := range examples {
		name := filepath.Base(example)
		s.file(name, readFile(t, example))
		s.applies(name)
	}
	s.logsIn("alice", alicePassword)
	s.logsIn("bob", bobPassword)
	s.logsIn("carol", "example")
	if !s.tells("nspowner = 'sales_team'::regrole FROM pg_namespace WHERE nspname = 'sales_scratch'") {
		t.Error("examples/ownership.yaml did not create its schema")
	}
	if !s.reads("report_2026", "sales.fact_2026") || s.reads("report_2026", "sales.fact_2025") {
		t.Error("examples/patterns.yaml granted something else")
	}
}
