package lists

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

type word string

func TestLists(t *testing.T) {
	few := []string{"a", `b"`}
	counts, others := map[string]int{"a": 1, "b": 2, "c": 3}, map[string]int{"c": 4, "d": 5}
	first, _ := Place(counts, "a")
	last, isNew := Place(maps.Clone(counts), "new")
	both := map[string][2]int{}
	Both(counts, others, func(key string, inA, inB int) { both[key] = [2]int{inA, inB} })
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
		"keys":    {Keys(counts, strings.Compare, func(_ string, n int) bool { return n != 2 }), []string{"a", "c"}},
		"both":    {both, map[string][2]int{"a": {1, 0}, "b": {2, 0}, "c": {3, 4}, "d": {0, 5}}},
		"places":  {[]any{first, last, isNew}, []any{1, 3, true}},
		"new":     {AppendNew(few, "a", "c", "c"), []string{"a", `b"`, "c"}},
		"bools":   {[]int{CompareBools(false, true), CompareBools(true, true), CompareBools(true, false)}, []int{-1, 0, 1}},
		// What is empty is nil, as of a loop that appends: JSON shows which it is.
		"map of nothing":    {Map([]string{}, strings.ToUpper), []string(nil)},
		"filter of nothing": {Filter(few, func(string) bool { return false }), []string(nil)},
		"keys of nothing":   {Keys(map[string]int{}, strings.Compare, func(string, int) bool { return true }), []string(nil)},
		"set of nothing":    {Set[string](), map[string]bool{}},
	} {
		if !reflect.DeepEqual(test.got, test.want) {
			t.Errorf("%s: %#v, want %#v", what, test.got, test.want)
		}
	}
}
