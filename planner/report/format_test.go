package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/script"
)

// warehouse is a plan with all that a document can have: effect, marks, guards apart, and the way back.
func warehouse() Document {
	holder := "_pgsr_local_16384_table_select_0a1b2c3d"
	d := Document{Document: script.Document{
		Origin:  script.Origin{Version: "v0.1.0", Sources: []script.Source{{Name: "roles.yaml", SHA256: strings.Repeat("0f", 32)}}},
		Server:  catalog.Server{VersionNum: 180004, SystemIdentifier: "7412345678901234567", Database: "warehouse", DatabaseOID: 16384, CurrentUser: "deploy", SessionUser: "deploy"},
		LockKey: 1, LockTimeout: 5 * time.Second, Warnings: []string{"roles.yaml:7:9: TABLE sales.returns does not exist"},
		Statements: []script.Statement{
			{Section: script.LosingLogin, Reason: "no login in the spec", Change: catalog.AlterRole{Name: "bob", Login: &no}},
			{Section: script.Roles, Reason: "a role of the spec that does not exist", Change: catalog.CreateRole{Name: "alice"}},
			{Section: script.Roles, Reason: "a role of the spec that does not exist", Change: catalog.CreateRole{Name: "analysts"}},
			{Section: script.Roles, Reason: "a privilege role: it holds SELECT on TABLE sales.orders", Change: catalog.CreateRole{
				Name: holder, Holds: &catalog.Held{Privilege: catalog.Select, Object: orders}}},
			{Section: script.Owners, As: "owner", Reason: "etl: owns SCHEMA sales", Change: catalog.SetOwner{Object: sales, Owner: "etl", From: "dba"}},
			{Section: script.Privileges, Reason: "what the role is for", Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: orders,
				Grantees: []string{holder}, Grantor: "deploy"}},
			{Section: script.Privileges, Reason: "not in the spec of bob", Change: catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Object: orders,
				Grantees: []string{"bob"}, Grantor: "deploy"}},
			{Section: script.Memberships, Reason: "analysts: SELECT ON TABLE sales.orders", Change: catalog.GrantRole{Roles: []string{holder}, Members: []string{"analysts"}, Grantor: "deploy"}},
			{Section: script.Memberships, Reason: "alice: member_of", Change: catalog.GrantRole{Roles: []string{"analysts"}, Members: []string{"alice"}, Grantor: "deploy"}},
			{Section: script.Memberships, Reason: "not in the spec of bob", Change: catalog.RevokeRole{Roles: []string{"admins"}, Members: []string{"bob"}, Grantor: "deploy"}},
			{Section: script.GainingLogin, Reason: "alice: login", Change: catalog.AlterRole{Name: "alice", Login: &yes, Verifier: catalogtest.Verifier, SetValidUntil: true, ValidUntil: &until}},
			{Section: script.GainingLogin, Refresh: true, Reason: "carol: the password is set again", Change: catalog.AlterRole{Name: "carol", Verifier: catalogtest.Verifier}},
		},
		Rollback: &script.Document{
			Warnings: []string{`the password that role "carol" had can not be brought back: it was not readable`},
			Statements: []script.Statement{
				{Section: script.Memberships, Reason: "as it was", Change: catalog.GrantRole{Roles: []string{"admins"}, Members: []string{"bob"}, Grantor: "deploy"}},
				{Section: script.Dropping, Reason: "it was not there before", Change: catalog.DropRole{Name: "alice"}},
			},
		},
	}}
	d.Effect = &access.Effect{
		Compared: 5, Gained: 2, Lost: 3,
		Gains: []access.Group{{Roles: []string{"alice"}, Privileges: []catalog.Privilege{catalog.Select}, Objects: []catalog.ObjectID{orders},
			Path: access.Path{Kind: access.ByPrivilegeRole, Via: []string{"analysts"}}}},
		Losses: []access.Group{{Roles: []string{"bob"}, Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Objects: []catalog.ObjectID{orders},
			Path: access.Path{Kind: access.ByGrant}, Column: "total"},
			{Roles: []string{"bob", "old owner"}, Privileges: []catalog.Privilege{catalog.Create}, Objects: []catalog.ObjectID{sales}, Path: access.Path{Kind: access.ByOwnership}}},
		Held: []access.HeldChange{
			{Roles: []string{"analysts"}, Privileges: []catalog.Privilege{catalog.Select}, Objects: []catalog.ObjectID{orders}},
			{Roles: []string{"bob"}, Lost: true, Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Objects: []catalog.ObjectID{orders}},
		},
		Memberships: []access.MembershipChange{
			{Role: "admins", Members: []string{"bob"}, Before: &catalog.Options{Inherit: true, Set: true}},
			{Role: "analysts", Members: []string{"alice"}, After: &catalog.Options{Inherit: true, Set: true}},
		},
		Ownerships: []access.OwnershipChange{{From: "owner", To: "etl", Objects: []catalog.ObjectID{sales}}},
		GainLogin:  []string{"alice"}, LoseLogin: []string{"bob"}, Created: []string{"alice", "analysts"},
		Marks: []access.Mark{{Kind: access.GainsLogin, Role: "alice", Text: "alice gains login"}, {Kind: access.OwnershipMoves, Role: "etl", Text: "SCHEMA sales moves from owner to etl"}},
	}
	d.Header = script.HeaderLines(d.Document)
	return d
}

