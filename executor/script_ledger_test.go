package executor

import (
	"context"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// newcomerScript plans one new role, and gives the script, which also says at its end whether it has left a row.
func (b *ledgerBed) newcomerScript(role string, o Options) string {
	b.Helper()
	conn := b.connect(role)
	s := parse(b, newcomerSpec)
	plan, err := Plan(b.Context(), conn, s, o)
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	if err := Write(&text, s, plan, o); err != nil {
		b.Fatal(err)
	}
	return text.String() + "\\echo row :pgsr_ledger\n"
}

// leavesRow runs a script that makes the newcomer, and drops that again.
func (b *ledgerBed) leavesRow(role, text string, want bool) {
	b.Helper()
	cmd := exec.Command(psqlPath(b.T), "-X", "-q", "-d", b.server.URL(role, ledgerDatabase, ""))
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	says := map[bool]string{true: "row t\n", false: "row f\n"}[want]
	if err != nil || !strings.HasSuffix(string(out), says) {
		b.Errorf("psql: %v, and it does not end with %q:\n%s", err, says, out)
	}
	var superusers []string
	if err := b.super.QueryRow(b.Context(), `SELECT array_agg(rolname::text) FROM pg_roles WHERE rolsuper AND rolname <> 'postgres'`).Scan(&superusers); err != nil || superusers != nil {
		b.Errorf("superusers: %v, %v", superusers, err)
	}
	b.exec(`DROP ROLE newcomer`)
}

// TestScriptsTrustTheSameLedgers: a script looks for what queries/ledger.sql looks for.
func TestScriptsTrustTheSameLedgers(t *testing.T) {
	blanks, comments := regexp.MustCompile(`\s+`), regexp.MustCompile(` -- by IntervalStyle\n`)
	one := func(text string) string {
		return blanks.ReplaceAllString(comments.ReplaceAllString(text, ""), "")
	}
	_, flaws, _ := strings.Cut(one(gen.LedgerState), ",expressionAS(")
	flaws, _, _ = strings.Cut(flaws, "SELECTarray_to_tsvector(")
	var text strings.Builder
	if err := script.WritePSQL(&text, script.Document{Statements: []script.Statement{{Change: catalog.DropRole{Name: "r"}}}}); err != nil || len(flaws) < 1000 || !strings.Contains(one(text.String()), flaws) {
		t.Errorf("a script does not look for the flaws of a ledger that queries/ledger.sql has:\n%s", flaws)
	}
}

// TestScriptLeavesItsRow: what psql runs is in the ledger, by the plan's digest, without verifiers, and its statements
// are known by it.
func TestScriptLeavesItsRow(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`)
	c.install(c.super)
	s := parse(c, "version: 1\nroles:\n  \"a'b\\nc\": {login: {password: {verifier: \""+verifierOfTest+"\"}}, grants: [SELECT ON TABLE s.t]}\n")
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := c.written("psql", s, plan, Options{Version: "1.2.3"})
	out, err := c.runScript(text)
	if want := "committed, digest " + plan.Digest() + "\n"; err != nil || !strings.HasSuffix(out, want) {
		t.Fatalf("psql: %v, and its last line is not %q:\n%s", err, want, out)
	}
	entries := c.ledger(c.super)
	if len(entries) != 1 {
		t.Fatalf("%d entries", len(entries))
	}
	e := entries[0]
	if e.Digest != plan.Digest() || e.Statements != len(plan.Statements) || e.Version != "1.2.3" || e.Result != "applied by a script" || e.AppliedBy != "postgres" || e.Duration <= 0 {
		t.Errorf("the entry is %+v", e)
	}
	if strings.Contains(e.Script, verifierOfTest) {
		t.Error("the ledger has a verifier")
	}
	for command := range script.Commands(script.Document{Server: plan.Server, Statements: plan.Statements, Masked: true}) {
		if !strings.Contains(e.Script, command.SQL+";\n") {
			t.Errorf("the entry lacks %s", command.SQL)
		}
	}
	if vanished, _, err := Vanished(context.Background(), c.super, &spec.Spec{Roles: []spec.Role{{Name: "someone"}}}, Options{}); err != nil || len(vanished) != 1 || vanished[0] != "a'b\nc" {
		t.Errorf("the ledger knows %q, %v", vanished, err)
	}
	if out, err := c.runScript(c.written("psql", s, plan, Options{NoLedger: true})); err == nil || !strings.Contains(out, "was run already") || strings.Contains(out, "stale") {
		t.Errorf("the second time it says %v:\n%s", err, out)
	}
}

const verifierOfTest = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="

// TestScriptIsShort: what a person has to read comes first, and the rest is short.
func TestScriptIsShort(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`)
	s := parse(c, "version: 1\nroles:\n  reader: {grants: [SELECT ON TABLE s.t], direct_grants: [USAGE ON SCHEMA s]}\n")
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Statements) != 4 {
		t.Fatalf("%d statements", len(plan.Statements))
	}
	for _, format := range []string{"psql", "sql"} {
		text := c.written(format, s, plan, Options{Sources: []script.Source{{Name: "roles.yaml", SHA256: strings.Repeat("0", 64)}}})
		if n := strings.Count(text, "\n"); n > 85 {
			t.Errorf("%s has %d lines for 4 statements:\n%s", format, n, text)
		}
		for line := range strings.Lines(text) {
			if len(line) > 700 {
				t.Errorf("%s has a line of %d bytes: %s", format, len(line), line)
			}
		}
		if n := strings.Count(text, "aclexplode(acldefault("); n != 1 {
			t.Errorf("%s has the comparing query %d times", format, n)
		}
		head, _, _ := strings.Cut(text, "nothing to review")
		for _, statement := range plan.Statements {
			if !strings.Contains(head, script.Summary(statement.Change)) || !strings.Contains(head, statement.Reason) {
				t.Errorf("%s does not say first: %s (%s)", format, script.Summary(statement.Change), statement.Reason)
			}
		}
	}
}
