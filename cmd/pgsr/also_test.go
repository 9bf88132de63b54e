package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const passwordSpec = `version: 1
roles:
  readers: {grants: [SELECT ON TABLE sales.orders]}
  alice: {login: {password: {env: ALICE_PASSWORD}}, member_of: [readers]}
`

// TestAlso: one call writes what a ticket needs, each form of the same plan, which says the same digest, and what holds
// verifiers is for its owner only.
func TestAlso(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.setenv("ALICE_PASSWORD", "open sesame")
	s.file("pgsr.yaml", passwordSpec)
	s.file("change.sql", "old")
	if err := os.Chmod(filepath.Join(s.dir, "change.sql"), 0o644); err != nil {
		t.Fatal(err)
	}
	forms := []string{"page.html", "ticket.md", "change.sql", "plan.txt"}
	args := []string{"plan", "--format", "json", "-o", "plan.json"}
	for _, name := range forms {
		args = append(args, "--also", name)
	}
	s.want(0, args...)
	_, after, _ := strings.Cut(readFile(t, s.dir+"/plan.json"), `"digest": "`)
	digest := after[:64]
	for _, name := range forms {
		text := readFile(t, s.dir+"/"+name)
		contains(t, text, digest)
		if holds := strings.Contains(text, "SCRAM-SHA-256$4096"); holds != (name == "change.sql") {
			t.Errorf("%s has a verifier: %t", name, holds)
		}
		format := map[string]string{".html": "html", ".md": "markdown", ".sql": "psql", ".txt": "text"}[filepath.Ext(name)]
		if shown := s.want(0, "show", "-f", "plan.json", "--digest", digest, "--format", format).stdout; shown != text {
			t.Errorf("%s is not what is shown of the saved plan:\n%s\n%s", name, text, shown)
		}
	}
	for _, name := range []string{"change.sql", "plan.json"} {
		if info, err := os.Stat(filepath.Join(s.dir, name)); err != nil || info.Mode()&fs.ModePerm != 0o600 {
			t.Errorf("%s holds a verifier and is %v (%v)", name, info, err)
		}
	}
	s.want(0, "ledger", "install")
	s.want(0, "apply", "--plan", "plan.json", "--digest", digest)
	contains(t, s.want(0, "ledger").stdout, digest[:12])
}

// TestAlsoMistakes: what can not be written is said before the server is asked.
func TestAlsoMistakes(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	if err := os.Symlink("x.sql", filepath.Join(s.dir, "link.sql")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--also", "page.pdf"}, "has to end in .sql, .html, .md, .json, .txt"},
		{[]string{"--also", "-"}, "has to end in"},
		{[]string{"--also", "x.sql", "--also", "./x.sql"}, "are the same file"},
		{[]string{"--also", "x.sql", "--also", "link.sql"}, "are the same file"},
		{[]string{"-o", "x.sql", "--also", "x.sql"}, "are the same file"},
		{[]string{"--rollback", "x.sql", "--also", "x.sql"}, "are the same file"},
		{[]string{"-o", "pgsr.yaml"}, `"pgsr.yaml" is what the plan is made from, and would be lost`},
		{[]string{"-f", "pgsr.yaml", "-o", "./pgsr.yaml"}, "would be lost"},
		{[]string{"--rollback", "pgsr.yaml"}, "would be lost"},
		{[]string{"-f", "spec.md", "--also", "spec.md"}, "would be lost"},
		{[]string{"--also", "x.json", "--passwords", "variables"}, "does not take"},
		{[]string{"--also", "nowhere/x.sql"}, "nowhere/x.sql"},
	} {
		contains(t, s.want(1, append([]string{"plan"}, c.args...)...).stderr, c.says)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "x.sql")); err == nil {
		t.Error("a refused plan was written")
	}
	if readFile(t, s.dir+"/pgsr.yaml") != readersSpec {
		t.Error("the spec was written over")
	}
}

// TestPlanTwiceIsTheSame: the clock is in none of its forms.
func TestPlanTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	var written [2]string
	for i := range written {
		s.want(0, "plan", "-o", "a.sql", "--also", "a.html", "--also", "a.md", "--also", "a.json", "--also", "a.txt", "--rollback", "back.sql")
		for _, name := range []string{"a.sql", "a.html", "a.md", "a.json", "a.txt", "back.sql"} {
			written[i] += readFile(t, s.dir+"/"+name)
		}
	}
	if written[0] != written[1] {
		t.Error("two plans of one state differ")
	}
}