// guarded is a plan that checks what it relies on, and what it leads to.
func guarded() Document {
	d := warehouse()
	d.ReliesOn = script.State{Roles: []script.RoleState{{Name: "alice"}}, Objects: []script.ObjectState{{ID: script.StateObject(orders), There: true, OID: 16385, Owner: "deploy"}}}
	d.LeadsTo = script.State{Roles: []script.RoleState{{Name: "alice", There: true}}}
	d.Rollback.ReliesOn, d.Rollback.LeadsTo = d.LeadsTo, d.ReliesOn
	return d
}

// withGuards sees to it that each transaction of a document has guards, there and back.
func withGuards(d Document) Document {
	d.Document = guardedEach(d.Document)
	return d
}

func guardedEach(d script.Document) script.Document {
	from := script.State{Roles: []script.RoleState{{Name: "alice"}}}
	to := script.State{Roles: []script.RoleState{{Name: "alice", There: true}}}
	if len(d.Parts) == 0 && len(d.Statements) > 0 && d.ReliesOn.IsEmpty() {
		d.ReliesOn = from
	}
	if len(d.Parts) == 0 && len(d.Statements) > 0 && d.LeadsTo.IsEmpty() {
		d.LeadsTo = to
	}
	d.Parts = slices.Clone(d.Parts)
	for i := range d.Parts {
		d.Parts[i].ReliesOn, d.Parts[i].LeadsTo = from, to
	}
	if d.Rollback != nil {
		back := guardedEach(*d.Rollback)
		d.Rollback = &back
	}
	return d
}

// What is to be run checks itself, whoever runs it, there and back.
func TestGuardsInFormats(t *testing.T) {
	d := guarded()
	for format, ways := range map[string]int{"psql": 1, "sql": 1, "markdown": 2, "html": 2, "goose": 2} {
		text := strings.ReplaceAll(written(t, format, d), "&#39;", "'")
		for _, guard := range []script.Guard{script.Stale, script.NotAsPlanned} {
			if n := strings.Count(text, guard.Message); n != ways {
				t.Errorf("%s says «%s» %d times, not %d", format, guard.Message, n, ways)
			}
		}
	}
}

// hostileName tries to leave every format: psql, goose, Markdown, HTML, JavaScript.
const hostileName = "x\n-- +goose Down\n```\n</script><script>alert(1)</script><img src=x onerror=alert(1)>`@team` |a| &amp; {{.}} ; --y"

