package main

import (
	"bytes"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestVersionIsSaid in three lines at most, of a release by what it is stamped with.
func TestVersionIsSaid(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	lines := regexp.MustCompile(`\Apgsr version \S+\n(commit [0-9a-f]{40}(, changed since)?\n)?go1\.\S+ linux/\w+\n\z`)
	for _, given := range []string{"version", "--version", "-v"} {
		if o := s.want(0, given); !lines.MatchString(o.stdout) {
			t.Errorf("%s: %q", given, o.stdout)
		}
	}
}

// TestManualIsComplete: all commands, all flags and all of their words are in it, as man shows them.
func TestManualIsComplete(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := s.want(0, "man").stdout
	var shown string
	if man, err := exec.LookPath("mandoc"); err == nil {
		cmd := exec.Command(man, "-T", "utf8", "-O", "width=900")
		cmd.Stdin = strings.NewReader(page)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		shown = regexp.MustCompile(`.\x08`).ReplaceAllString(string(out), "") // bold is written twice
	} else {
		shown = strings.NewReplacer(`\-`, "-", `\&`, "", `\e`, `\`, `\fB`, "", `\fI`, "", `\fR`, "").Replace(page)
	}
	words := strings.Join(strings.Fields(shown), " ")
	var walk func(parent string, commands []*cli.Command)
	walk = func(parent string, commands []*cli.Command) {
		for _, c := range commands {
			if c.Hidden {
				continue
			}
			contains(t, words, parent+" "+c.Name)
			for _, flag := range c.Flags {
				usage := strings.ReplaceAll(flag.(cli.DocGenerationFlag).GetUsage(), "`", "")
				contains(t, words, dashed(flag.Names()[0]), strings.Join(strings.Fields(usage[1:]), " "))
			}
			walk(parent+" "+c.Name, c.Subcommands)
		}
	}
	walk("pgsr", (&program{stdout: &bytes.Buffer{}}).app().Commands)
}

// TestManualHoldsNoRequests: what begins with a point, or holds a backslash, stands for itself.
func TestManualHoldsNoRequests(t *testing.T) {
	if got, want := roff(".so /etc/passwd\n'x\n\\fB a-b"), "\\&.so /etc/passwd\n\\&'x\n\\efB a\\-b"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
