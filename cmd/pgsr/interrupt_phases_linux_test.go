package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupt starts a command, sends Ctrl-C after a while, and gives how long it took to end, and what it said. Where
// the machine is so busy that the command does not listen yet, the signal ends it: it is started again, with twice the
// time.
func (s *site) interrupt(command func() *exec.Cmd, after time.Duration) (time.Duration, outcome) {
	s.Helper()
	for {
		took, o := s.interruptOnce(command(), after)
		if o.status != -1 || after > 10*time.Second {
			return took, o
		}
		after = max(2*after, 10*time.Millisecond)
	}
}

func (s *site) interruptOnce(cmd *exec.Cmd, after time.Duration) (time.Duration, outcome) {
	s.Helper()
	var stderr strings.Builder
	cmd.Stderr, cmd.WaitDelay = &stderr, time.Minute
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	time.Sleep(after)
	interrupted := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		s.Fatal(err)
	}
	_ = cmd.Wait() // the status says it
	return time.Since(interrupted), outcome{status: cmd.ProcessState.ExitCode(), stderr: stderr.String()}
}

// wasHeard fails unless an interruption was heard: within a second, on a busy machine within five.
func (s *site) wasHeard(took time.Duration, o outcome) {
	s.Helper()
	if took > 5*time.Second || o.status != 1 || !strings.HasPrefix(o.stderr, "pgsr: interrupted: ") {
		s.Errorf("it ended after %v: %v", took, o)
	}
}

// TestInterruptedWhileWaitingForAFile: nobody ever writes into the pipe that the spec, or a password, is to come from.
func TestInterruptedWhileWaitingForAFile(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"plan -f fifo", "apply --yes -f fifo", "check -f password.yaml", "plan -f -", "apply --yes --plan fifo"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.setenv("PGSR_DATABASE_URL", "host=/nowhere dbname=warehouse")
			s.file("password.yaml", "version: 1\nroles:\n  a: {login: {password: {file: fifo}}}\n")
			if err := syscall.Mkfifo(filepath.Join(s.dir, "fifo"), 0o600); err != nil {
				t.Fatal(err)
			}
			command := func() *exec.Cmd {
				cmd := s.command(strings.Fields(args)...)
				open, err := cmd.StdinPipe() // which stays open, and silent
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { open.Close() })
				return cmd
			}
			s.wasHeard(s.interrupt(command, 500*time.Millisecond))
		})
	}
}

// largeSpec declares so many roles that planning and writing takes seconds.
func (s *site) largeSpec() string {
	var roles strings.Builder
	for i := range 40_000 {
		if i%200 == 0 {
			fmt.Fprintf(&roles, "  role_%d: {}\n", i)
		} else {
			fmt.Fprintf(&roles, "  role_%d: {member_of: [role_%d]}\n", i, i/200*200)
		}
	}
	return s.file("large.yaml", "version: 1\nroles:\n"+roles.String())
}

// TestInterruptedWhileWriting: to a pipe that nobody reads, and to a file, of which nothing is left.
func TestInterruptedWhileWriting(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	spec := s.largeSpec()
	t.Run("to a pipe", func(t *testing.T) {
		silent, full, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		defer full.Close()
		command := func() *exec.Cmd {
			cmd := s.command("plan", "-f", spec)
			cmd.Stdout = full
			return cmd
		}
		s.wasHeard(s.interrupt(command, 3*time.Second))
	})
	for _, after := range []time.Duration{0, 100, 400, 900, 1500, 2200} {
		t.Run(fmt.Sprintf("to a file, after %d ms", after), func(t *testing.T) {
			command := func() *exec.Cmd {
				return s.command("plan", "-f", spec, "--format", "html", "-o", "plan.html", "--rollback", "back.sql")
			}
			took, o := s.interrupt(command, after*time.Millisecond)
			t.Logf("it ended after %v: %v", took, o)
			s.wasHeard(took, o)
			left, err := filepath.Glob(filepath.Join(s.dir, ".*"))
			if err != nil || len(left) > 0 {
				t.Errorf("files are left: %v, %v", left, err)
			}
			if _, err := os.Stat(filepath.Join(s.dir, "plan.html")); err == nil {
				t.Error("the plan is there")
			}
			os.Remove(filepath.Join(s.dir, "back.sql")) // which is whole, if it is there
		})
	}
	s.waitFor("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgsr')")
}
