package report

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/script"
)

// story is a plan in all its formats, and the point of it.
type story struct {
	name, point string
	document    script.Document
}

var (
	from16  = catalog.Server{VersionNum: 160014, CurrentUser: "deploy", SessionUser: "deploy"}
	yes, no = true, false
	until   = time.Date(2027, 1, 31, 12, 30, 0, 5000, time.FixedZone("", 3600))

	orders = catalog.ObjectID{Kind: catalog.Table, Schema: "sales", Name: "orders"}
	sales  = catalog.ObjectID{Kind: catalog.Schema, Name: "sales"}
)

var stories = []story{{
	name: "newcomer", point: "A role that logs in, and what it needs: consecutive statements share a heading and a reason.",
	document: script.Document{
		Header: []string{"pgsr 0.1, planned 2026-07-01 12:00 UTC for database warehouse on 18.4", "Run it as deploy: psql -f this-file"},
		Server: from16, LockKey: 1, LockTimeout: 5 * time.Second, StatementTimeout: 1500*time.Microsecond + 1,
		Warnings: []string{"TABLE sales.returns does not exist: the grants on it are left out"},
		Statements: []script.Statement{
			{Section: script.Roles, Reason: "in the spec and missing", Change: catalog.CreateRole{Name: "alice"}},
			{Section: script.Roles, Reason: "in the spec and missing", Change: catalog.CreateRole{Name: "analysts"}},
			{Section: script.Roles, Reason: "to hold SELECT on TABLE sales.orders", Change: catalog.CreateRole{
				Name: "_pgsr_local_16384_table_select_0a1b2c3d", Holds: &catalog.Held{Privilege: catalog.Select, Object: orders}}},
			{Section: script.Privileges, Reason: "what the role is for", Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: orders,
				Grantees: []string{"_pgsr_local_16384_table_select_0a1b2c3d"}, Grantor: "deploy"}},
			{Section: script.Memberships, Reason: "analysts: SELECT ON TABLE sales.orders", Change: catalog.GrantRole{
				Roles: []string{"_pgsr_local_16384_table_select_0a1b2c3d"}, Members: []string{"analysts"}, Grantor: "deploy"}},
			{Section: script.Memberships, Reason: "alice: member_of", Change: catalog.GrantRole{Roles: []string{"analysts"}, Members: []string{"alice"}, Grantor: "deploy"}},
			{Section: script.GainingLogin, Reason: "alice: login", Change: catalog.AlterRole{Name: "alice", Login: &yes, Verifier: catalogtest.Verifier, SetValidUntil: true, ValidUntil: &until}},
		},
	},
}, {
	name: "acting", point: "Statements that only an owner may make: the role changes where it must, and is the connecting one before COMMIT, who is not the session's user here.",
	document: script.Document{
		Server:  catalog.Server{VersionNum: 150018, CurrentUser: "deploy", SessionUser: "ci"},
		LockKey: -9223372036854775808,
		Statements: []script.Statement{
			{Section: script.ActingFor, Reason: "to act for owner", Change: catalog.GrantRole{Roles: []string{"owner"}, Members: []string{"deploy"}, Grantor: "deploy"}},
			{Section: script.Owners, As: "owner", Reason: "etl: owns SCHEMA sales", Change: catalog.SetOwner{Object: sales, Owner: "etl"}},
			{Section: script.Privileges, As: "deploy", Reason: "etl: a direct grant", Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Usage}, Object: sales, Grantees: []string{"etl"}, Grantor: "etl"}},
			{Section: script.Privileges, As: "owner", Reason: "not in the spec of bob", Change: catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select}, Object: orders, Grantees: []string{"bob"}, Grantor: "owner"}},
			{Section: script.Privileges, As: "owner", Reason: "not in the spec of bob", Change: catalog.Revoke{Privileges: []catalog.Privilege{catalog.Update}, Object: orders, Column: "total", Grantees: []string{"bob"}, Grantor: "owner"}},
			{Section: script.Privileges, As: "other", Reason: "not in the spec of bob", Change: catalog.Revoke{Privileges: []catalog.Privilege{catalog.Insert}, Object: orders, Grantees: []string{"bob"}, Grantor: "other", Cascade: true}},
		},
	},
}, {
	name: "leaver", point: "A role that loses everything, in a script for a ledger, which shows no password of whoever stays. The last role to act as is left again.",
	document: script.Document{
		Server: from16, LockKey: 1, Masked: true,
		Statements: []script.Statement{
			{Section: script.LosingLogin, Reason: "bob: no login in the spec", Change: catalog.AlterRole{Name: "bob", Login: &no, Verifier: catalog.NoPassword}},
			{Section: script.Memberships, Reason: "not in the spec of bob", Change: catalog.RevokeRole{Roles: []string{"analysts"}, Members: []string{"bob"}, Grantor: "carol", GrantedBy: true}},
			{Section: script.GainingLogin, Reason: "alice: the password", Refresh: true, Change: catalog.AlterRole{Name: "alice", Login: &yes, Verifier: catalogtest.Verifier}},
			{Section: script.Pruning, As: "admin 1", Reason: "the object is gone", Change: catalog.DropRole{Name: "_pgsr_local_16384_table_select_0a1b2c3d"}},
		},
	},
}, {
	name: "nothing", point: "Nothing to do: no transaction and no lock, only what is to be said.",
	document: script.Document{
		Header:   []string{"pgsr 0.1, planned 2026-07-01 12:00 UTC for database warehouse on 18.4", "", "A header can have paragraphs."},
		Server:   from16,
		Warnings: []string{"TABLE sales.returns does not exist"},
	},
}, {
	name: "hostile", point: "Names that try to be something else, in every place: each statement stays on its line, each comment too.",
	document: script.Document{
		Header: []string{"for database \"x\n\\! reboot\""}, Server: from16, LockKey: 1, Warnings: []string{"\x1b[2J\r\nDROP ROLE y"},
		Statements: []script.Statement{
			{Section: script.Roles, Reason: "x\nDROP ROLE y;", Change: catalog.CreateRole{Name: "x\nDROP ROLE y;"}},
			{Section: script.Roles, Reason: `\! reboot`, Change: catalog.CommentOnRole{Name: `\! reboot`, Comment: "it's \\ here;\nCOMMIT;"}},
			{Section: script.Privileges, As: ":'x'; RESET ROLE", Reason: ":'x'", Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Usage},
				Object: catalog.ObjectID{Kind: catalog.Schema, Name: `s"; --`}, Grantees: []string{`:"x"`, "$$", "\u202eevil"}, Grantor: ":'x'"}},
		},
	},
}}

