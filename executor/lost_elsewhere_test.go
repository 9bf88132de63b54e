package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// usedInBoth makes a privilege role that two roles have something by in two databases, as after CREATE DATABASE with a
// template.
func usedInBoth(t *testing.T, here, there string) (*cluster, *spec.Spec) {
	c := newFleet(t, here, there)
	s := parse(t, "version: 1\nroles:\n  alice: {login: {}, grants: [SELECT ON TABLE s.t]}\n  bob: {login: {}, grants: [SELECT ON TABLE s.t]}\n")
	if _, err := Sync(context.Background(), c.in(here), s, Options{}); err != nil {
		t.Fatal(err)
	}
	holder := one[string](c, `SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'alice'::regrole`)
	c.execIn(there, `GRANT SELECT ON s.t TO `+holder)
	return c, s
}

// TestNoLossInAnotherDatabase: the way that the warning names keeps what there is in the other database, at any time.
func TestNoLossInAnotherDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const here, there = "here", "there"
	c, s := usedInBoth(t, here, there)
	reads := func(when string) {
		t.Helper()
		for _, role := range []string{"alice", "bob"} {
			if !one2[bool](c, c.in(here), `SELECT has_table_privilege('`+role+`', 's.t', 'SELECT')`) {
				t.Errorf("%s: %s has lost what it had", when, role)
			}
		}
	}
	if _, err := Sync(ctx, c.in(here), s, Options{Mode: spec.ModeAdd}); err != nil {
		t.Fatal(err)
	}
	reads("added in one database")
	if _, err := Sync(ctx, c.in(there), s, Options{}); err != nil {
		t.Fatal(err)
	}
	reads("applied in the other")
	for _, database := range []string{here, there} {
		if p, err := Plan(ctx, c.in(database), s, Options{}); err != nil || !p.IsEmpty() || len(p.Warnings) > 0 {
			t.Errorf("in %s: %v, %+v", database, err, p)
		}
	}
}

// TestLossInAnotherDatabase: a privilege role that has something in two databases is left by a run in either, which
// takes from its members what they have in the other one. That is said.
func TestLossInAnotherDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const here, there = "here", "there"
	c, spec := usedInBoth(t, here, there)
	for database, other := range map[string]string{here: there, there: here} {
		for name, plan := range map[string]func(*pgx.Conn) ([]string, error){
			"plan": func(conn *pgx.Conn) ([]string, error) {
				p, err := Plan(ctx, conn, spec, Options{})
				if err != nil {
					return nil, err
				}
				return p.Warnings, nil
			},
			"effect": func(conn *pgx.Conn) ([]string, error) {
				p, err := Plan(ctx, conn, spec, Options{Effect: true})
				if err != nil {
					return nil, err
				}
				return p.Warnings, nil
			},
		} {
			warnings, err := plan(c.in(database))
			if err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(warnings, "\n"); !strings.Contains(said, `in database "`+other+`", too: "alice", "bob". To keep it, run pgsr apply --mode add there first.`) {
				t.Errorf("%s in %s warns of %q", name, database, said)
			}
		}
	}
	none := 0
	var tooMany *TooManyRevokesError
	if _, err := Sync(ctx, c.in(there), spec, Options{MaxRevokes: &none}); !errors.As(err, &tooMany) || tooMany.Losses.Memberships != 2 {
		t.Errorf("with --max-revokes: %v", err)
	}
	result, err := Sync(ctx, c.in(there), spec, Options{})
	if err != nil || !strings.Contains(strings.Join(result.Plan.Warnings, "\n"), `"alice", "bob".`) {
		t.Errorf("apply: %v, %+v", err, result)
	}
	if one2[bool](c, c.in(here), `SELECT has_table_privilege('alice', 's.t', 'SELECT')`) {
		t.Error("nothing is lost, so there is nothing to warn of")
	}
	if _, err := Sync(ctx, c.in(here), spec, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, database := range []string{here, there} {
		if p, err := Plan(ctx, c.in(database), spec, Options{}); err != nil || !p.IsEmpty() || len(p.Warnings) > 0 {
			t.Errorf("in %s: %v, %+v", database, err, p)
		}
	}
}
