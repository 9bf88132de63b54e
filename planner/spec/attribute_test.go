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
