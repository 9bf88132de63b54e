package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// crontab is what examples/cron/pgsr.cron says: the environment, and the line with its time, its account and its
// command.
// https://man7.org/linux/man-pages/man5/crontab.5.html
type crontab struct {
	env              []string
	account, command string
}

func readCrontab(t *testing.T) (c crontab) {
	t.Helper()
	variable := regexp.MustCompile(`^[A-Z]+=\S+$`)
	line := regexp.MustCompile(`^[0-9]+ [0-9]+ \* \* \* (\S+) ([^%]+)$`) // cron takes % for the end of a line
	for text := range strings.Lines(readFile(t, filepath.Join(repository, "examples", "cron", "pgsr.cron"))) {
		text = strings.TrimSuffix(text, "\n")
		found := line.FindStringSubmatch(text)
		switch {
		case strings.HasPrefix(text, "#"):
		case variable.MatchString(text):
			c.env = append(c.env, text)
		case found != nil && c.command == "":
			c.account, c.command = found[1], found[2]
		default:
			t.Fatalf("no line of a crontab: %q", text)
		}
	}
	return c
}

// TestCron runs the command of the crontab as cron does: with its environment alone, in the home of its account. What
// it prints is what cron would mail.
func TestCron(t *testing.T) {
	t.Parallel()
	c := readCrontab(t)
	if c.account != "pgsr" || !strings.Contains(strings.Join(c.env, " "), "MAILTO=") {
		t.Fatalf("%+v", c)
	}
	s := newWarehouse(t)
	s.sql("postgres", "postgres", "CREATE ROLE reader LOGIN PASSWORD '"+alicePassword+"'")
	bin, state := s.shim(), t.TempDir()
	if err := os.Link(filepath.Join(repository, "examples", "cron", "pgsr-check"), filepath.Join(bin, "pgsr-check")); err != nil {
		text := readFile(t, filepath.Join(repository, "examples", "cron", "pgsr-check"))
		if err := os.WriteFile(filepath.Join(bin, "pgsr-check"), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.file(".pg_service.conf", fmt.Sprintf("[roles]\nhost=%s\nport=%d\ndbname=warehouse\nuser=reader\n", s.server.SocketDir(), s.server.Port))
	if err := os.Chmod(s.file(".pgpass", "*:*:*:reader:"+alicePassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	spec := s.file("roles.yaml", readersSpec)
	run := func() outcome {
		shell := exec.Command("/bin/sh", "-c", strings.ReplaceAll(c.command, "/etc/pgsr/roles.yaml", spec))
		shell.Dir = s.dir
		shell.Env = append([]string{"HOME=" + s.dir, "LOGNAME=pgsr", "PGSR_STATE=" + state}, c.env...)
		for i, value := range shell.Env {
			if path, is := strings.CutPrefix(value, "PATH="); is {
				shell.Env[i] = "PATH=" + bin + ":" + path
			}
		}
		return s.finish(shell)
	}
	s.cronMails(run, state)
}

// cronMails goes through what can come of a run.
func (s *site) cronMails(run func() outcome, state string) {
	s.Helper()
	o := s.check(2, run())
	contains(s.T, o.stdout, "readers", "new role")
	s.want(0, "apply", "-f", "roles.yaml")
	o = s.check(0, run())
	empty(s.T, "what is mailed when all is in sync", o.stdout+o.stderr)

	lock, err := os.OpenFile(filepath.Join(state, "check.lock"), os.O_RDWR, 0)
	if err != nil {
		s.Fatal(err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		s.Fatal(err)
	}
	o = s.check(0, run())
	empty(s.T, "what is mailed while another run is at work", o.stdout+o.stderr)
	lock.Close()

	s.file("roles.yaml", "roles: {readers: {grants: [SELECT]}}")
	contains(s.T, s.check(1, run()).stdout, "roles.yaml:1")
	log := readFile(s.T, filepath.Join(state, "check.log"))
	stamp := `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ `
	if !regexp.MustCompile(`^` + stamp + `differs\n` + stamp + `in sync\n` + stamp + `skipped: .*\n` + stamp + `failed with 1\n$`).MatchString(log) {
		s.Errorf("the log says\n%s", log)
	}
	s.keepsSecrets(log)
}
