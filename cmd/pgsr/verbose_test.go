package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTextSpeaksOfPeople: nobody has to know privilege roles to read a plan, and what was granted by hand and comes by
// one of them from now on is nothing to its role. Whatever says it says the same, and --verbose says it all.
func TestTextSpeaksOfPeople(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("deployer", "warehouse", `CREATE ROLE analysts; CREATE ROLE bob;
		GRANT USAGE ON SCHEMA sales TO analysts;
		GRANT SELECT, INSERT ON sales.orders TO analysts;
		GRANT SELECT ON hr.salaries TO bob WITH GRANT OPTION`)
	s.file("pgsr.yaml", `
version: 1
roles:
  analysts:
    grants:
      - USAGE ON SCHEMA sales, reference
      - SELECT ON ALL TABLES IN SCHEMA sales
  bob: {member_of: [analysts]}
`)
	const people = "Taken away\n  - analysts: INSERT on TABLE sales.orders\n  - bob: may no longer grant SELECT on TABLE hr.salaries\n  - bob: SELECT on TABLE hr.salaries\n" +
		"Given\n  + analysts: USAGE on SCHEMA reference\n  + analysts: SELECT on 4 tables in sales: \"Order Lines\", fact_2025, fact_2026, revenue\n  + bob: member of analysts\n" +
		"Unchanged for people: 2 privileges held in another way than before, 7 privilege roles created"
	text := s.want(0, "plan", "--format", "text", "--also", "plan.txt", "--also", "plan.json", "--also", "plan.md").stdout
	contains(t, text, "takes away: 1 grant option, 2 privileges\ngives: 1 membership, 5 privileges\n", people)
	for what, other := range map[string]string{
		"the file": readFile(t, filepath.Join(s.dir, "plan.txt")),
		"show":     s.want(0, "show", "-f", "plan.json", "--format", "text").stdout,
		"check":    s.want(2, "check").stdout,
	} {
		if contains(t, other, people); strings.Contains(other, "_pgsr_") {
			t.Errorf("%s names privilege roles:\n%s", what, other)
		}
	}
	contains(t, readFile(t, filepath.Join(s.dir, "plan.md")), "- analysts: INSERT on TABLE sales.orders\n", "<details><summary>The script, for psql</summary>")
	verbose := s.want(0, "plan", "--format", "text", "--verbose").stdout
	contains(t, verbose, "- revoke INSERT, SELECT on TABLE sales.orders from analysts\n", "+ create role _pgsr_local_")
	if shown := s.want(0, "show", "-f", "plan.json", "--format", "text", "--verbose").stdout; shown != verbose {
		t.Errorf("the saved plan is shown otherwise:\n%s", shown)
	}
	contains(t, s.want(2, "check", "--verbose").stdout, "+ create role _pgsr_local_")
	contains(t, s.want(0, "apply", "--plan", "plan.json", "--yes").stderr, people)
	s.sql("deployer", "warehouse", "REVOKE USAGE ON SCHEMA reference FROM "+holderOf(t, s.want(0, "explain", "--role", "bob", "--verbose").stdout))
	contains(t, s.want(2, "check").stdout, "- analysts: what 1 privilege role holds (nothing that is seen here)\nGiven\n  + analysts: USAGE on SCHEMA reference\nUnchanged for people: 1 privilege role created")
	contains(t, s.want(0, "apply", "--yes", "--verbose").stderr, "+ grant USAGE on SCHEMA reference to _pgsr_local_")
	for _, command := range [][]string{{"explain", "--role", "bob"}, {"who", "--can", "SELECT", "--on", "TABLE sales.orders"}} {
		if text := s.want(0, command...).stdout; strings.Contains(text, "_pgsr_") || !strings.Contains(text, "by a privilege role") {
			t.Errorf("%s names privilege roles:\n%s", command[0], text)
		}
		contains(t, s.want(0, append(command, "--verbose")...).stdout, "by a privilege role (_pgsr_local_")
	}
}

// holderOf gives the privilege role by which somebody has USAGE on the schema reference.
func holderOf(t *testing.T, explanation string) string {
	t.Helper()
	found := regexp.MustCompile(`USAGE +SCHEMA reference +via analysts, by a privilege role \((\w+)\)`).FindStringSubmatch(explanation)
	if found == nil {
		t.Fatalf("it does not say it:\n%s", explanation)
	}
	return found[1]
}

// TestMarkdownOfALargePlanFits: a plan of a thousand roles is no longer than a comment may be, and says what shows all.
func TestMarkdownOfALargePlanFits(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	var spec strings.Builder
	spec.WriteString("version: 1\nroles:\n")
	for i := range 1000 {
		spec.WriteString("  \"" + strings.Repeat("ü", 20) + strings.Repeat("<b>`", 3) + string(rune('a'+i%26)) + strings.Repeat("x", i/26%8) + string(rune('a'+i/208)) + "\": {comment: \"" + strings.Repeat("`", i%40) + "\"}\n")
	}
	s.file("pgsr.yaml", spec.String())
	s.want(0, "plan", "--format", "markdown", "-o", "plan.md")
	info, err := os.Stat(filepath.Join(s.dir, "plan.md"))
	if err != nil || info.Size() > 60_000 {
		t.Fatalf("%v, %v", info, err)
	}
	contains(t, readFile(t, filepath.Join(s.dir, "plan.md")), "> **Not all of the plan is here**", "`pgsr plan --format html` shows all")
}
