package spec_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// verifier is one of the password "pencil".
const verifier = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

func owned(phrase string) spec.Ownership {
	o, err := spec.ParseOwnerships(phrase)
	if err != nil {
		panic(err)
	}
	return o[0]
}

func TestValidateAcceptsWhatIsRight(t *testing.T) {
	comment, until := "x", time.Date(294276, 12, 31, 0, 0, 0, 0, time.UTC)
	s := &spec.Spec{Roles: []spec.Role{
		{},
		{
			Name: `"odd"; -- name`, Comment: &comment, Login: &spec.Login{Password: spec.Password{Clear: "x"}, ValidUntil: &until},
			MemberOf: spec.Memberships("pg_monitor", "b"), Grants: spec.MustGrants("ALL ON ALL TABLES IN SCHEMA a"),
			DirectGrants: spec.MustGrants("CONNECT ON DATABASE a"), Owns: []spec.Ownership{owned("SCHEMA a")},
			PreserveInSchemas: []string{"a", "a"},
		},
		{Name: "b", Login: &spec.Login{Password: spec.Password{Verifier: verifier}}},
	}[1:]}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}

func TestValidateFindsWhatIsWrong(t *testing.T) { //nolint:funlen // a table of cases
	nul, until := "a\x00", time.Time{}.Add(-time.Hour)
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "a", Name: "b"}
	schema := catalog.ObjectID{Kind: catalog.Schema, Name: "pg_x"}
	grant := func(kind catalog.Kind, p catalog.Privilege, objects ...catalog.ObjectID) spec.Grant {
		return spec.Grant{Privileges: []catalog.Privilege{p}, Target: spec.Target{Kind: kind, Objects: objects}}
	}
	both := grant(catalog.Table, catalog.Select, table)
	both.AllPrivileges = true
	mixed := grant(catalog.Table, catalog.Select, table)
	mixed.Target.Schemas = []string{"a"}
	matched := grant(catalog.Table, catalog.Select, table)
	matched.Target.Matching = regexp.MustCompile("x")
	s := &spec.Spec{Roles: []spec.Role{
		{Name: "a", At: spec.Position{File: "x", Line: 1, Column: 2}},
		{Name: "a"},
		{Name: ""},
		{Name: "public"},
		{Name: strings.Repeat("x", 64)},
		{Name: "\xff"},
		{Name: "c", Comment: &nul},
		{Name: "d", Login: &spec.Login{Password: spec.Password{Clear: "x", Verifier: verifier}, ValidUntil: &until}},
		{Name: "e", Login: &spec.Login{Password: spec.Password{Clear: "secret\x00"}}},
		{Name: "f", Login: &spec.Login{Password: spec.Password{Verifier: catalog.NoPassword}}},
		{Name: "g", MemberOf: spec.Memberships("g", "x", "x", "none")},
		{Name: "h", PreserveInSchemas: []string{""}},
		{Name: "i", Grants: []spec.Grant{
			{}, both, mixed, matched,
			grant("VIEW", catalog.Select, table),
			grant(catalog.Table, catalog.Select),
			grant(catalog.Table, catalog.Usage, table),
			grant(catalog.Schema, catalog.Usage, table),
			grant(catalog.Table, catalog.Select, catalog.ObjectID{Kind: catalog.Table, Name: "b"}),
			grant(catalog.Schema, catalog.Usage, catalog.ObjectID{Kind: catalog.Schema, Schema: "a", Name: "b"}),
			grant(catalog.Table, catalog.Select, catalog.ObjectID{Kind: catalog.Table, Schema: nul, Name: "b"}),
			grant(catalog.Table, catalog.Select, catalog.ObjectID{Kind: catalog.Table, Schema: "a"}),
			{Privileges: []catalog.Privilege{catalog.Usage}, Target: spec.Target{Kind: catalog.Schema, Schemas: []string{"a"}}},
			{Privileges: []catalog.Privilege{catalog.Select}, Target: spec.Target{Kind: catalog.Table, Schemas: []string{""}}},
		}},
		{Name: "j", DirectGrants: []spec.Grant{{Privileges: []catalog.Privilege{"FLY"}, Target: both.Target}}},
		{Name: "k", Owns: []spec.Ownership{
			{},
			{Target: spec.Target{Kind: catalog.SettingParameter, Objects: []catalog.ObjectID{{Kind: catalog.SettingParameter, Name: "x"}}}},
			{Target: spec.Target{Kind: catalog.Schema, Objects: []catalog.ObjectID{schema}}},
			{Target: spec.Target{Kind: catalog.Table, Schemas: []string{"pg_x"}}},
			{Target: spec.Target{Kind: catalog.Table, Future: &spec.Future{AnyCreator: true}}},
		}},
	}}
	want := []string{
		`: role "a": the role "a" is declared twice: also at x:1:2`,
		`: role "": a name must not be empty`,
		`: role "public": "public" is a reserved name`,
		`: role "` + strings.Repeat("x", 64) + `": the name`,
		`: role "\xff": the name "\xff" is not UTF-8`,
		`: role "c", comment: the comment holds a NUL character`,
		`: role "d", login: the password is given more than once`,
		`: role "d", login: valid_until is in the year 0`,
		`: role "e", login: the password holds a NUL character`,
		`: role "f", login: the verifier must have the form`,
		`: role "g", member_of: the role "g" cannot be a member of itself`,
		`: role "g", member_of: the membership in "x" is listed twice`,
		`: role "g", member_of: "none" is a reserved name`,
		`: role "h", preserve_in_schemas: a name must not be empty`,
		`: role "i", grants: a grant needs a privilege`,
		`: role "i", grants: all privileges, and some of them besides`,
		`: role "i", grants: a target has either objects or schemas, not both`,
		`: role "i", grants: a target has either objects or schemas, not both`,
		`: role "i", grants: unknown kind of object "VIEW": known are DATABASE, SCHEMA, TABLE, SEQUENCE`,
		`: role "i", grants: a target needs objects or schemas`,
		`: role "i", grants: USAGE is no privilege of a TABLE`,
		`: role "i", grants: a target of the kind SCHEMA cannot have the object TABLE a.b`,
		`: role "i", grants: the object TABLE b needs a schema`,
		`: role "i", grants: the object SCHEMA a.b lies in no schema`,
		`: role "i", grants: the name "a\x00" holds a NUL`,
		`: role "i", grants: a name must not be empty`,
		`: role "i", grants: a SCHEMA lies in no schema`,
		`: role "i", grants: a name must not be empty`,
		`: role "j", direct_grants: FLY is no privilege of a TABLE`,
		`: role "k", owns: unknown kind of object ""`,
		`: role "k", owns: owns is not for a PARAMETER: it is for DATABASE, SCHEMA, TABLE, SEQUENCE, LANGUAGE, TABLESPACE, ROUTINE, FUNCTION, PROCEDURE, TYPE, DOMAIN, FOREIGN DATA WRAPPER, FOREIGN SERVER, LARGE OBJECT`,
		`: role "k", owns: schemas whose names begin with pg_`,
		`: role "k", owns: schemas whose names begin with pg_`,
		`: role "k", owns: FUTURE is for direct_grants and public: who makes an object owns it`,
	}
	var got []string
	problems, _ := errors.AsType[spec.Errors](s.Validate())
	for _, problem := range problems {
		got = append(got, problem.At.String()+": "+problem.Message)
	}
	if !matches(got, want) {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestRestrict(t *testing.T) {
	s := &spec.Spec{LockKey: 7}
	for _, name := range []string{"analysts", "etl", "alice", "bob", "carol", "dora", "emil"} {
		s.Roles = append(s.Roles, spec.Role{Name: name})
	}
	only, err := s.Restrict([]string{"bob", "analysts", "bob"})
	if err != nil || len(only.Roles) != 2 || only.Roles[0].Name != "analysts" || only.Roles[1].Name != "bob" || only.LockKey != 7 {
		t.Errorf("%v %v", only, err)
	}
	if len(s.Roles) != 7 {
		t.Errorf("the spec itself was changed: %v", s.Roles)
	}
	if all, err := s.Restrict(nil); err != nil || all != s {
		t.Errorf("%v %v", all, err)
	}
	_, err = s.Restrict([]string{"alcie", "bob", "analyst"})
	want := `the spec has no role "alcie": the nearest are "alice", "emil", "bob"` + "\n" + `the spec has no role "analyst": the nearest are "analysts", "alice", "carol"`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if _, err := (&spec.Spec{}).Restrict([]string{"x"}); err == nil || err.Error() != `the spec has no role "x": it has no roles` {
		t.Error(err)
	}
}
