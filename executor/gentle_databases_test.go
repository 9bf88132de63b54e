package executor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// TestGentleDatabases: in several databases mode add gives in each, and takes in none; and what is lost is counted over
// all of them, before anything is done, and again as they are done.
func TestGentleDatabases(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "marts")
	c.exec(`GRANT SELECT ON s.t TO alice`)
	c.execIn("marts", `GRANT SELECT ON s.u TO alice`)
	admin := c.asAdmin()
	ctx, s := context.Background(), parse(t, "version: 1\nroles:\n  alice: {login: {}, comment: Alice, in: {marts: {direct_grants: [SELECT ON TABLE s.t]}}}\n")
	given, err := SyncDatabases(ctx, admin, s, Options{Mode: spec.ModeAdd})
	if err != nil {
		t.Fatal(err)
	}
	left := ""
	for _, plan := range given.Sequence.Plans {
		left += leftText(plan.Left) + "\n"
	}
	if !given.Applied() || strings.Count(left, "SELECT on TABLE s.t") != 1 || strings.Count(left, "SELECT on TABLE s.u") != 1 {
		t.Errorf("applied: %v, left:\n%s", given.Applied(), left)
	}
	has := func(what string, here, there bool) {
		t.Helper()
		var is bool
		if err := c.in("marts").QueryRow(ctx, `SELECT has_table_privilege('alice', 's.u', 'SELECT')`).Scan(&is); err != nil || is != there {
			t.Errorf("%s: alice has SELECT on s.u in marts: %v, %v", what, is, err)
		}
		if is := one[bool](c, `SELECT has_table_privilege('alice', 's.t', 'SELECT')`); is != here {
			t.Errorf("%s: alice has SELECT on s.t: %v", what, is)
		}
	}
	has("after add", true, true)
	if again, err := SyncDatabases(ctx, admin, s, Options{Mode: spec.ModeAdd}); err != nil || again.Applied() {
		t.Errorf("the second run: %v, applied: %v", err, again.Applied())
	}
	one, two := 1, 2
	var refused *TooManyRevokesError
	if _, err := SyncDatabases(ctx, admin, s, Options{MaxRevokes: &one}); !errors.As(err, &refused) || refused.Losses.Privileges != 2 || !strings.Contains(err.Error(), "in database marts: alice: SELECT on TABLE s.u") {
		t.Errorf("two are lost where one is allowed: %v", err)
	}
	has("after a refusal", true, true)
	c.refusesSaved(admin, s)
	has("after a refusal of a saved plan", true, true)
	if _, err := SyncDatabases(ctx, admin, s, Options{MaxRevokes: &two}); err != nil || two != 2 {
		t.Errorf("two are lost where two are allowed: %v, now %d", err, two)
	}
	has("after sync", false, false)
}

// savedSequence plans over several databases, and reads back what is written of that.
func (c *cluster) savedSequence(conn *pgx.Conn, s *spec.Spec, o Options) report.Sequence {
	c.Helper()
	sequence, err := PlanDatabases(context.Background(), conn, s, o)
	if err != nil {
		c.Fatal(err)
	}
	var text bytes.Buffer
	if err := WriteSequenceAs(&text, "json", s, sequence, Options{}); err != nil {
		c.Fatal(err)
	}
	saved, err := report.ReadPlan(&text)
	if err != nil {
		c.Fatal(err)
	}
	return saved
}

// refusesSaved looks whether a saved plan over several databases is refused before anything of it is done.
func (c *cluster) refusesSaved(conn *pgx.Conn, s *spec.Spec) {
	c.Helper()
	saved, one := c.savedSequence(conn, s, Options{}), 1
	var refused *TooManyRevokesError
	if _, err := ApplySavedSequence(context.Background(), conn, saved, Options{MaxRevokes: &one}); !errors.As(err, &refused) || refused.Losses.Privileges != 2 {
		c.Errorf("two are lost where one is allowed: %v", err)
	}
}

// TestMaxRevokesOfSavedSequences: what may be lost is spent step by step.
func TestMaxRevokesOfSavedSequences(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "marts")
	c.exec(`GRANT SELECT ON s.t TO alice`)
	c.execIn("marts", `GRANT SELECT ON s.u TO alice`)
	ctx, admin := context.Background(), c.asAdmin()
	s := parse(t, "version: 1\nroles:\n  alice: {login: {}, in: {marts: {}}}\n")
	saved, two := c.savedSequence(admin, s, Options{}), 2
	if result, err := ApplySavedSequence(ctx, admin, saved, Options{MaxRevokes: &two}); err != nil || !result.Applied() || two != 2 {
		t.Errorf("two are lost where two are allowed: %v", err)
	}
	c.canIn(false, "marts", "alice", "SELECT FROM s.u")
	c.canIn(false, warehouse, "alice", "SELECT FROM s.t")
}
