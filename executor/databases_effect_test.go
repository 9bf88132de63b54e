package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/report"
)

// TestEffectOfSharedChangesElsewhere: what the databases share gives something in each of them, also to roles of which
// the spec says nothing there, and on objects without an ACL. Who joins or leaves predefined roles and owners, and who
// comes to own a database, gains and loses there what the server says, and that is all.
func TestEffectOfSharedChangesElsewhere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "a")
	predefined := []string{"keeper"}
	if c.major >= 14 {
		predefined = append(predefined, "pg_read_all_data", "pg_write_all_data")
	}
	if c.major >= 17 {
		predefined = append(predefined, "pg_maintain")
	}
	c.exec(`CREATE ROLE keeper`)
	for _, role := range predefined {
		c.exec(fmt.Sprintf(`CREATE ROLE "leaves %s"`, role), fmt.Sprintf(`GRANT %[1]s TO "leaves %[1]s"`, role), fmt.Sprintf(`GRANT "leaves %[1]s" TO outsider`, role))
	}
	c.execIn("a", slices.Concat([]string{`CREATE SCHEMA kept`, `CREATE SEQUENCE kept.q`, `CREATE TABLE kept.t (a int)`, `CREATE VIEW kept.v AS SELECT 1 AS a`, `CREATE MATERIALIZED VIEW kept.m AS SELECT 1 AS a`, `CREATE TYPE kept.k AS ENUM ('a')`,
		`CREATE FUNCTION kept.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER s FOREIGN DATA WRAPPER w`, `SELECT lo_create(4711)`, `CREATE SEQUENCE kept.postgres`,
		`ALTER SCHEMA kept OWNER TO keeper`, `ALTER SEQUENCE kept.q OWNER TO keeper`, `ALTER TABLE kept.t OWNER TO keeper`, `ALTER VIEW kept.v OWNER TO keeper`, `ALTER MATERIALIZED VIEW kept.m OWNER TO keeper`, `ALTER TYPE kept.k OWNER TO keeper`,
		`ALTER FUNCTION kept.f() OWNER TO keeper`, `ALTER SERVER s OWNER TO keeper`, `ALTER LARGE OBJECT 4711 OWNER TO keeper`, `REVOKE ALL ON FUNCTION kept.f() FROM PUBLIC`, `REVOKE ALL ON TYPE kept.k FROM PUBLIC`})...)
	for _, way := range []string{"leaving", "joining"} {
		spec := "version: 1\nroles:\n  bob: {in: {a: {}}}\n  alice: {login: {}, owns: [DATABASE a]}\n"
		for _, role := range predefined {
			if spec += fmt.Sprintf("  leaves %s: {member_of: [%s]}\n", role, role); way == "leaving" {
				spec = strings.TrimSuffix(spec, "["+role+"]}\n") + "[]}\n"
			}
		}
		s := parse(t, spec)
		sequence, err := PlanDatabases(ctx, c.super, s, Options{Effect: true})
		if err != nil {
			t.Fatal(err)
		}
		there := &lawServer{TB: t, super: c.in("a"), major: c.major}
		run := &lawRun{lawServer: there, before: there.facts(), effect: sequence.Effects()[1].Effect}
		run.can[0] = there.powers().local()
		if _, err := SyncDatabases(ctx, c.super, s, Options{}); err != nil {
			t.Fatal(err)
		}
		run.after = there.facts()
		run.can[1] = there.powers().local()
		run.effectIsTrue()
		for _, broken := range run.broken {
			t.Errorf("%s: %s", way, broken.what)
		}
		if len(run.effect.Gains)+len(run.effect.Losses) == 0 {
			t.Errorf("%s: nobody gains or loses anything", way)
		}
	}
}

// TestEffectOfOnePlanElsewhere: who leaves a role loses in other databases, too, what that has there. Where all
// statements are in the connected database, every form of the plan that shows the effect says so, also once it was
// saved.
func TestEffectOfOnePlanElsewhere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "a", "b")
	c.exec(`CREATE ROLE readers`, `CREATE ROLE leaves`, `CREATE ROLE "goes too"`, `GRANT readers TO leaves`, `GRANT leaves TO "goes too"`)
	for _, database := range []string{"a", "b"} {
		c.execIn(database, `CREATE SCHEMA kept`, `CREATE TABLE kept.t (a int)`, `GRANT USAGE ON SCHEMA kept TO readers`, `GRANT SELECT ON kept.t TO readers`)
	}
	in := "in: {a: {direct_grants: [USAGE ON SCHEMA kept, SELECT ON TABLE kept.t]}, b: {direct_grants: [USAGE ON SCHEMA kept, SELECT ON TABLE kept.t]}}"
	s := parse(t, "version: 1\nroles:\n  readers: {"+in+"}\n  leaves: {}\n")
	sequence, err := PlanDatabases(ctx, c.super, s, Options{Effect: true})
	if err != nil {
		t.Fatal(err)
	}
	if !sequence.IsSingle() || len(sequence.Steps()) != 1 {
		t.Fatalf("%d steps, where one in the connected database is needed", len(sequence.Steps()))
	}
	if lines := report.LossLinesIn(sequence.Effects()); len(lines) != 5 || !slices.Contains(lines, "- leaves loses SELECT on TABLE kept.t via readers (granted directly), in a, b") {
		t.Errorf("what people lose: %q", lines)
	}
	var asked *planner.Sequence
	declines := Options{Effect: true, Confirm: func(*planner.Plan) (bool, error) { return false, nil }, ConfirmSequence: func(s *planner.Sequence) (bool, error) { asked = s; return false, nil }}
	if _, err := SyncDatabases(ctx, c.super, s, declines); !errors.Is(err, ErrDeclined) || asked == nil || len(asked.EffectElsewhere()) != 2 {
		t.Errorf("asked about %v, with %v", asked, err)
	}
	forms := map[string]string{}
	for _, format := range []string{"markdown", "html", "json"} {
		var text strings.Builder
		if err := WriteSequenceAs(&text, format, s, sequence, Options{}); err != nil {
			t.Fatal(err)
		}
		forms[format] = text.String()
	}
	saved, err := report.ReadPlan(strings.NewReader(forms["json"]))
	if err != nil {
		t.Fatal(err)
	}
	if saved.Digest() != sequence.Digest() {
		t.Errorf("the saved plan has the digest %s, and the plan %s", saved.Digest(), sequence.Digest())
	}
	for _, format := range []string{"markdown", "html"} {
		var text strings.Builder
		if err := report.WriteSequence(&text, format, saved); err != nil {
			t.Fatal(err)
		}
		if forms[format] != text.String() {
			t.Errorf("%s of the saved plan differs", format)
		}
	}
	for format, wants := range map[string][]string{
		"markdown": {"- leaves loses SELECT on TABLE kept.t via readers (granted directly), in a, b", `- "goes too" loses USAGE on SCHEMA kept via leaves → readers (granted directly), in a, b`, "8 lost, in 3 databases"},
		"html":     {"kept.t", "goes too"},
		"json":     {`"effect_elsewhere"`},
	} {
		for _, want := range wants {
			if !strings.Contains(forms[format], want) {
				t.Errorf("%s does not have %q:\n%.3000s", format, want, forms[format])
			}
		}
	}
}
