package script

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

// Every change is written as SQL and in words, and every field of it comes back from a saved plan, those too that its
// SQL does not show.
func TestEveryChangeIsWritten(t *testing.T) {
	for _, name := range catalogtest.Names {
		for _, change := range catalogtest.Changes(name, name) {
			checkWritten(t, change)
			data, err := EncodeChange(change)
			if err != nil {
				t.Fatal(err)
			}
			got, err := DecodeChange(data)
			if err != nil {
				t.Fatalf("%s: %v", data, err)
			}
			if !strings.Contains(string(data), `\ufffd`) && !sameChange(got, change) {
				t.Errorf("%#v comes back as %#v", change, got)
			}
		}
	}
	for _, change := range catalogtest.Changes("x", "x") {
		checkWritten(t, change)
	}
}

func checkWritten(t *testing.T, change catalog.Change) {
	t.Helper()
	for _, server := range []catalog.Server{before16, from16} {
		if err := CheckSQL(change, server); err != nil {
			t.Errorf("%#v: %v", change, err)
		}
	}
	if Summary(change) == "" || !strings.ContainsRune("+-~", rune(Statement{Change: change}.Mark())) || len(textOf(change).names()) == 0 {
		t.Errorf("%#v is not said in words", change)
	}
}

// What plans can have is counted and read by one table.
func TestChangeTypes(t *testing.T) {
	for _, change := range catalogtest.Changes("x", "x") {
		is := func(known changeType) bool { return reflect.TypeOf(known.change) == reflect.TypeOf(change) }
		if at := slices.IndexFunc(changeTypes, is); at < 0 || !strings.Contains(StatementCounts([]Statement{{Change: change}}), changeTypes[at].one) {
			t.Errorf("there is no %T among the types of changes", change)
		}
	}
}

// stranger is a change of which this package knows nothing.
type stranger struct{ catalog.DropRole }

func TestUnknownChangePanics(t *testing.T) {
	defer func() {
		if said := recover(); said != "unknown change script.stranger" {
			t.Errorf("it panics with %v", said)
		}
	}()
	Summary(stranger{})
}

// A plan that was saved when a statement could be about one role only is read as it was written.
func TestOldFormOfMembershipsIsRead(t *testing.T) {
	for text, want := range map[string]catalog.Change{
		`{"type": "grant_role", "role": "r", "members": ["a", "b"], "grantor": "g"}`: catalog.GrantRole{Roles: []string{"r"}, Members: []string{"a", "b"}, Grantor: "g"},
		`{"type": "revoke_role", "role": "r", "members": ["a"], "grantor": "g"}`:     catalog.RevokeRole{Roles: []string{"r"}, Members: []string{"a"}, Grantor: "g"},
	} {
		got, err := DecodeChange([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %#v, %v", text, got, err)
		}
		data, err := EncodeChange(want)
		if err != nil || strings.TrimSpace(string(data)) != strings.ReplaceAll(strings.ReplaceAll(text, ": ", ":"), ", ", ",") {
			t.Errorf("%s is written as %s, %v", text, data, err)
		}
	}
}

// sameChange compares moments as moments.
func sameChange(a, b catalog.Change) bool {
	x, isX := a.(catalog.AlterRole)
	y, isY := b.(catalog.AlterRole)
	if isX && isY && x.ValidUntil != nil && y.ValidUntil != nil && x.ValidUntil.Equal(*y.ValidUntil) {
		x.ValidUntil = y.ValidUntil
		a = x
	}
	return reflect.DeepEqual(a, b)
}
