package main

import (
	"strings"
	"testing"
)

// A saved plan is what runs, and once only.
func TestApplySavedPlan(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "plan", "--format", "json", "-o", "plan.json")
	contains(t, s.want(0, "apply", "--plan", "plan.json").stderr, "applied ")
	s.want(0, "check")
	contains(t, s.want(3, "apply", "--plan", "plan.json").stderr, "the plan is stale", "role readers is there")
}

func TestApplySavedPlanRefusesWhenItIsStale(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "plan", "--format", "json", "-o", "plan.json")
	s.sql("postgres", "warehouse", "GRANT DELETE ON sales.orders TO PUBLIC")
	contains(t, s.want(3, "apply", "--plan", "plan.json").stderr, "the plan is stale", "PUBLIC has DELETE, had nothing")
	if s.exists("readers") {
		t.Error("it created a role")
	}
}

func TestApplySavedPlanMistakes(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	contains(t, s.want(1, "apply", "--plan", "pgsr.yaml").stderr, "this is no plan: pgsr plan --format json writes one")
	contains(t, s.want(1, "apply", "--plan", "nowhere.json").stderr, `reading the plan "nowhere.json"`)
	for _, flag := range [][]string{
		{"--file", "pgsr.yaml"}, {"--role", "readers"}, {"--missing", "warn"}, {"--ends-within", "7d"}, {"--reassign-to", "deployer"}, {"--trust-code"},
	} {
		args := append([]string{"apply", "--plan", "x"}, flag...)
		contains(t, s.want(1, args...).stderr, "flag "+flag[0]+" goes with a spec, not with --plan")
	}
}

// What was approved by its digest is what runs, and nothing that was changed since.
func TestApplySavedPlanByDigest(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	text := s.want(0, "plan", "--format", "json").stdout
	s.file("plan.json", text)
	_, after, _ := strings.Cut(text, `"digest": "`)
	digest := after[:64]
	contains(t, s.want(1, "apply", "--digest", digest).stderr, "flag --digest goes with --plan")
	contains(t, s.want(1, "apply", "--plan", "plan.json", "--digest", strings.Repeat("0a", 32)).stderr, "is another plan: its digest is "+digest)
	contains(t, s.want(1, "apply", "--plan", "plan.json", "--digest", "").stderr, "is another plan")
	s.file("lie.json", strings.ReplaceAll(text, "holds SELECT", "holds nothing"))
	contains(t, s.want(1, "apply", "--plan", "lie.json").stderr, "the plan was changed after it was written")
	if s.exists("readers") {
		t.Error("it created a role")
	}
	s.want(0, "apply", "--plan", "plan.json", "--digest", digest)
}

// The way back is a script like the one there.
func TestPlanRollback(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	before := s.want(2, "check").stdout
	s.want(0, "plan", "-o", "change.sql", "--rollback", "back.sql")
	s.psqlFile("change.sql")
	s.want(0, "check")
	s.psqlFile("back.sql")
	if s.exists("readers") {
		t.Error("the role is still there")
	}
	if after := s.want(2, "check").stdout; after != before {
		t.Errorf("rolled back, there is something else to do: %s\nbefore: %s", after, before)
	}
}

// psqlFile runs a script as people do.
func (s *site) psqlFile(name string) {
	s.Helper()
	cmd := s.command()
	cmd.Path, cmd.Args = psql(s.T), []string{"psql", "-X", "-q", "-f", name, s.server.URL("deployer", "warehouse", "")}
	s.check(0, s.finish(cmd))
}
