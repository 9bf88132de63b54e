package inspect

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestSortByName compares with comparing whole names: those of a few letters, that end within eight bytes or with
// them, and that begin with the same.
func TestSortByName(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var all []namedAt
		var names []string
		for at := range random.IntN(40) {
			name := strings.Repeat("_", 8*random.IntN(3)) + strings.Repeat("a", random.IntN(10))
			for range random.IntN(12) {
				name += string(rune('a' + random.IntN(3)))
			}
			all, names = append(all, namedAt{name: name + "\u00e9\u00ff"[:2*random.IntN(3)], at: at}), append(names, "")
			names[at] = all[at].name
		}
		slices.Sort(names)
		sortByName(all, 0)
		for i := range all {
			if all[i].name != names[i] {
				t.Fatalf("%q instead of %q", all[i].name, names[i])
			}
		}
	}
}
