package executor

import (
	"bytes"
	"context"
	"testing"

	"pgsr/planner/report"
)

// TestSharedChangesAfterOtherDatabases: scripts and saved plans rely, in each database, on what is done by then. Logins
// and what is lost of what databases share come after it.
func TestSharedChangesAfterOtherDatabases(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"psql", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newFleet(t, "marts")
			c.exec(`CREATE ROLE sleeper CREATEDB`, `CREATE ROLE team`, `GRANT team TO sleeper`, `GRANT CONNECT ON DATABASE marts TO sleeper`)
			s := parse(t, "version: 1\nroles:\n  sleeper: {login: {}, attributes: [], in: {marts: {direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}}}\n  bob: {in: {marts: {grants: [USAGE ON SCHEMA s]}}}\n")
			sequence, err := PlanDatabases(ctx, c.super, s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := WriteSequenceAs(&text, format, s, sequence, Options{}); err != nil {
				t.Fatal(err)
			}
			if format == "psql" {
				if out, err := c.runScript(text.String()); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			} else {
				saved, err := report.ReadPlan(&text)
				if err == nil {
					_, err = ApplySavedSequence(ctx, c.super, saved, Options{})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if again, err := PlanDatabases(ctx, c.super, s, Options{}); err != nil || !again.InSync() {
				t.Errorf("%v, still to do:%s", err, statementsIn(again))
			}
		})
	}
}
