package specfile_test

import (
	"errors"
	"strings"
	"testing"

	"pgsr/planner/spec"
	"pgsr/planner/specfile/schematest"
)

// Whatever a file is, it is read or refused, with places that are in it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		warehouse, "", "{}", "version: 1\nroles: {}", "a: &a [*a]", "? a\n: b", "roles: {<<: [*a, {b: c}]}", "\uFEFF---\n...\n---",
		"version: 1\nroles:\n  a:\n    grants: [\"SELECT \\x4fN \\\"\"]\n", "a: |\n  b\n\tc", "\xff", "!!str a: b", "%YAML 1.2\n---\na", "'a': \"b\tc\"",
		`{"version": 1, "roles": {"a": {"login": {"password": "hUnTeR2"}}}}`, "a: {b, c: , d}", "- - a\n  - b", "a: >-\n\n b # c\n#d", "*\n0:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parse(text)
		if err == nil {
			if refusal := schematest.Refusal(text); refusal != nil {
				t.Errorf("%q is read, and the schema refuses it: %v", text, refusal)
			}
			if err := s.Validate(); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		problems, ok := errors.AsType[spec.Errors](err)
		if !ok {
			t.Fatalf("%T is no spec.Errors: %v", err, err)
		}
		for _, e := range problems {
			if e.At.Line < 1 || e.At.Line > lines || e.At.Column < 1 || e.Error() == "" {
				t.Errorf("%q: %+v", text, e)
			}
		}
	})
}
