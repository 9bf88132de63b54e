package lists

import (
	"reflect"
	"strings"
	"testing"
)

type word string

func TestLists(t *testing.T) {
	few := []string{"a", `b"`}
	for what, test := range map[string]struct{ got, want any }{
		"map":     {Map(few, strings.ToUpper), []string{"A", `B"`}},
		"concat":  {Concat(few, func(s string) []string { return []string{s, s} }), []string{"a", "a", `b"`, `b"`}},
		"filter":  {Filter(few, func(s string) bool { return len(s) > 1 }), []string{`b"`}},
		"join":    {Join(few, strings.ToUpper), `A, B"`},
		"set":     {Set(few, []string{"a", "c"}), map[string]bool{"a": true, `b"`: true, "c": true}},
		"words":   {Strings([]word{"x", "y"}), []string{"x", "y"}},
		"first":   {First(few, 1, 3), "a and 2 more"},
		"all":     {First(few, 2, 2), `a, b"`},
		"counted": {Counted(1, "rat", "rats") + " and " + Counted(0, "rat", "rats"), "1 rat and 0 rats"},
		"quoted":  {Quoted(few), []string{`"a"`, `"b\""`}},
		// What is empty is nil, as of a loop that appends: JSON shows which it is.
		"map of nothing":    {Map([]string{}, strings.ToUpper), []string(nil)},
		"filter of nothing": {Filter(few, func(string) bool { return false }), []string(nil)},
		"set of nothing":    {Set[string](), map[string]bool{}},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: %#v, want %#v", what, test.got, test.want)
		}
	}
}
