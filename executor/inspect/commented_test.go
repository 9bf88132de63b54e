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
	if len(names) < 10 {
		t.Fatalf("the look has the parts %q", names)
	}
	for bits := range 1 << len(names) {
		want, parts := gen.Drift, map[string]bool{}
		for i, name := range names {
			if bits>>i&1 != 0 {
				want, parts[name] = uncommented(want, name), true
			}
		}
		if got := withParts(gen.Drift, parts); got != left.ReplaceAllString(want, "") || strings.Contains(got, "*/") {
			t.Fatalf("with %v it is\n%s", parts, got)
		}
	}
}

// uncommented makes part of a query what comments of a name hold.
func uncommented(sql, name string) string {
	parts := strings.Split(sql, "/* "+name+":")
	for i := range parts[1:] {
		parts[i+1] = strings.Replace(parts[i+1], "*/", "", 1)
	}
	return strings.Join(parts, "")
}
