package inspect

import (
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

func TestEveryKindIsFound(t *testing.T) {
	for _, kind := range catalog.Kinds() {
		relkinds := strings.Split(kind.Relkinds, "")
		letter := kind.Default[0]
		if kind.Relkinds == "" {
			relkinds = []string{""}
		} else {
			letter = 'r'
		}
		for _, relkind := range relkinds {
			if found, err := kindOf(letter, relkind, "x"); err != nil || found != kind.Kind {
				t.Errorf("%c %q is %s (%v), want %s", letter, relkind, found, err, kind.Kind)
			}
		}
	}
}

// What a later server may have must not be taken for a table.
func TestUnknownKindIsAnError(t *testing.T) {
	for _, c := range []struct {
		letter  byte
		relkind string
	}{{'r', "g"}, {'r', ""}, {'r', "rp"}, {'Z', ""}, {'d', "r"}} {
		if c.relkind == "" && c.letter != 'r' && catalogOf(c.letter) != c.letter {
			t.Errorf("%c was taken for a relation where drift is looked for", c.letter)
		}
		kind, err := kindOf(c.letter, c.relkind, "odd one")
		if err == nil || kind != "" || !strings.Contains(err.Error(), `"odd one"`) {
			t.Errorf("%c %q was taken for %q (%v)", c.letter, c.relkind, kind, err)
		}
	}
}
