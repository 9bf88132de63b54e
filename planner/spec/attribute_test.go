package spec_test

import (
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// An error shows nothing of a text that may hold a password.
func TestAttributesWithPasswordsAreNotShown(t *testing.T) {
	for _, text := range []string{"ENCRYPTED PASSWORD 'hunter2'", "password'hunter2'", "LOGIN PASSWORD 'hunter2'", "CREATEDB PASSWORD hunter2"} {
		_, err := spec.ParseAttribute(text)
		if err == nil || strings.Contains(strings.ToLower(err.Error()), "hunter2") || !strings.HasPrefix(err.Error(), "PASSWORD is not for attributes: ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The words are ASCII, and white space is what PostgreSQL takes for it.
func TestAttributesAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"superuser": "SUPERUSER", "noCreateDB": "NOCREATEDB", " connection\tLIMIT\n20 ": "CONNECTION LIMIT 20", "CONNECTION LIMIT -1": "CONNECTION LIMIT -1",
		"\u017fuperuser": "", "CONNECTION LIMIT20": "", "CONNECTION\u00a0LIMIT 20": "", "CONNECTION LIMIT": "", "CONNECTION LIMIT 2 0": "", "CONNECTION LIMIT -2": "",
	} {
		a, err := spec.ParseAttribute(text)
		if got := a.String(); (err == nil) != (want != "") || err == nil && got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// EXTENSION is also the name of a schema.
func TestTableOfSchemaExtensionIsIgnored(t *testing.T) {
	ignored, err := spec.ParseIgnored("extension.foo")
	if err != nil || len(ignored) != 1 || ignored[0].Target == nil || ignored[0].Target.Objects[0].Schema != "extension" {
		t.Errorf("%v, %v", ignored, err)
	}
}
