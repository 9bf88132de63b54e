package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The schema is that of docs/, in a file as on stdout.
func TestSchema(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	want := readFile(t, filepath.Join(repository, "docs/spec.schema.json"))
	o := s.want(0, "schema")
	if o.stdout != want {
		t.Error("it is not docs/spec.schema.json")
	}
	empty(t, "stderr", o.stderr)
	empty(t, "stdout", s.want(0, "schema", "-o", "spec.schema.json").stdout)
	if written, err := os.ReadFile(filepath.Join(s.dir, "spec.schema.json")); err != nil || string(written) != want {
		t.Errorf("the file is not docs/spec.schema.json: %v", err)
	}
	contains(t, s.want(1, "schema", "pgsr.yaml").stderr, "pgsr.yaml")
}