// hostileDocument has such names in every place.
func hostileDocument() Document {
	d := warehouse()
	d.Origin.Version, d.Origin.Sources = hostileName, []script.Source{{Name: hostileName, SHA256: "0f"}}
	d.Server.Database, d.Server.CurrentUser, d.Server.SessionUser = hostileName, "x", "x"
	d.Warnings, d.Ends = []string{hostileName}, []string{hostileName}
	d.Left = []catalog.Left{{Role: hostileName, What: hostileName, Otherwise: true}, {What: hostileName}}
	short := hostileName[:63]
	d.Statements, d.Rollback = nil, &script.Document{Warnings: []string{hostileName}}
	for _, change := range catalogtest.Changes(short, hostileName) {
		d.Statements = append(d.Statements, script.Statement{Section: script.Privileges, As: short, Reason: hostileName, Change: change})
	}
	d.Rollback.Statements = d.Statements
	d.ReliesOn = script.State{Roles: []script.RoleState{{Name: short, There: true}}, Objects: []script.ObjectState{{ID: script.StateObject{Kind: catalog.Schema, Name: short}, Owner: short}}}
	group := access.Group{Roles: []string{hostileName}, Privileges: []catalog.Privilege{catalog.Select},
		Objects: []catalog.ObjectID{{Kind: catalog.Table, Schema: hostileName, Name: hostileName}}, Path: access.Path{Kind: access.ByGrant, Via: []string{hostileName}}}
	d.Effect = &access.Effect{Gained: 1, Gains: []access.Group{group}, Marks: []access.Mark{{Kind: access.LosesAccess, Role: hostileName, Text: hostileName}}}
	d.Header = script.HeaderLines(d.Document)
	return d
}

func written(t *testing.T, format string, d Document) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, format, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// One plan in every format, as it comes by default.
func TestFormats(t *testing.T) {
	for _, format := range FormatNames() {
		t.Run(format, func(t *testing.T) { golden(t, "format_"+format, written(t, format, warehouse())) })
	}
}

// What ends soon stands where people read, not only in the script.
func TestEndsInFormats(t *testing.T) {
	d := warehouse()
	d.Ends = []string{"alice's <role>"}
	for format, want := range map[string]string{
		"html":     "<h2>Ends soon</h2>\n<ul class=\"cards\"><li class=\"card amber\"><bdi>alice&#39;s &lt;role&gt;</bdi></li></ul>",
		"markdown": "### Ends soon\n\n- `alice's <role>`\n",
	} {
		if text := written(t, format, d); !strings.Contains(text, want) {
			t.Errorf("%s does not say what ends soon:\n%s", format, text)
		}
	}
}

// What a run leaves that only gives stands where people and programs read; scripts count it.
func TestLeftInFormats(t *testing.T) {
	d := warehouse()
	d.Left = []catalog.Left{{Role: "bob", What: "INSERT on TABLE sales.<orders>"}, {What: "USAGE on SCHEMA sales", Otherwise: true}}
	d.Header = script.HeaderLines(d.Document)
	const counted = "left as it is, where mode sync would take it: 2 things, 1 of them given in another way, too"
	for format, want := range map[string][]string{
		"html":     {"<h2>Left as it is</h2>", counted, "<bdi>role bob: INSERT on TABLE sales.&lt;orders&gt;</bdi>", "everyone (PUBLIC): USAGE on SCHEMA sales (which the spec gives it in another way)"},
		"markdown": {"<summary>" + counted, "\nrole bob: INSERT on TABLE sales.<orders>\n"},
		"text":     {counted, "\n  = role bob: INSERT on TABLE sales.<orders>\n"},
		"psql":     {"\n-- " + counted + "\n"},
		"sql":      {"\n-- " + counted + "\n"},
		"json":     {`"left": [`, `"role": "bob",`, `"otherwise": true`},
	} {
		text := written(t, format, d)
		for _, words := range want {
			if !strings.Contains(text, words) {
				t.Errorf("%s lacks %q:\n%s", format, words, text)
			}
		}
	}
	read, err := ReadJSON(strings.NewReader(written(t, "json", guardedWith(d.Left))))
	if err != nil || !slices.Equal(read.Left, d.Left) {
		t.Errorf("%v: %v", err, read.Left)
	}
}

func guardedWith(left []catalog.Left) Document {
	d := guarded()
	d.Left = left
	return d
}

