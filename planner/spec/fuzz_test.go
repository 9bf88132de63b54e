package spec_test

import (
	"errors"
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
func validate(t *testing.T, role spec.Role) {
	role.Name = "r"
	if err := (&spec.Spec{Roles: []spec.Role{role}}).Validate(); err != nil {
		t.Error(err)
	}
}
