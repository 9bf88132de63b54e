package report

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// everything is a plan with each thing that people can gain and lose. What is only about privilege roles is in it, too.
func everything() Document {
	table := func(schema, name string) catalog.ObjectID {
		return catalog.ObjectID{Kind: catalog.Table, Schema: schema, Name: name}
	}
	var facts []catalog.ObjectID
	for i := range 14 {
		facts = append(facts, table("sales", fmt.Sprintf("fact_%02d", i)))
	}
	read, all := []catalog.Privilege{catalog.Select}, &catalog.Options{Inherit: true, Set: true}
	limit, none := 20, catalog.NoConnectionLimit
	future := catalog.Future{Owner: "loader", Schema: "staging", Kind: catalog.Table.Future()}
	e := &access.Effect{
		Created: []string{"alice", "analysts"}, Dropped: []string{"leaver"}, GainLogin: []string{"alice"}, LoseLogin: []string{"bob"}, Moved: 7,
		Attributes: []access.AttributeChange{{Role: "etl", Gained: []catalog.AttributeWord{catalog.CreateDB}, Lost: []catalog.AttributeWord{catalog.Superuser, catalog.BypassRLS}}},
		Held: []access.HeldChange{
			{Roles: []string{catalog.Public}, Lost: true, Privileges: []catalog.Privilege{catalog.Create}, Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: "public"}}},
			{Roles: []string{"analysts"}, Privileges: read, Objects: append(facts, table("hr", "salaries"))},
			{Roles: []string{"analysts", "loader"}, Privileges: []catalog.Privilege{catalog.Usage}, Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: "hr"}, sales}},
			{Roles: []string{"bob"}, Lost: true, Privileges: read, Columns: []string{"id", "Region"}, Objects: []catalog.ObjectID{table("sales", "customers")}},
			{Roles: []string{"bob"}, Lost: true, Unknown: 2},
			{Roles: []string{"eve"}, Lost: true, Unknown: 1, Attributes: "SUPERUSER"},
			{Roles: []string{"slow"}, AfterSetRole: true, Privileges: read, Objects: []catalog.ObjectID{orders}},
		},
		Options: []access.OptionChange{
			{Role: "bob", Privileges: read, Objects: []catalog.ObjectID{orders}, Lost: true}, {Role: "etl", Privileges: read, Column: "id", Objects: []catalog.ObjectID{orders}},
		},
		Futures: []access.FutureChange{{Role: "analysts", Future: future, Gained: read, Lost: []catalog.Privilege{catalog.Insert}}},
		Memberships: []access.MembershipChange{
			{Role: "admins", Members: []string{"bob"}, Before: all}, {Role: "admins", Members: []string{"alice"}, After: &catalog.Options{Admin: true}},
			{Role: "analysts", Members: []string{"alice", "eve"}, After: all}, {Role: "auditors", Members: []string{"alice", "eve"}, After: all},
			{Role: "etl", Members: []string{"carol"}, Before: &catalog.Options{Admin: true}, After: all},
		},
		Ownerships: []access.OwnershipChange{
			{To: "etl", Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: "staging"}}}, {From: "dba", To: "etl", Objects: facts[:3]}, {From: "dba", Objects: []catalog.ObjectID{sales}},
		},
	}
	return Document{Effect: e, Document: script.Document{Server: from16, Digest: "0f", Statements: statementsOf(
		catalog.CreateRole{Name: reader, Holds: &catalog.Held{Privilege: catalog.Select, Object: orders}},
		catalog.CreateRole{Name: "_pgsr_administrator_0a1b2c3d", CreateRole: true}, catalog.DropRole{Name: "_pgsr_local_1_table_insert_0a1b2c3d"},
		catalog.CreateRole{Name: "alice", With: catalog.AlterRole{SetValidUntil: true, ValidUntil: &until, Verifier: "x", Attributes: catalog.AttributeChanges{Inherit: &no}}},
		catalog.AlterRole{Name: "bob", Login: &no, Verifier: catalog.NoPassword, Attributes: catalog.AttributeChanges{ConnectionLimit: &limit}},
		catalog.AlterRole{Name: "eve", SetValidUntil: true, Attributes: catalog.AttributeChanges{ConnectionLimit: &none, Superuser: &yes}},
		catalog.AlterRoleSet{Role: "etl", Setting: catalog.Setting{Name: "work_mem", Database: "shop", Value: strings.Repeat("ü", 200)}},
		catalog.AlterRoleReset{SettingOf: catalog.SettingOf{Role: "etl", Name: "search_path"}},
		catalog.CommentOnRole{Name: "etl", Comment: "loads\nall"}, catalog.CommentOnRole{Name: "bob"},
		catalog.EndSessions{Role: "leaver"}, catalog.DropOwned{Role: "leaver"},
		catalog.AlterPolicy{Policy: catalog.PolicyID{Table: orders, Name: "own"}, Roles: []string{"etl"}},
		catalog.GrantDefault{Privileges: read, Future: future, Grantees: []string{"etl"}, WithOption: true},
		catalog.RevokeDefault{Privileges: read, Future: future, Grantees: []string{"bob"}, OptionOnly: true},
	)}}
}

