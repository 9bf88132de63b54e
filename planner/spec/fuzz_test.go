package spec_test

import (
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// Whatever a phrase is, it is read or refused; and what is read is right.
func FuzzParseGrant(f *testing.F) {
	for _, seed := range []string{
		"SELECT ON TABLE a.b", `ALL PRIVILEGES ON sales."Order ""x"" Lines", c.d`, "USAGE, CREATE ON SCHEMA a TO b",
		`SELECT ON TABLES MATCHING 'fact''_.*' IN SCHEMA a, b`, "TEMP ON DATABASE a;", "SELECT (a) ON b", `"`, "'", "ON", "日本\u00a0",
		"USAGE ON ALL SEQUENCES IN SCHEMA a", "\x00\xff", "SELECT ON TABLES MATCHING '\\Q(' IN SCHEMA a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		owned, err := spec.ParseOwnership(phrase)
		if err == nil {
			validate(t, spec.Role{Owns: []spec.Ownership{owned}})
		}
		grant, err := spec.ParseGrant(phrase)
		if err == nil {
			validate(t, spec.Role{Grants: []spec.Grant{grant}})
			return
		}
		runes := len([]rune(phrase))
		for _, e := range err.(spec.Errors) {
			if e.At.Line < 1 || e.At.Column < 1 || e.At.Column > runes+1 || e.Message == "" {
				t.Errorf("%q: %+v", phrase, e)
			}
		}
	})
}

// What a parser lets through, Validate does too.
func validate(t *testing.T, role spec.Role) {
	role.Name = "r"
	if err := (&spec.Spec{Roles: []spec.Role{role}}).Validate(); err != nil {
		t.Error(err)
	}
}

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
			if err := s.Validate(); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, e := range err.(spec.Errors) {
			if e.At.Line < 1 || e.At.Line > lines || e.At.Column < 1 || e.Error() == "" {
				t.Errorf("%q: %+v", text, e)
			}
		}
	})
}
