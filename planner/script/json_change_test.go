package script

import (
	"reflect"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

// Every field of every change comes back, those too that its SQL does not show.
func TestEveryChangeRoundTrips(t *testing.T) {
	for _, name := range catalogtest.Names {
		for _, change := range catalogtest.Planned(name, name) {
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
	if _, err := EncodeChange(nil); err == nil {
		t.Error("no change at all is encoded")
	}
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
