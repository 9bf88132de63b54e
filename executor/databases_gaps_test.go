package executor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// TestMembershipInTheWayOfGains: where the connecting role can act for an owner only once that one is no member of it
// any more, which is lost last if there are several databases, it is said beforehand, with what helps.
func TestMembershipInTheWayOfGains(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "marts")
	if c.major >= 16 {
		t.Skip("from 16 on who may grant a role is no member of its members")
	}
	admin := c.asAdmin()
	mustExec(t, admin, `CREATE ROLE crew`)
	mustExec(t, admin, `CREATE ROLE owner`)
	c.exec(`GRANT admin TO crew`)
	mustExec(t, admin, `GRANT crew TO owner`)
	c.exec(`GRANT CREATE ON SCHEMA s TO owner`, `CREATE TABLE s.owned (a int)`, `ALTER TABLE s.owned OWNER TO owner`)
	c.execIn("marts", `GRANT CREATE ON SCHEMA s TO owner`, `CREATE TABLE s.owned (a int)`, `ALTER TABLE s.owned OWNER TO owner`)
	const of = "version: 1\nroles:\n  owner: {}\n  alice: {login: {}, direct_grants: [SELECT ON TABLE s.owned], in: {marts: {direct_grants: [USAGE ON SCHEMA s, MARTS]}}}\n"
	const helps = `REVOKE "crew" FROM "owner"`
	for where, yaml := range map[string]string{
		"connected": strings.Replace(of, "MARTS", "SELECT ON TABLE s.t", 1),
		"other":     strings.NewReplacer("MARTS", "SELECT ON TABLE s.owned", "SELECT ON TABLE s.owned", "SELECT ON TABLE s.t").Replace(of),
	} {
		_, err := SyncDatabases(context.Background(), admin, parse(t, yaml), Options{})
		if !errors.As(err, new(*planner.Refusal)) || !strings.Contains(err.Error(), helps) || errors.As(err, new(*SequenceError)) {
			t.Fatalf("%s: got %v", where, err)
		}
	}
	mustExec(t, admin, helps)
	c.syncAll(admin, strings.Replace(of, "MARTS", "SELECT ON TABLE s.owned", 1), true)
	c.canIn(true, "marts", "alice", "SELECT FROM s.owned")
}

// TestSingleTransactionInSeveralDatabases: it is refused where it can not be kept, with the reason, and nothing is
// done.
func TestSingleTransactionInSeveralDatabases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "marts")
	const yaml = "version: 1\nroles:\n  alice: {login: {}, direct_grants: [SELECT ON TABLE s.t], in: {marts: {direct_grants: [SELECT ON TABLE s.t]}}}\n"
	const says = `there is something to do in other databases than the connected one ("marts"), and a transaction is in one database`
	one := Options{SingleTransaction: true}
	if _, err := SyncDatabases(ctx, c.super, parse(t, yaml), one); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v", err)
	}
	if _, err := PlanDatabases(ctx, c.super, parse(t, yaml), one); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v", err)
	}
	c.canIn(false, warehouse, "alice", "SELECT FROM s.t")
	c.execIn("marts", `GRANT SELECT ON s.t TO alice`)
	if result, err := SyncDatabases(ctx, c.super, parse(t, yaml), one); err != nil || !result.Applied() {
		t.Errorf("where it can be kept: %v", err)
	}
}

// TestEffectOverDatabases: what people gain and lose is said once, of all databases together: what only moves from a
// membership that goes last to a grant that comes before is neither.
func TestEffectOverDatabases(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a", "b", "c")
	for _, sql := range []string{`CREATE ROLE readers`, `GRANT readers TO alice, outsider`} {
		mustExec(t, c.asAdmin(), sql)
	}
	c.exec(`GRANT USAGE ON SCHEMA s TO alice`, `GRANT INSERT ON s.t TO alice`)
	for _, name := range []string{"a", "b", "c"} {
		c.execIn(name, `GRANT USAGE ON SCHEMA s TO readers`, `GRANT SELECT, INSERT ON s.t TO readers`, `GRANT UPDATE ON s.t TO bob`)
	}
	const yaml = `version: 1
roles:
  alice:
    login: {}
    direct_grants: [USAGE ON SCHEMA s]
    in:
      "MATCHING '[ab]'": {direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}
      c: {direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t, DELETE ON TABLE s.t]}
  bob: {in: {"MATCHING '[abc]'": {}}}
`
	s := parse(t, yaml)
	for _, user := range []string{"postgres", "admin"} {
		conn := c.connect(user, warehouse, "")
		sequence, err := PlanDatabases(context.Background(), conn, s, Options{Effect: true})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Join(report.EffectLinesIn(sequence.Effects(), 0), "\n")
		for _, want := range []string{
			"- alice loses INSERT on TABLE s.t (granted directly), in warehouse\n", "- alice loses INSERT on TABLE s.t via readers (granted directly), in a, b, c\n",
			"- bob loses UPDATE on TABLE s.t (granted directly), in a, b, c\n", "+ alice gains DELETE on TABLE s.t (granted directly), in c\n",
			"- alice is no longer in readers\n", ": 1 privilege gained, 7 lost, in 4 databases\n",
		} {
			if n := strings.Count(lines, want); n != 1 {
				t.Errorf("as %s %q is said %d times", user, want, n)
			}
		}
		if strings.Contains(lines, "SELECT") {
			t.Errorf("as %s what moves is said", user)
		}
		if t.Failed() {
			t.Fatal(lines)
		}
		c.saysOnce(s, sequence)
		var saved bytes.Buffer
		if err := WriteSequenceAs(&saved, "json", s, sequence, Options{}); err != nil {
			t.Fatal(err)
		}
		read, err := report.ReadPlan(&saved)
		if err != nil || strings.Join(report.EffectLinesIn(read.Effects, 0), "\n") != lines {
			t.Errorf("a saved plan does not say it: %v", err)
		}
	}
}

