package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const completedSpec = `version: 1
roles:
  alice@example.com:
    login: {password: {env: NOT_READ}}
  Quoted Name: {}
  bob: {}
`

// completed are lines that a person types, each up to where tabs make it whole, and what is run then.
var completed = []struct {
	typed string
	runs  []string
}{
	{"pgsr vali\t", []string{"validate"}},
	{"pgsr ledger inst\t", []string{"ledger", "install"}},
	{"pgsr plan --miss\twa\t", []string{"plan", "--missing", "warn"}},
	{"pgsr plan --format=ht\t", []string{"plan", "--format=html"}},
	{"pgsr plan --role ali\t", []string{"plan", "--role", "alice@example.com"}},
	{"pgsr plan --role Quo\t", []string{"plan", "--role", "Quoted Name"}},
	{"pgsr plan -f another.yaml --role car\t", []string{"plan", "-f", "another.yaml", "--role", "carol"}},
	{"pgsr plan --file anoth\t", []string{"plan", "--file", "another.yaml"}},
}

// TestShellsComplete commands, flags, values, roles of the spec and files, where a person presses tab.
func TestShellsComplete(t *testing.T) {
	t.Parallel()
	for shell, start := range map[string][]string{
		"bash": {"--noprofile", "--rcfile", "rc", "-i"},
		"zsh":  {"-f", "-i"},
		"fish": {"--no-config", "-i"},
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("there is no %s here", shell)
			}
			s := newSite(t)
			s.file("pgsr.yaml", completedSpec)
			s.file("another.yaml", "version: 1\nroles:\n  carol: {}\n")
			s.pgsrThatTellsWhatItRuns()
			cmd := exec.Command(program, start...)
			cmd.Dir, cmd.Env = s.dir, append(slices.Clone(s.env), "TERM=xterm", "HOME="+s.dir, "PS1=ready: ")
			s.file("rc", "PS1='ready: '\nsource <(pgsr completion bash)\n")
			terminal := s.onTerminal(cmd)
			switch shell {
			case "zsh":
				terminal.types("autoload -U compinit; compinit -u -D; source <(pgsr completion zsh)\r")
			case "fish":
				terminal.types("pgsr completion fish | source\r")
			}
			terminal.types("pgsr begun\r")
			s.waitForRun(terminal, "begun")
			for _, c := range completed {
				terminal.types(c.typed)
				time.Sleep(300 * time.Millisecond) // a key that comes too early is no longer an answer to what is there
				terminal.types("\r")
				s.waitForRun(terminal, c.runs...)
			}
			terminal.types("exit\r")
			_ = cmd.Wait()
		})
	}
}

// pgsrThatTellsWhatItRuns puts a pgsr on PATH that completes, and writes all other arguments to the file ran.
func (s *site) pgsrThatTellsWhatItRuns() {
	s.Helper()
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	bin := filepath.Join(s.dir, "bin")
	script := "#!/bin/sh\n[ \"$1\" != completion ] || " + beProgram + "=1 exec '" + self + "' \"$@\"\n" +
		"printf '%s\\n' \"$@\" >ran.part && mv ran.part ran\n"
	if err := os.Mkdir(bin, 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "pgsr"), []byte(script), 0o755); err != nil {
		s.Fatal(err)
	}
	s.setenv("PATH", bin+":"+os.Getenv("PATH"))
}

// waitForRun fails unless pgsr was run with the arguments.
func (s *site) waitForRun(at *terminal, args ...string) {
	s.Helper()
	file, want := filepath.Join(s.dir, "ran"), strings.Join(args, "\n")+"\n"
	var ran []byte
	for range 200 {
		if ran, _ = os.ReadFile(file); len(ran) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	os.Remove(file)
	if string(ran) != want {
		s.Fatalf("it runs %q, not %q:\n%s", ran, want, at.screen())
	}
}
