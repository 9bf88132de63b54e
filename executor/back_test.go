package executor

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgsr/planner"
)

// TestNoWayBack: who can SET ROLE to an owner, and does not have its privileges, can give it a table and not take it
// back. That is said when it is planned, and is no reason not to do it.
func TestNoWayBack(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE heir`, `CREATE ROLE clerk LOGIN NOINHERIT`, `GRANT heir TO clerk`, `CREATE SCHEMA s AUTHORIZATION clerk`,
		`CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO clerk`)
	c.install(c.super)
	c.exec(`GRANT USAGE ON SCHEMA pgsr TO clerk`, `GRANT INSERT ON pgsr.ledger TO clerk`)
	conn, s := c.connect("clerk", warehouse, ""), parse(t, "version: 1\nroles: {heir: {owns: [TABLE s.t]}}")
	plan, err := Plan(context.Background(), conn, s, Options{Effect: true})
	if err != nil {
		t.Fatal(err)
	}
	says := func(warnings ...string) {
		t.Helper()
		for _, words := range []string{`no way back that role "clerk" may go`, `give TABLE s.t to role "clerk"`, `belongs to role "heir"`} {
			if !strings.Contains(strings.Join(warnings, "\n"), words) {
				t.Errorf("it is not said that %s: %q", words, warnings)
			}
		}
	}
	for range 2 {
		if back, err := Back(plan); back != nil || err != nil || len(plan.Warnings) != 1 {
			t.Errorf("%v, %v, %q", back, err, plan.Warnings)
		}
	}
	says(plan.Warnings...)
	for _, format := range []string{"html", "json", "goose"} {
		var text bytes.Buffer
		if err := WriteAs(&text, format, s, plan, Options{}); err != nil || !strings.Contains(text.String(), "no way back") {
			t.Errorf("%s: %v\n%s", format, err, text.String())
		}
	}
	confirm := func(plan *planner.Plan) (bool, error) { says(plan.Warnings...); return true, nil }
	result, err := Sync(context.Background(), conn, s, Options{Confirm: confirm})
	if err != nil {
		t.Fatal(err)
	}
	says(result.Plan.Warnings...)
	if owner := c.ownerOf("s.t"); owner != "heir" {
		t.Errorf("it belongs to %s", owner)
	}
	if entry := c.ledger(c.super)[0]; entry.Rollback != "" {
		t.Errorf("there is a way back:\n%s", entry.Rollback)
	}
}