// TestEffectOfJoiningElsewhere: who becomes a member of a role gains what that has in the other databases, too.
func TestEffectOfJoiningElsewhere(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a")
	for _, sql := range []string{`CREATE ROLE readers`, `CREATE ROLE writers`} {
		mustExec(t, c.asAdmin(), sql)
	}
	c.execIn("a", `GRANT SELECT ON s.t TO readers`, `GRANT DELETE ON s.t TO writers`)
	s := parse(t, "version: 1\nroles:\n  alice: {login: {}, member_of: [readers], in: {a: {}}}\n  bob: {login: {}, members: [writers], in: {a: {direct_grants: [INSERT ON TABLE s.t]}}}\n")
	sequence, err := PlanDatabases(context.Background(), c.connect("postgres", warehouse, ""), s, Options{Effect: true})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(report.EffectLinesIn(sequence.Effects(), 0), "\n")
	for _, want := range []string{"+ alice gains SELECT on TABLE s.t via readers (granted directly), in a", "+ writers gains INSERT on TABLE s.t via bob (granted directly), in a"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not said:\n%s", want, lines)
		}
	}
}

// TestEffectOfLosingElsewhere: who no longer inherits from a role, or is no superuser any more, loses what that gave in
// the other databases, too.
func TestEffectOfLosingElsewhere(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a")
	spec := "version: 1\nroles:\n  erin: {login: {}, member_of: [readers], in: {a: {}}}\n  boss: {attributes: [], in: {a: {}}}\n"
	admin := c.asAdmin()
	for _, sql := range []string{`CREATE ROLE readers`, `CREATE ROLE erin LOGIN`, `GRANT readers TO erin`} {
		mustExec(t, admin, sql)
	}
	mustExec(t, c.super, `CREATE ROLE boss SUPERUSER`)
	if majorOf(t, c.super) >= 16 {
		spec = strings.Replace(spec, "[readers]", "[{role: readers, inherit: false}]", 1)
	} else {
		spec = strings.Replace(spec, "erin: {", "erin: {attributes: [NOINHERIT], ", 1)
	}
	c.execIn("a", `GRANT SELECT ON s.t TO readers`)
	sequence, err := PlanDatabases(context.Background(), c.connect("postgres", warehouse, ""), parse(t, spec), Options{Effect: true})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(report.EffectLinesIn(sequence.Effects(), 0), "\n")
	for _, want := range []string{"- erin loses SELECT on TABLE s.t via readers (granted directly), in a", "- boss loses CREATE, USAGE on SCHEMA s (as superuser), in a"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not said:\n%s", want, lines)
		}
	}
}

// saysOnce checks that what is taken away comes first in each format, and that the effect is said once.
func (c *cluster) saysOnce(s *spec.Spec, sequence *planner.Sequence) {
	c.Helper()
	for format, want := range map[string]string{
		"markdown": "\n## Taken away\n\n```diff\n- ", "text": "\nTaken away\n  - ", "html": `<section id="taken"><h2>Taken away</h2>`, "psql": "\n-- takes away: ",
	} {
		var text bytes.Buffer
		if err := WriteSequenceAs(&text, format, s, sequence, Options{}); err != nil {
			c.Fatal(err)
		}
		all := "\n" + text.String()
		if !strings.Contains(all, want) || strings.Index(all, want) > strings.Index(all, "Step 1 of") {
			c.Errorf("%s does not begin with %q:\n%s", format, want, all)
		}
		effect, hasEffect := map[string]string{
			"markdown": "bob loses UPDATE on TABLE s.t (granted directly), in a, b, c",
			"html":     `<bdi class="name">TABLE s.t</bdi> <span class="where">in <bdi class="name">a</bdi>, <bdi class="name">b</bdi>, <bdi class="name">c</bdi></span></td><td data-label="How">granted directly</td>`,
		}[format]
		if n := strings.Count(all, effect); hasEffect && n != 1 {
			c.Errorf("%s says the effect %d times", format, n)
		}
	}
}
