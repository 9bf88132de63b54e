//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPasswordCommands: a program gives a password only with --allow-commands, and nothing that only looks runs it.
func TestPasswordCommands(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	ran := filepath.Join(s.dir, "ran")
	s.file("pgsr.yaml", `version: 1
roles:
  alice: {login: {password: {command: [sh, -c, 'touch `+ran+`; echo on stderr >&2; echo "`+alicePassword+`"']}}}
`)
	wasRun := func() bool { _, err := os.Stat(ran); return err == nil }
	contains(t, s.want(1, "plan").stderr, `the command "sh" is not run`, "--allow-commands")
	contains(t, s.want(1, "apply", "--yes").stderr, `the command "sh" is not run`)
	for _, args := range [][]string{
		{"check"}, {"plan", "--passwords", "omit", "--exit-code"}, {"plan", "--passwords", "variables", "--exit-code"}, {"plan", "--format", "markdown", "--exit-code"},
		{"plan", "--format", "html", "--exit-code"}, {"plan", "--passwords", "omit", "--allow-commands", "--exit-code"},
	} {
		s.want(2, args...)
		if wasRun() {
			t.Fatalf("%q runs it", args)
		}
	}
	o := s.want(0, "apply", "--yes", "--allow-commands")
	if !wasRun() || strings.Contains(o.stderr, "on stderr") {
		t.Errorf("it was not run, or what it says is shown: %s", o)
	}
	s.logsIn("alice", alicePassword)
	contains(t, s.want(0, "check").stderr, "in sync")
}

// TestPasswordsAreNotRead: a script with variables, or without passwords, takes no password to plan it.
func TestPasswordsAreNotRead(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", "version: 1\nroles:\n  alice: {login: {password: {env: NOT_SET}}}\n  bob: {login: {password: {file: not there}}}\n")
	contains(t, s.want(1, "plan").stderr, "NOT_SET", "not there")
	contains(t, s.want(0, "plan", "--passwords", "variables").stdout, "PGSR_PASSWORD_1: the password of role alice", "PGSR_PASSWORD_2: the password of role bob")
	if text := s.want(0, "plan", "--passwords", "omit").stdout; !strings.Contains(text, `CREATE ROLE "alice"`) || strings.Contains(text, "PASSWORD '") {
		t.Error(text)
	}
	contains(t, s.want(0, "plan", "--format", "markdown").stdout, "alice", "bob")
	s.want(0, "plan", "--passwords", "variables", "-o", "variables.sql")
	for n, password := range []string{alicePassword, bobPassword} {
		s.setenv("PGSR_PASSWORD_"+strconv.Itoa(n+1), password)
	}
	s.psqlFile("variables.sql")
	s.logsIn("alice", alicePassword)
	s.logsIn("bob", bobPassword)
	// What a role has may be another password now: it is set again, and that is no drift.
	contains(t, s.want(0, "plan", "--passwords", "variables", "--exit-code").stdout, "PGSR_PASSWORD_2: the password of role bob", "set again")
}

// TestPasswordCommandsEnd: with all that they have started, when their time is over, or when they print too much.
func TestPasswordCommandsEnd(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	for name, script := range map[string]string{
		"late":       `sleep 600 & echo $! >` + pids + `; sleep 600`,
		"children":   `sleep 600 & echo $! >` + pids + `; echo s3cret`,
		"no end":     `sleep 600 & echo $! >` + pids + `; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done`,
		"is missing": ``,
	} {
		words := []string{"sh", "-c", script}
		if script == "" {
			words = []string{"no-such-program-of-ours"}
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		printed, err := runPasswordCommand(ctx, words)
		cancel()
		if (err == nil) != (name == "children") || strings.TrimSpace(string(printed)) != map[bool]string{true: "s3cret"}[err == nil] {
			t.Errorf("%s: %q %v", name, printed, err)
		}
		if script == "" {
			continue
		}
		pid, err := strconv.Atoi(strings.TrimSpace(readFile(t, pids)))
		if err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(10 * time.Second)
		for isRunning(pid) {
			if time.Now().After(deadline) {
				t.Errorf("%s: what it started goes on", name)
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// isRunning tells whether there is a process that has not ended. One that nobody has waited for is a zombie.
func isRunning(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(status), ") Z ")
}
