package executor

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
)

// moving is a cluster, and a spec of which all that is to do is GRANT team_3 TO ann, REVOKE team_1 FROM ann and GRANT
// team_1 TO bob.
func moving(t *testing.T) (*cluster, *planning) {
	t.Helper()
	c := newCluster(t,
		`CREATE ROLE team_1; CREATE ROLE team_2; CREATE ROLE team_3; CREATE ROLE ann; CREATE ROLE bob; CREATE ROLE outsider`,
		`GRANT team_1, team_2 TO ann; GRANT team_3 TO bob; GRANT team_2 TO outsider`,
	)
	p, err := newPlanning(parse(t, `
version: 1
roles:
  ann: {member_of: [team_2, team_3]}
  bob: {member_of: [team_3, team_1]}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.reading = inspect.Whole
	return c, p
}

// What a transaction has written is what was planned, or it is not, whatever else it did, and whatever others did
// meanwhile.
func TestWrittenMembershipsAreSeen(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, p := moving(t)
	planned := []string{`GRANT team_3 TO ann`, `REVOKE team_1 FROM ann`, `GRANT team_1 TO bob`}
	for _, test := range []struct {
		what      string
		runs      []string
		meanwhile string
		seen      bool
	}{
		{"as planned", planned, "", true},
		{"in another order", []string{planned[2], planned[1], planned[0]}, "", true},
		{"nothing", nil, "", false},
		{"a GRANT is missing", planned[1:], "", false},
		{"a REVOKE is missing", []string{planned[0], planned[2]}, "", false},
		{"a GRANT too many", append(slices.Clone(planned), `GRANT team_3 TO outsider`), "", false},
		{"a REVOKE too many", append(slices.Clone(planned), `REVOKE team_2 FROM outsider`), "", false},
		{"a REVOKE of another", []string{planned[0], `REVOKE team_2 FROM outsider`, planned[2]}, "", false},
		{"a GRANT to another", []string{planned[0], planned[1], `GRANT team_1 TO outsider`}, "", false},
		{"one more of both", append(slices.Clone(planned), `GRANT team_3 TO outsider`, `REVOKE team_2 FROM outsider`), "", false},
		{"with ADMIN OPTION", []string{planned[0] + ` WITH ADMIN OPTION`, planned[1], planned[2]}, "", false},
		{"ADMIN OPTION for one that stays", append(slices.Clone(planned), `GRANT team_2 TO ann WITH ADMIN OPTION`), "", false},
		{"in a subtransaction", append(slices.Clone(planned), `SAVEPOINT s`, `GRANT team_3 TO outsider`, `RELEASE s`), "", false},
		{"others were there", planned, `COMMENT ON ROLE outsider IS 'somebody else'`, false},
	} {
		plan, err := p.plan(ctx, readOutside(c.super, Options{}))
		if err != nil {
			t.Fatal(err)
		}
		if p.last.snapshot == "" || !changesOnlyMemberships(plan) {
			t.Fatalf("%s: nothing is known of what is written by %v", test.what, plan.Statements)
		}
		tx := begin(c.super, 1, Options{})
		for _, sql := range test.runs {
			tx.Queue(wire.Query{Doing: sql, SQL: sql})
		}
		if err := tx.RoundTrip(ctx, wire.Query{Doing: "numbering", SQL: gen.TransactionID, Read: wire.Into(&tx.ID)}); err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		if test.meanwhile != "" {
			if _, err := c.connect("postgres", warehouse, "").Exec(ctx, test.meanwhile); err != nil {
				t.Fatal(err)
			}
		}
		seen, err := p.isSeen(ctx, tx)
		if err != nil || seen != test.seen {
			t.Errorf("%s: seen %v, %v", test.what, seen, err)
		}
		if err := wire.Rollback(c.super); err != nil {
			t.Fatal(err)
		}
	}
}

// A plan that changes memberships only is verified without reading all again; one that changes more is not.
func TestMembershipsAloneAreVerifiedByWhatWasWritten(t *testing.T) {
	t.Parallel()
	c, p := moving(t)
	for _, test := range []struct {
		what, do string
		rereads  bool
	}{{"memberships", ``, false}, {"a login, too", `REVOKE team_1 FROM bob; ALTER ROLE ann LOGIN`, true}} {
		if test.do != "" {
			c.exec(test.do)
		}
		var told []string
		p.last, p.reading = nil, inspect.Whole
		op := &operation{plan: p.plan, options: Options{Progress: func(p Progress) { told = append(told, p.Doing) }}}
		result, err := op.do(context.Background(), c.super)
		if err != nil || !result.Applied {
			t.Fatalf("%s: %+v, %v", test.what, result, err)
		}
		said := strings.Join(told, "\n")
		if strings.Contains(said, "verifying: reading memberships") == test.rereads || strings.Contains(said, "verifying: looking for differences") != test.rereads {
			t.Errorf("%s: told:\n%s", test.what, said)
		}
		if got := one[string](c, `SELECT string_agg(r::regrole || ' ' || m::regrole, ', ' ORDER BY r::regrole::text, m::regrole::text)
			FROM (SELECT roleid AS r, member AS m FROM pg_auth_members WHERE roleid >= 16384) AS a`); got != "team_1 bob, team_2 ann, team_2 outsider, team_3 ann, team_3 bob" {
			t.Errorf("%s: %s", test.what, got)
		}
	}
}