func TestStories(t *testing.T) {
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			var psql, text strings.Builder
			if err := errors.Join(script.WritePSQL(&psql, s.document), WriteText(&text, Document{Document: s.document}, false)); err != nil {
				t.Fatal(err)
			}
			golden(t, s.name, s.point+"\n\n== psql ==\n\n"+psql.String()+"\n== text ==\n\n"+text.String())
		})
	}
}

// Every line of a script is a comment, a command of psql or a whole statement, whatever the names.
func TestLines(t *testing.T) {
	for _, s := range stories {
		var b strings.Builder
		s.document.NoLedger = true // whose row has lines in a text
		if err := script.WritePSQL(&b, s.document); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			whole := line == "" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\`) || strings.HasSuffix(line, `\gset`) || strings.HasSuffix(line, ";")
			if !whole {
				t.Errorf("%s: %q", s.name, line)
			}
			checkSeen(t, line)
		}
	}
}

// A run takes the very steps of the script, and may stop at any of them.
func TestStepsAreThoseOfTheScript(t *testing.T) {
	for _, s := range stories {
		var text strings.Builder
		if err := script.WritePSQL(&text, s.document); err != nil {
			t.Fatal(err)
		}
		rest := text.String()
		for step := range script.Commands(s.document) {
			_, after, found := strings.Cut(rest, "\n"+step.SQL+";\n")
			if !found {
				t.Fatalf("%s: %s is not in the script in its place", s.name, step.SQL)
			}
			rest = "\n" + after
		}
		for range script.Commands(s.document) {
			break
		}
	}
}

func TestTextInColours(t *testing.T) {
	d := script.Document{Server: from16, Warnings: []string{"w"}, Statements: []script.Statement{
		{Section: script.Roles, Change: catalog.CreateRole{Name: "a"}},
		{Section: script.Pruning, Change: catalog.DropRole{Name: "b"}},
	}}
	var b strings.Builder
	if err := WriteText(&b, Document{Document: d}, true); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[31mtakes away: 1 role dropped\x1b[0m\n\x1b[33mwarning: w\x1b[0m\n\x1b[1mTaken away\x1b[0m\n  \x1b[31m- drop role b\x1b[0m\n" +
		"\x1b[1mRoles\x1b[0m\n  \x1b[32m+ create role a\x1b[0m\n"
	if b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

// broken is a writer whose disk is full.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	for _, s := range stories {
		if script.WritePSQL(broken{}, s.document) == nil || WriteText(broken{}, Document{Document: s.document}, false) == nil {
			t.Errorf("%s: a failed write is not reported", s.name)
		}
	}
}

// checkSeen refuses what a reader would not see as it is.
func checkSeen(t *testing.T, line string) {
	t.Helper()
	if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q hides a character at byte %d", line, i)
	}
}
