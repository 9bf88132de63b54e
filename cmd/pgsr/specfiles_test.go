package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Mistakes with the spec are said before anything is connected to: there is no server here.
func TestSpecErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		args  string
		stdin string
		says  []string
	}{
		{"no default file", "plan", "", []string{`reading the spec "pgsr.yaml": there is no such file here: name one with -f`}},
		{"no such file", "plan -f gone.yaml", "", []string{`reading the spec "gone.yaml": no such file or directory`}},
		{"a folder", "check -f folder", "", []string{`reading the spec "folder": it is a directory`}},
		{"a file taken for a folder", "check -f good.yaml/spec.yaml", "", []string{`reading the spec "good.yaml/spec.yaml": not a directory`}},
		{"every problem at once", "apply -f bad.yaml", "", []string{"bad.yaml:2:1: ", "bad.yaml:6:", "| rolles:", "| ", "SELCT", "did you mean SELECT?"}},
		{"two files with the same role", "plan -f good.yaml -f again.yaml", "", []string{`the role "readers" is declared twice`, "good.yaml:3:3", "again.yaml:3:3"}},
		{"stdin is empty", "plan -f -", "", []string{"stdin:1:1: the file is empty"}},
		{"stdin is no spec", "plan -f -", "version: 2\nroles: {}\n", []string{"stdin:1:10: version 2 is not known"}},
		{"no such role", "plan -f good.yaml --role readrs", "", []string{`the spec has no role "readrs": its only one is "readers"`}},
		{"commas do not separate roles", "plan -f good.yaml --role readers,x", "", []string{`no role "readers,x"`}},
		{"password variable is not set", "plan -f unset.yaml", "", []string{"unset.yaml:", `"NOT_SET"`, "is not set"}},
		{"password file is not there", "plan -f nofile.yaml", "", []string{"nofile.yaml:", `"gone.password" cannot be read`}},
		{"password in clear", "plan -f clear.yaml", "", []string{"clear.yaml:", "a password must not stand in the file"}},
		{"relative to which folder?", "plan -f good.yaml -f folder/nofile.yaml", "", []string{"several folders, so the path must be absolute"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.file("good.yaml", readersSpec)
			s.file("again.yaml", readersSpec)
			s.file("bad.yaml", "version: 1\nrolles: {}\nroles:\n  a:\n    grants:\n      - SELCT ON TABLE s.t\n")
			s.file("unset.yaml", "version: 1\nroles:\n  a: {login: {password: {env: NOT_SET}}}\n")
			s.file("nofile.yaml", "version: 1\nroles:\n  a: {login: {password: {file: gone.password}}}\n")
			s.file("folder/nofile.yaml", "version: 1\nroles:\n  a: {login: {password: {file: gone.password}}}\n")
			s.file("clear.yaml", "version: 1\nroles:\n  a: {login: {password: "+bobPassword+"}}\n")
			o := s.check(1, s.runWith(c.stdin, strings.Fields(c.args)...))
			empty(t, "stdout", o.stdout)
			contains(t, o.stderr, c.says...)
		})
	}
}

// Root can read whatever the permissions say.
func TestUnreadableSpec(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := os.Chmod(s.file("roles.yaml", readersSpec), 0); err != nil {
		t.Fatal(err)
	}
	says := `reading the spec "roles.yaml": permission denied`
	if os.Geteuid() == 0 {
		says = "pgsr: " // the spec is read, and there is no server
	}
	contains(t, s.want(1, "plan", "-f", "roles.yaml", "--database-url", "postgres://127.0.0.1:1/x").stderr, says)
}

// A spec may come from files with odd names, from several of them, and from stdin.
func TestSpecSources(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.file("a, b.yaml", readersSpec)
	s.file("people.yaml", "version: 1\nroles:\n  people: {}\n")
	fromDefault := s.want(0, "plan", "--format", "text").stdout
	contains(t, fromDefault, "readers: new role", "SELECT on TABLE sales.orders")
	for _, o := range []outcome{
		s.want(0, "plan", "--format", "text", "-f", "a, b.yaml"),
		s.check(0, s.runWith(readersSpec, "plan", "--format", "text", "-f", "-")),
		s.want(0, "plan", "--format", "text", "-f", "pgsr.yaml", "-f", "people.yaml", "--role", "readers"),
	} {
		if o.stdout != fromDefault {
			t.Errorf("another plan:\n%s", o.stdout)
		}
	}
	contains(t, s.want(0, "plan", "-f", "pgsr.yaml", "-f", "people.yaml", "--format", "text").stdout, "people, readers: new role")
}

// Password files are looked for where the spec is, whatever the current folder.
func TestPasswordFilesAreRelativeToTheSpec(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("specs/people.yaml", peopleSpec)
	s.file("specs/bob.password", bobPassword+"\n")
	s.want(0, "apply", "-f", "specs/people.yaml")
	s.logsIn("bob", bobPassword)
	s.logsIn("alice", alicePassword)
}

// Files without an end, and files that are too large, are refused in a sentence, and are not read whole.
func TestFilesWithoutEnd(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("zero.yaml", "version: 1\nroles:\n  bob: {login: {password: {file: /dev/zero}}}\n")
	contains(t, s.want(1, "plan", "-f", "zero.yaml").stderr, `zero.yaml:3:34: the password file "/dev/zero" cannot be read: it is larger than 4096 bytes`)
	contains(t, s.want(1, "plan", "-f", "/dev/zero").stderr, `reading the spec "/dev/zero": it is larger than 64 MB`)
	s.file("many.yaml", "version: 1\nroles:\n  a: &a {grants: ["+strings.Repeat("SELECT ON s.t, ", 10_000)+"]}\n"+numbered(1_000, "  r%d: *a\n"))
	contains(t, s.want(1, "plan", "-f", "many.yaml").stderr, "many.yaml:3:10: here the spec comes to more than ten million phrases")
}

// numbered repeats a line with numbers in it.
func numbered(times int, line string) string {
	var text strings.Builder
	for i := range times {
		fmt.Fprintf(&text, line, i)
	}
	return text.String()
}
