package planner

import (
	"fmt"
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
	if taken, first := script.Takings(plan.Statements), script.Highlights(plan.Statements); len(taken) > 0 || len(first) > 0 || len(plan.Drift()) != 1 {
		t.Errorf("it counts as taking away, or as a difference: %v, %v, %v", taken, first, plan.Drift())
	}
	current.EventTriggers = current.EventTriggers[1:2]
	if plan, err = Build(current, desired); err != nil || len(plan.Warnings) > 0 {
		t.Errorf("%q, %v", plan.Warnings, err)
	}
}

// TestNewSchemaIsNotSplit: what event triggers may have given on a schema is revoked in the transaction that makes it,
// however small the lock table is.
func TestNewSchemaIsNotSplit(t *testing.T) {
	nw := catalog.ObjectID{Kind: catalog.Schema, Name: "nw"}
	current := catalog.New(catalog.Server{VersionNum: 180000, CurrentUser: "postgres", Locks: catalog.LockTable{PerTransaction: 10, Transactions: 20}})
	current.Roles["postgres"] = &catalog.Role{Name: "postgres", Attributes: catalog.Attributes{Superuser: true}}
	desired := &catalog.Object{ID: nw, Owner: "postgres", Added: &catalog.Added{}}
	for i := range 2000 {
		name := fmt.Sprintf("r%04d", i)
		current.Roles[name] = &catalog.Role{Name: name}
		desired.Added.Decided = append(desired.Added.Decided, name)
		desired.ACL = append(desired.ACL, catalog.Item{Grantee: name, Grantor: "postgres", Privilege: catalog.Usage})
	}
	after := current.Clone()
	after.Objects[nw] = desired
	plan, err := Build(current, after)
	if err != nil || len(plan.Parts) < 2 {
		t.Fatalf("%d parts, %v", len(plan.Parts), err)
	}
	first := plan.Parts[0].Statements
	_, makes := first[0].Change.(catalog.CreateSchema)
	_, revokes := first[1].Change.(catalog.Revoke)
	if !makes || !revokes {
		t.Errorf("%+v", first[:2])
	}
	for _, part := range plan.Parts {
		for _, object := range part.LeadsTo.Objects {
			if object.Added == nil {
				t.Errorf("the check of %s takes others for a difference", object.ID.Name)
			}
		}
	}
}