// A page says that nobody loses anything, where it is so.
func TestPageSaysThatNobodyLoses(t *testing.T) {
	const nobody = "<p>Nobody loses anything.</p>"
	d := warehouse()
	if strings.Contains(written(t, "html", d), nobody) {
		t.Error("somebody does")
	}
	d.Effect.Losses, d.Effect.LoseLogin, d.Effect.Memberships = nil, nil, nil
	if !strings.Contains(written(t, "html", d), nobody) {
		t.Error("the page does not say it")
	}
}

func TestNothingToDoInEveryFormat(t *testing.T) {
	d := warehouse()
	d.Statements, d.Rollback, d.Effect, d.Warnings = nil, nil, nil, nil
	for _, format := range FormatNames() {
		text := written(t, format, d)
		if strings.Contains(text, "COMMIT") || strings.Contains(text, "pg_advisory") {
			t.Errorf("%s has a transaction for nothing:\n%s", format, text)
		}
		if format != "json" && !strings.Contains(text, "Nothing to do") {
			t.Errorf("%s does not say that there is nothing to do:\n%s", format, text)
		}
	}
}

// Every line that a hostile name is in stands in the place that was meant for it.
func TestHostileNamesInFormats(t *testing.T) {
	d := hostileDocument()
	for _, format := range FormatNames() {
		for line := range strings.Lines(written(t, format, d)) {
			checkSeen(t, strings.TrimSuffix(line, "\n"))
			if strings.Contains(line, "<script>alert") && format == "html" || strings.Contains(line, "<img") && format == "html" {
				t.Errorf("html: %s", line)
			}
		}
	}
}

func TestWriteErrorsOfFormats(t *testing.T) {
	for _, format := range FormatNames() {
		if Write(broken{}, format, warehouse()) == nil {
			t.Errorf("%s: a failed write is not reported", format)
		}
	}
	if err := Write(broken{}, "xml", warehouse()); err == nil || !strings.Contains(err.Error(), `no format "xml"`) {
		t.Errorf("an unknown format gives %v", err)
	}
}

// What is shared holds no verifier unless that is asked for; where it is left out, that is said.
func TestPasswordsInFormats(t *testing.T) {
	secret := strings.Repeat("A", 43)
	for _, f := range Formats() {
		for _, passwords := range []script.Passwords{"", script.PasswordVerifiers, script.PasswordVariables, script.PasswordsOmitted} {
			d := warehouse()
			d.Passwords = passwords
			var b strings.Builder
			err := Write(&b, f.Name, d)
			if (err != nil) != (passwords == script.PasswordVariables && !f.variables) {
				t.Errorf("%s with %q gives %v", f.Name, passwords, err)
			}
			held := passwords
			if held == "" {
				held = f.Passwords
			}
			want := err == nil && held == script.PasswordVerifiers && f.Name != "text"
			if strings.Contains(b.String(), secret) != want {
				t.Errorf("%s with passwords %q: holds a verifier: %v", f.Name, passwords, !want)
			}
			if passwords == script.PasswordsOmitted && f.Name != "text" && !strings.Contains(b.String(), "passwords are left out, as asked for: set by other means that of alice, carol") {
				t.Errorf("%s does not say that it leaves passwords out:\n%s", f.Name, b.String())
			}
		}
	}
	d := warehouse()
	d.Passwords = "clear"
	if err := Write(broken{}, "psql", d); err == nil || !strings.Contains(err.Error(), `no way "clear"`) {
		t.Errorf("an unknown way to hold passwords gives %v", err)
	}
}

// A password that is removed is not left out: it gives nothing away.
func TestOmittedPasswordsAreStillRemoved(t *testing.T) {
	d := script.WithoutPasswords(script.Document{Statements: []script.Statement{{Change: catalog.AlterRole{Name: "a", Verifier: catalog.NoPassword}}}})
	if len(d.Statements) != 1 || len(d.Warnings) != 0 || script.SQL(d.Statements[0].Change, from16) != `ALTER ROLE "a" WITH PASSWORD NULL` {
		t.Errorf("%+v", d)
	}
}

func TestVariablesAreGolden(t *testing.T) {
	d := warehouse()
	d.Passwords = script.PasswordVariables
	golden(t, "format_psql_variables", written(t, "psql", d))
}
