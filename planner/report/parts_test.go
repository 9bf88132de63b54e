package report

import (
	"reflect"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// divided is a plan of three transactions, of which the last sets passwords.
func divided() Document {
	d := warehouse()
	guarded := guarded()
	d.ReliesOn, d.LeadsTo = script.State{}, script.State{}
	for _, cut := range [][2]int{{0, 4}, {4, 10}, {10, 12}} {
		d.Parts = append(d.Parts, script.Part{Statements: d.Statements[cut[0]:cut[1]], ReliesOn: guarded.ReliesOn, LeadsTo: guarded.LeadsTo})
	}
	d.Rollback.Parts = []script.Part{{Statements: d.Rollback.Statements[:1]}, {Statements: d.Rollback.Statements[1:]}}
	d.Header = script.HeaderLines(d.Document)
	return d
}

func TestPartsInFormats(t *testing.T) {
	d := divided()
	for i := range d.Parts {
		d.Parts[i] = script.Part{Statements: d.Parts[i].Statements} // the guards are those of other documents
	}
	for _, format := range []string{"psql", "sql", "text"} {
		t.Run(format, func(t *testing.T) { golden(t, "parts_"+format, written(t, format, d)) })
	}
}

// Who stays with what he has is named in no transaction, and privilege roles never are; of many transactions the first
// have a line.
func TestTransactionsForPeople(t *testing.T) {
	read := []catalog.Privilege{catalog.Select}
	moved := []script.Statement{
		{Section: script.PrivilegeRoles, Change: catalog.CreateRole{Name: reader, Members: []string{"bob", "carol"}, Holds: &catalog.Held{Privilege: catalog.Select, Object: orders}}},
		{Section: script.Privileges, Change: catalog.Grant{Privileges: read, Object: orders, Grantees: []string{reader}}},
		{Section: script.Privileges, Change: catalog.Revoke{Privileges: read, Object: orders, Grantees: []string{"bob", "eve", catalog.Public}}},
	}
	d := Document{Effect: &access.Effect{Moved: 1, Held: []access.HeldChange{
		{Roles: []string{"carol"}, Privileges: read, Objects: []catalog.ObjectID{orders}}, {Roles: []string{catalog.Public, "eve"}, Lost: true, Privileges: read, Objects: []catalog.ObjectID{orders}},
	}}}
	add := func(statements ...script.Statement) {
		d.Statements, d.Parts = append(d.Statements, statements...), append(d.Parts, script.Part{Statements: statements})
	}
	add(moved...)
	add(moved[1])
	for range 20 {
		add(script.Statement{Section: script.Memberships, Change: catalog.GrantRole{Roles: []string{reader}, Members: []string{"carol"}}}, script.Statement{Section: script.Roles, Change: catalog.CommentOnRole{Name: "bob", Comment: "b"}})
	}
	for _, format := range []string{"text", "markdown"} {
		text := written(t, format, d)
		for _, want := range []string{
			"transaction 1 of 22: takes from PUBLIC, eve; gives to carol (3 statements)", "transaction 2 of 22: nothing for people (1 statement)",
			"transaction 20 of 22: gives to carol; changes bob (2 statements)", "and 2 more transactions",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%.3000s", format, want, text)
			}
		}
	}
}

// Each transaction is locked and guarded for itself, and no lock stays with the session.
func TestEachPartIsATransaction(t *testing.T) {
	d := divided()
	d.NoLedger = true // so that a ticket has room for both scripts
	for format, ways := range map[string]int{"psql": 3, "sql": 3, "markdown": 5, "html": 5} {
		text := strings.ReplaceAll(written(t, format, d), "&#39;", "'")
		scripts := 1 + (ways-1)/4
		for what, times := range map[string]int{
			"\nCOMMIT;": ways, "pg_advisory_xact_lock(": ways,
			script.Stale.Message: 1, "what is left of it relies on something that has changed": 2, script.NotAsPlanned.Message: 1, "so this transaction changed nothing": 2, "ransaction 3 of 3": scripts,
		} {
			if n := strings.Count(text, what); n < times {
				t.Errorf("%s has %q %d times, not %d", format, what, n, times)
			}
		}
		if strings.Contains(text, "pg_advisory_lock(") {
			t.Errorf("%s keeps a lock of the session", format)
		}
	}
}

func TestGooseRefusesParts(t *testing.T) {
	var text strings.Builder
	for _, d := range []Document{divided(), {Document: script.Document{Rollback: &script.Document{Parts: divided().Parts}}}} {
		if err := Write(&text, "goose", d); err == nil || !strings.Contains(err.Error(), "max_locks_per_transaction") || text.Len() > 0 {
			t.Errorf("error %v, written %q", err, text.String())
		}
	}
}

func TestJSONHoldsParts(t *testing.T) {
	d := withGuards(divided())
	text := written(t, "json", d)
	checkSchema(t, "parts", text)
	got, err := ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	sameStatements(t, "parts", d.Document, got.Document)
	if len(got.Parts) != len(d.Parts) || len(got.Rollback.Parts) != 2 {
		t.Fatalf("%d parts, and back %d", len(got.Parts), len(got.Rollback.Parts))
	}
	for i, part := range got.Parts {
		if len(part.Statements) != len(d.Parts[i].Statements) || !reflect.DeepEqual(part.ReliesOn, d.Parts[i].ReliesOn) || !reflect.DeepEqual(part.LeadsTo, d.Parts[i].LeadsTo) {
			t.Errorf("part %d is %+v, not %+v", i+1, part, d.Parts[i])
		}
	}
	if again := written(t, "json", got); again != text {
		t.Errorf("written again, it is another file:\n%s", again)
	}
}

func TestReadJSONRefusesPartsThatAreNotAll(t *testing.T) {
	text := written(t, "json", withGuards(divided()))
	for from, to := range map[string]string{`"statements": 4`: `"statements": 3`, `"statements": 6`: `"statements": 60`, `"statements": 2`: `"statements": 0`} {
		if _, err := ReadJSON(strings.NewReader(strings.Replace(text, from, to, 1))); err == nil || !strings.Contains(err.Error(), "part") {
			t.Errorf("%s: error %v", to, err)
		}
	}
}

// Passwords are numbered through all transactions, and left out of all.
func TestPasswordsInParts(t *testing.T) {
	d := divided()
	d.Passwords = script.PasswordVariables
	d.Parts = append(d.Parts[:2:2], script.Part{Statements: d.Statements[10:11]}, script.Part{Statements: d.Statements[11:]})
	text := written(t, "psql", d)
	for _, variable := range []string{`PASSWORD :'pgsr_password_1'`, `PASSWORD :'pgsr_password_2'`} {
		if strings.Count(text, variable) != 1 {
			t.Errorf("there is no %s:\n%s", variable, text)
		}
	}
	d.Passwords = script.PasswordsOmitted
	if text := written(t, "psql", d); strings.Contains(text, "SCRAM") || strings.Contains(text, "PASSWORD") {
		t.Errorf("passwords are not left out:\n%s", text)
	}
}
