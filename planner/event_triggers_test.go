package planner

import (
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// TestEventTriggersAreNamed: those that run for a statement of the plan, in one line, whatever their names are.
func TestEventTriggersAreNamed(t *testing.T) {
	nw := catalog.ObjectID{Kind: catalog.Schema, Name: "nw"}
	current := catalog.New(catalog.Server{VersionNum: 180000, CurrentUser: "postgres", Locks: catalog.LockTable{PerTransaction: 64, Transactions: 100}})
	for _, name := range []string{"postgres", "o", "r"} {
		current.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Superuser: name == "postgres"}}
	}
	current.EventTriggers = []catalog.EventTrigger{
		{Name: "all\n\u202e", Owner: "postgres", Function: "f"}, {Name: "tables", Owner: "postgres", Function: "g", AtTheEnd: true, Tags: []string{"CREATE TABLE"}},
		{Name: "schemas", Owner: "su\x1b[31m", Function: "h", AtTheEnd: true, Tags: []string{"CREATE SCHEMA", "REVOKE"}},
	}
	desired := current.Clone()
	desired.Objects[nw] = &catalog.Object{ID: nw, Owner: "o", Added: &catalog.Added{Decided: []string{"", "r"}}}
	plan, err := Build(current, desired)
	if err != nil {
		t.Fatal(err)
	}
	want := `event triggers run for statements of this plan, and what they do is not foreseen (` +
		`"all\n\u202e" of role "postgres", function "f", on CREATE SCHEMA, REVOKE; "schemas" of role "su\x1b[31m", function "h", on CREATE SCHEMA, REVOKE)`
	if len(plan.Warnings) != 1 || !strings.HasPrefix(plan.Warnings[0], want) {
		t.Errorf("%q", plan.Warnings)
	}
	var statements []string
	for _, s := range plan.Statements {
		statements = append(statements, script.SQL(s.Change, plan.Server))
	}
	if !slices.Equal(statements, []string{`CREATE SCHEMA "nw" AUTHORIZATION "o"`, `REVOKE CREATE, USAGE ON SCHEMA "nw" FROM PUBLIC, "r"`}) {
		t.Errorf("%q", statements)
	}
	if taken := script.Takings(plan.Statements); len(taken) > 0 {
		t.Errorf("it counts as taking away: %v", taken)
	}
	current.EventTriggers = current.EventTriggers[1:2]
	if plan, err = Build(current, desired); err != nil || len(plan.Warnings) > 0 {
		t.Errorf("%q, %v", plan.Warnings, err)
	}
}
