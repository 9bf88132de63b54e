package inspect

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgsr/gen"
)

// TestAskedParts: whatever parts of the look are asked for, its text is the one that uncommenting them gives, without
// the comments that are left.
func TestAskedParts(t *testing.T) {
	t.Parallel()
	left := regexp.MustCompile(`(?s)/\* .*?\*/`)
	known := map[string]bool{}
	for _, name := range regexp.MustCompile(`/\* (of [a-z ]+):`).FindAllStringSubmatch(gen.Drift, -1) {
		known[name[1]] = true
	}
	names := slices.Sorted(maps.Keys(known))
	if len(names) < 11 {
		t.Fatalf("the look has the parts %q", names)
	}
	for bits := range 1 << len(names) {
		want, asked := gen.Drift, map[string]bool{}
		for i, name := range names {
			if bits>>i&1 != 0 {
				want, asked[name] = uncomment(want, name), true
			}
		}
		if got := commentedDrift.asked(asked); got != left.ReplaceAllString(want, "") || strings.Contains(got, "*/") {
			t.Fatalf("with %v it is\n%s", asked, got)
		}
	}
}
