package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goNeeded is the version of Go that go.mod asks for.
func goNeeded(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(readFile(t, filepath.Join(repository, "go.mod")))
	if found == nil {
		t.Fatal("go.mod has no line go")
	}
	return found[1]
}

// TestPagesSayWhichGoIsNeeded: the version of go.mod, where one reads how to build.
func TestPagesSayWhichGoIsNeeded(t *testing.T) {
	for _, page := range []string{"README.md", "CONTRIBUTING.md"} {
		contains(t, readFile(t, filepath.Join(repository, page)), "[Go](https://go.dev/doc/install) "+strings.TrimSuffix(goNeeded(t), ".0")+" or later")
	}
}

// TestMakeSaysWhatToDoWithoutGo, and with one that is too old, whatever it is to make.
func TestMakeSaysWhatToDoWithoutGo(t *testing.T) {
	program, err := exec.LookPath("make")
	if err != nil {
		t.Skip("there is no make here")
	}
	old := filepath.Join(t.TempDir(), "go")
	if err := os.WriteFile(old, []byte("#!/bin/sh\n[ \"$*\" = 'env GOVERSION' ] && echo go1.9.7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "none", "go")
	for _, target := range makeTargets(t) {
		for _, given := range []struct{ program, said string }{
			{missing, "there is no Go here (" + missing + ")"},
			{old, old + " is Go 1.9.7"},
		} {
			cmd := exec.Command(program, "-C", repository, "--no-print-directory", target)
			cmd.Env = append(os.Environ(), "GO="+given.program, "PATH=/usr/bin:/bin", "GOTOOLCHAIN=local")
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("make %s, GO=%s: it went on: %s", target, given.program, out)
			}
			contains(t, string(out), "pgsr needs Go "+goNeeded(t)+" or later, and "+given.said+": https://go.dev/doc/install says how to install it.\n")
			if lines := strings.Count(string(out), "\n"); lines > 2 { // ours, and that of make
				t.Errorf("make %s, GO=%s: it says more than a sentence:\n%s", target, given.program, out)
			}
		}
	}
}

// makeTargets are all that the Makefile can make, but for the help.
func makeTargets(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, found := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):`).FindAllStringSubmatch(readFile(t, filepath.Join(repository, "Makefile")), -1) {
		if found[1] != "help" {
			all = append(all, found[1])
		}
	}
	if len(all) < 12 {
		t.Fatalf("the Makefile has only %q", all)
	}
	return all
}

// TestNewerGoWillDo: parts of versions are compared as numbers.
func TestNewerGoWillDo(t *testing.T) {
	for version, fits := range map[string]bool{
		"go" + goNeeded(t): true, "go1.100": true, "go2.0": true, "devel go1.99-0123abc Mon": true,
		"go1.9.7": false, "go1.21.13": false, "": false,
	} {
		program := filepath.Join(t.TempDir(), "go")
		if err := os.WriteFile(program, []byte("#!/bin/sh\necho '"+version+"'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("sh", filepath.Join(repository, ".ci/needs-go"), program).CombinedOutput(); (err == nil) != fits {
			t.Errorf("%q: %v, %s", version, err, out)
		}
	}
}
