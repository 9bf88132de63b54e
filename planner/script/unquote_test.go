package script_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/script"
)

// TestUnquote reads back every name that a script writes.
func TestUnquote(t *testing.T) {
	for _, name := range catalogtest.Names {
		if !utf8.ValidString(name) || name == "public" || name == "none" {
			continue
		}
		quoted := strings.TrimPrefix(script.SQL(catalog.DropRole{Name: name}, catalog.Server{VersionNum: 180000}), "DROP ROLE ")
		if got, ok := script.Unquote(quoted); !ok || got != name {
			t.Errorf("%s is read as %q, %v", quoted, got, ok)
		}
	}
	for _, quoted := range []string{``, `"`, `x`, `U&"\00"`, `U&"\zzzz"`} {
		if got, ok := script.Unquote(quoted); ok {
			t.Errorf("%s is read as %q", quoted, got)
		}
	}
}
