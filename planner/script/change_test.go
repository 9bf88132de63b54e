package script

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

var (
	before16 = catalog.Server{VersionNum: 150018, CurrentUser: "deploy", SessionUser: "deploy"}
	from16   = catalog.Server{VersionNum: 160014, CurrentUser: "deploy", SessionUser: "deploy"}
)

// One file shows every statement, in words and in SQL; where the versions or the masks differ, all of them.
func TestStatements(t *testing.T) {
	var b strings.Builder
	b.WriteString("Every change in each of its forms: in words, and as SQL. A line for 15 or a masked one stands where it differs.\n")
	for _, change := range catalogtest.Changes("Some One", "It's here") {
		sql := SQL(change, from16)
		fmt.Fprintf(&b, "\n%s\n        %s\n", Summary(change), sql)
		if older := SQL(change, before16); older != sql {
			fmt.Fprintf(&b, "15:     %s\n", older)
		}
		if masked := Masked(change, from16); masked != sql {
			fmt.Fprintf(&b, "masked: %s\n", masked)
		}
	}
	golden(t, "statements", b.String())
}

// What a statement does hangs on its words only: no name and no text adds one, or takes one away.
func checkShapes(t *testing.T, name string) {
	if name == catalog.Public {
		t.Skip("the grantee PUBLIC is a keyword, and is meant")
	}
	if len(name) > maxName && strings.Contains(name, ".") {
		return // the name of a setting of this length has several parts
	}
	plain := catalogtest.Changes("plain", "plain")
	for i, change := range catalogtest.Changes(name, name) {
		want, err := shape(SQL(plain[i], from16))
		if err != nil {
			t.Fatal(err)
		}
		sql := SQL(change, from16)
		if got, err := shape(sql); err != nil || got != want {
			t.Errorf("%s has the shape %s, not %s (%v)", sql, got, want, err)
		}
		checkSeen(t, strings.ToValidUTF8(sql, ""))
		checkSeen(t, Summary(change))
	}
}

func TestShapesOfHostileNames(t *testing.T) {
	for _, name := range catalogtest.Names {
		checkShapes(t, name)
	}
}

func FuzzShape(f *testing.F) { fuzz(f, checkShapes) }

// What cannot be written safely is no statement at all, says why, and keeps the secret.
func TestRefused(t *testing.T) {
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	withArguments := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t", Arguments: "(integer)"}
	garbage := catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "f", Arguments: "(integer; x)"}
	noList := catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "g"}
	setting := catalog.Setting{Name: "search_path", Value: `a"b c`}
	for want, change := range map[string]catalog.Change{
		`REFUSED "the value of search_path is no list of elements in quotes: a""b c"`: catalog.AlterRoleSet{Role: "a", Setting: setting},
		`REFUSED "a TABLE has no arguments, and TABLE s.t has (integer)"`:             catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: withArguments, Grantees: []string{"a"}},
		`REFUSED "the arguments of ROUTINE s.f(integer; x) are no list of types"`:     catalog.Revoke{Privileges: []catalog.Privilege{catalog.Execute}, Object: garbage, Grantees: []string{"a"}},
		`REFUSED "the arguments of ROUTINE s.g are no list of types"`:                 catalog.SetOwner{Object: noList, Owner: "a"},
		`REFUSED "unknown privilege ""SELECT ON TABLE x TO y; --"" on TABLE s.t"`:     catalog.Grant{Privileges: []catalog.Privilege{"SELECT ON TABLE x TO y; --"}, Object: table, Grantees: []string{"a"}},
		`REFUSED "unknown privilege ""CONNECT"" on TABLE s.t"`:                        catalog.Revoke{Privileges: []catalog.Privilege{catalog.Connect}, Object: table, Grantees: []string{"a"}},
		`REFUSED "unknown kind of object ""SOFA"""`:                                   catalog.SetOwner{Object: catalog.ObjectID{Kind: "SOFA"}, Owner: "a"},
		`REFUSED "the password is neither a SCRAM-SHA-256 verifier nor an MD5 hash"`:  catalog.AlterRole{Name: "a", Verifier: "hunter2"},
		`GRANT SELECT ON TABLE "s"."t" TO ""`:                                         catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table},
		`GRANT "" TO "r"`:                                                             catalog.GrantRole{Members: []string{"r"}},
		`REVOKE "r" FROM "" CASCADE`:                                                  catalog.RevokeRole{Roles: []string{"r"}, Cascade: true},
		`GRANT SELECT ON TABLE "s"."t" TO "", "b"`:                                    catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"public", "b"}},
	} {
		if got := SQL(change, from16); got != want {
			t.Errorf("%#v is written\n%s, not\n%s", change, got, want)
		}
	}
}

