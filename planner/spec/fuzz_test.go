package spec_test

import (
	"errors"
	"testing"

	"pgsr/planner/spec"
)

// Whatever a phrase is, it is read or refused; and what is read is right.
func FuzzParseGrants(f *testing.F) {
	for _, seed := range []string{
		"SELECT ON TABLE a.b", `ALL PRIVILEGES ON sales."Order ""x"" Lines", c.d`, "USAGE, CREATE ON SCHEMA a TO b",
		`SELECT ON TABLES MATCHING 'fact''_.*' IN SCHEMA a, b`, "TEMP ON DATABASE a;", "SELECT (a) ON b", `"`, "'", "ON", "日本\u00a0",
		"USAGE ON ALL SEQUENCES IN SCHEMA a", "\x00\xff", "SELECT ON TABLES MATCHING '\\Q(' IN SCHEMA a",
		"SELECT (a), ALL (b, \"C\") ON TABLE IF EXISTS s.t WITH GRANT OPTION UNTIL '2026-12-24T18:00:00Z'", "EXTENSION MEMBERS", "ROLE a",
		"SELECT ON ALL TABLES, SEQUENCES IN SCHEMA IF EXISTS a EXCEPT a.b", "CONNECT ON DATABASES MATCHING 't.*' EXCEPT MATCHING 'x'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, phrase string) {
		owned, err := spec.ParseOwnerships(phrase)
		if err == nil {
			matchesPatterns(t, phrase, editorPatterns().owned)
			validate(t, &spec.Spec{Roles: []spec.Role{{Name: "r", Owns: owned}}})
		}
		ignored, err := spec.ParseIgnored(phrase)
		if err == nil {
			matchesPatterns(t, phrase, editorPatterns().ignored)
			validate(t, &spec.Spec{Ignore: ignored})
		}
		grants, err := spec.ParseGrants(phrase)
		if err == nil {
			matchesPatterns(t, phrase, editorPatterns().grant, editorPatterns().fits)
			validate(t, &spec.Spec{Roles: []spec.Role{{Name: "r", DirectGrants: grants}}})
			return
		}
		runes := len([]rune(phrase))
		problems, ok := errors.AsType[spec.Errors](err)
		if !ok {
			t.Fatalf("%T is no spec.Errors: %v", err, err)
		}
		for _, e := range problems {
			if e.At.Line < 1 || e.At.Column < 1 || e.At.Column > runes+1 || e.Message == "" {
				t.Errorf("%q: %+v", phrase, e)
			}
		}
	})
}

// What a parser lets through, Validate does too.
func validate(t *testing.T, s *spec.Spec) {
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}