func statementsOf(changes ...catalog.Change) []script.Statement {
	var out []script.Statement
	for _, change := range changes {
		out = append(out, script.Statement{Section: script.Roles, Change: change})
	}
	return append(out, script.Statement{Section: script.ActingFor, Change: catalog.GrantRole{Roles: []string{"owner"}, Members: []string{"deploy"}}})
}

func TestTextSpeaksOfPeople(t *testing.T) {
	golden(t, "people", written(t, "text", everything()))
}

// Nobody has to know privilege roles, unless he asks for what each statement does.
func TestPrivilegeRolesAreForTheVerbose(t *testing.T) {
	for _, format := range []string{"text", "markdown"} {
		d := everything()
		if format == "markdown" {
			d.Statements = d.Statements[3:] // those of the script are other words
		}
		if text := written(t, format, d); strings.Contains(text, "_pgsr_") {
			t.Errorf("%s:\n%s", format, text)
		}
		d = everything()
		d.Verbose = true
		if text := written(t, format, d); !strings.Contains(text, "+ create role "+reader+" to hold SELECT on TABLE sales.orders\n") || strings.Contains(text, "Unchanged for people") {
			t.Errorf("%s does not say what each statement does:\n%s", format, text)
		}
	}
}

// What is only about privilege roles is said in a line, with counts.
func TestNothingForPeople(t *testing.T) {
	d := Document{Effect: &access.Effect{Moved: 1}, Document: script.Document{Server: from16, Digest: "0f", Statements: statementsOf(catalog.CreateRole{Name: reader})[:1]}}
	if got, want := written(t, "text", d), "digest 0f\nUnchanged for people: 1 privilege held in another way than before, 1 privilege role created. 1 statement: --verbose shows each.\n"; got != want {
		t.Errorf("got %q", got)
	}
	d.Effect, d.Statements = &access.Effect{}, statementsOf(catalog.GrantRole{Roles: []string{reader}, Members: []string{"_pgsr_administrator_0a1b2c3d"}})[:1]
	if got, want := written(t, "text", d), "digest 0f\nNothing changes for people. 1 statement: --verbose shows each.\n"; got != want {
		t.Errorf("got %q", got)
	}
}

// Of a large plan the lines stay few, and what weighs most is among them.
func TestLargePlanIsFolded(t *testing.T) {
	d := everything()
	d.Effect = &access.Effect{LoseLogin: []string{"zoe"}}
	for i := range 3000 {
		role := fmt.Sprintf("r%04d", i)
		d.Effect.Created = append(d.Effect.Created, role)
		d.Effect.Held = append(d.Effect.Held, access.HeldChange{Roles: []string{role}, Lost: true, Privileges: []catalog.Privilege{catalog.Select}, Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: role}}})
	}
	text := written(t, "text", d)
	for _, want := range []string{
		"takes away: 1 login, 3,000 privileges,", "Taken away\n  - zoe: may no longer log in\n", "\n  + r0000, r0001, r0002, r0003, r0004, r0005 and 2,994 more: new role\n",
		"\n  - and 2,805 more lines, about 2,803 roles\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "\n"); n > 230 {
		t.Errorf("%d lines", n)
	}
}