// TestRoutinesBefore11 are called functions.
func TestRoutinesBefore11(t *testing.T) {
	change := catalog.RevokeDefault{Privileges: []catalog.Privilege{catalog.Execute}, Future: catalog.Future{Owner: "o", Kind: "ROUTINES"}, Grantees: []string{catalog.Public}}
	for major, want := range map[int]string{10: "FUNCTIONS", 11: "ROUTINES"} {
		if got := SQL(change, catalog.Server{VersionNum: major * 10000}); got != `ALTER DEFAULT PRIVILEGES FOR ROLE "o" REVOKE EXECUTE ON `+want+` FROM PUBLIC` {
			t.Errorf("%d: %s", major, got)
		}
	}
}

// TestGuardsBefore12 say nothing of MATERIALIZED, which comes with 12.
func TestGuardsBefore12(t *testing.T) {
	for major, want := range map[int]bool{10: false, 11: false, 12: true, 18: true} {
		state := State{Memberships: []MembershipState{{}}, Objects: []ObjectState{{ID: StateObject{Kind: catalog.Schema, Name: "s"}}}}
		if got := DifferencesSQL(catalog.Server{VersionNum: major * 10000}, state); strings.Contains(got, "MATERIALIZED") != want {
			t.Errorf("%d: %s", major, got)
		}
	}
}

func TestMaskedHoldsNoVerifier(t *testing.T) {
	for _, v := range []catalog.Verifier{catalogtest.Verifier, catalogtest.Verifier + "x", "hunter2"} {
		change := catalog.AlterRole{Name: "a", Verifier: v}
		for _, text := range []string{Masked(change, from16), Summary(change)} {
			if strings.Contains(text, "AAAA") || strings.Contains(text, "hunter2") || strings.Contains(text, "salt") {
				t.Errorf("a password in %s", text)
			}
		}
	}
}

func TestSummaryCountsManyNames(t *testing.T) {
	names := strings.Fields("a b c d e f g h i")
	got := Summary(catalog.GrantRole{Roles: []string{"r"}, Members: names})
	if want := "grant role r to a, b, c, d, e, f and 3 more"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got = Summary(catalog.RevokeRole{Roles: names, Members: []string{"r"}})
	if want := "revoke roles a, b, c, d, e, f and 3 more from r"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRoutineIsFunctionBefore11, as there is nothing else.
func TestRoutineIsFunctionBefore11(t *testing.T) {
	id := catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "f", Arguments: "(integer)"}
	for major, word := range map[int]string{10: "FUNCTION", 11: "ROUTINE", 18: "ROUTINE"} {
		grant := catalog.Grant{Privileges: []catalog.Privilege{catalog.Execute}, Object: id, Grantees: []string{"r"}, Grantor: "o"}
		if got := SQL(catalog.SetOwner{Object: id, Owner: "r"}, catalog.Server{VersionNum: major * 10000}); !strings.HasPrefix(got, "ALTER "+word+" ") {
			t.Errorf("%d: %s", major, got)
		}
		if got := SQL(grant, catalog.Server{VersionNum: major * 10000}); !strings.HasPrefix(got, "GRANT EXECUTE ON "+word+" ") {
			t.Errorf("%d: %s", major, got)
		}
	}
}

// A server cuts the names of types, too.
func TestLongNamesOfTypesAreRefused(t *testing.T) {
	id := catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "f"}
	id.Arguments = catalog.Arguments([]catalog.TypeName{{Schema: "s", Name: strings.Repeat("é", 32)}})
	for _, change := range []catalog.Change{catalog.Grant{Object: id}, catalog.Revoke{Object: id}, catalog.SetOwner{Object: id}} {
		if err := CheckNames(Statement{Change: change}); err == nil || !strings.Contains(err.Error(), "has 64 bytes") {
			t.Errorf("%T: %v", change, err)
		}
	}
}
