package resolve_test

import (
	"reflect"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// TestEveryChangeHasAPlace: what a statement does for a role of the spec, the spec says somewhere: at least where
// the role stands. Only a way back drops schemas.
func TestEveryChangeHasAPlace(t *testing.T) {
	s, _ := readSpec(t, "roles: {x: {}}", "")
	current := catalog.New(catalog.Server{VersionNum: 180000, CurrentUser: "x"})
	resolution, err := resolve.Resolve(s, current, resolve.Means{})
	if err != nil {
		t.Fatal(err)
	}
	placed := map[string]bool{"DropSchema": true}
	for _, change := range catalogtest.Changes("x", "x") {
		name := reflect.TypeOf(change).Name()
		placed[name] = placed[name] || resolution.DeclaredAt(change) != (spec.Position{})
	}
	for name, is := range placed {
		if !is {
			t.Errorf("no %s has a place", name)
		}
	}
}
