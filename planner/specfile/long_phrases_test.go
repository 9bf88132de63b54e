package specfile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// longGrant names many tables.
func longGrant(from int) string {
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("s.t%d", from+i))
	}
	return "SELECT ON TABLE " + strings.Join(names, ", ")
}

// Long phrases of many roles are each where they stand, and those that an alias repeats share nothing.
func TestLongPhrasesAreReadInTheirPlaces(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nroles:\n")
	for i := range 20 {
		fmt.Fprintf(&text, "  r%d:\n    grants: [USAGE ON SCHEMA s, &g%d '%s']\n    direct_grants: [*g%d]\n", i, i, longGrant(i), i)
	}
	s, err := parse(text.String())
	if err != nil {
		t.Fatal(err)
	}
	for i, role := range s.Roles {
		for _, got := range []spec.Grant{role.Grants[1], role.DirectGrants[0]} {
			want := spec.MustGrants(longGrant(i))[0]
			if want.At = got.At; !reflect.DeepEqual(got, want) || got.At.Line != 4+3*i {
				t.Errorf("%s: %+v", role.Name, got)
			}
		}
		if &role.Grants[1].Target.Objects[0] == &role.DirectGrants[0].Target.Objects[0] {
			t.Errorf("%s: two grants share their objects", role.Name)
		}
	}
}

// Problems of long phrases come in the order of the file.
func TestLongPhrasesTellTheirProblems(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nroles:\n")
	for i := range 10 {
		fmt.Fprintf(&text, "  r%d:\n    grants:\n      - %s, x\n", i, longGrant(i))
	}
	_, err := parse(text.String())
	problems, _ := errors.AsType[spec.Errors](err)
	if len(problems) != 10 {
		t.Fatalf("%d problems: %v", len(problems), err)
	}
	for i, problem := range problems {
		if at := len("      - ") + len(longGrant(i)) + len(", ") + 1; problem.At.Line != 5+3*i || problem.At.Column != at {
			t.Errorf("%d:%d instead of column %d: %s", problem.At.Line, problem.At.Column, at, problem.Message)
		}
	}
}
