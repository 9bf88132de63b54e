package inspect

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// TestBits: wherever a query sends attributes or options as bits, it does so in the same words, which are those that
// are read here. sqlc has no way to write them once.
func TestBits(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../queries/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	const (
		attributes = "r.rolsuper::integer + 2 * r.rolinherit::integer + 4 * r.rolcreaterole::integer + 8 * r.rolcreatedb::integer + " +
			"16 * r.rolcanlogin::integer + 32 * r.rolreplication::integer + 64 * r.rolbypassrls::integer"
		options = "CASE WHEN m.admin_option THEN 1 ELSE 0 END + CASE WHEN inherit_option THEN 2 ELSE 0 END + CASE WHEN set_option THEN 4 ELSE 0 END"
	)
	for words, begin := range map[string]string{attributes: "rolsuper::integer", options: "CASE WHEN m.admin_option"} {
		begun, whole := 0, 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			query := regexp.MustCompile(`\s+`).ReplaceAllString(string(text), " ")
			begun, whole = begun+strings.Count(query, begin), whole+strings.Count(query, words)
		}
		if begun < 4 || begun != whole {
			t.Errorf("%d queries send bits that begin with %s, and %d send %s", begun, begin, whole, words)
		}
	}
	for bit, want := range []catalog.Attributes{
		{Superuser: true}, {Inherit: true}, {CreateRole: true}, {CreateDB: true}, {Login: true}, {Replication: true}, {BypassRLS: true},
	} {
		if got := attributesOf(1 << bit); !reflect.DeepEqual(got, want) {
			t.Errorf("bit %d: %+v, want %+v", bit, got, want)
		}
	}
	for bit, want := range []catalog.Options{{Admin: true}, {Inherit: true}, {Set: true}} {
		if got := OptionsOf(1 << bit); got != want {
			t.Errorf("bit %d: %+v, want %+v", bit, got, want)
		}
	}
}
