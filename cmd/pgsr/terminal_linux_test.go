package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is pgsr on a terminal, and the person before it.
type terminal struct {
	*site
	cmd    *exec.Cmd
	person *os.File
	mu     sync.Mutex
	seen   strings.Builder
	ended  chan struct{}
}

// onTerminal starts pgsr with stdin and stderr on a terminal, or what of the two is not given otherwise.
func (s *site) onTerminal(cmd *exec.Cmd) *terminal {
	s.Helper()
	person, screen := s.openTerminal()
	if cmd.Stdin == nil {
		cmd.Stdin = screen
	}
	cmd.Stderr = screen
	if cmd.Stdout == nil {
		cmd.Stdout = screen
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	screen.Close()
	t := &terminal{site: s, cmd: cmd, person: person, ended: make(chan struct{})}
	go t.watch()
	return t
}

// openTerminal makes a pair of pseudoterminals: https://man7.org/linux/man-pages/man4/ptmx.4.html
func (s *site) openTerminal() (person, screen *os.File) {
	s.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { person.Close() })
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	err = errors.Join(err, unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0))
	if err != nil {
		s.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		s.Fatal(err)
	}
	return person, screen
}

// watch reads what appears on the terminal, until nobody writes to it any more.
func (t *terminal) watch() {
	defer close(t.ended)
	buffer := make([]byte, 4096)
	for {
		n, err := t.person.Read(buffer)
		t.mu.Lock()
		t.seen.Write(buffer[:n])
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// screen is what was seen so far.
func (t *terminal) screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.ReplaceAll(t.seen.String(), "\r\n", "\n")
}

// sees waits until something appears.
func (t *terminal) sees(words string) {
	t.Helper()
	for range 200 {
		if strings.Contains(t.screen(), words) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %q; this is there:\n%s", words, t.screen())
}

// types presses keys.
func (t *terminal) types(keys string) {
	t.Helper()
	if _, err := t.person.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// exits waits for the end and checks what pgsr exits with.
func (t *terminal) exits(status int) {
	t.Helper()
	_ = t.cmd.Wait()
	<-t.ended
	t.keepsSecrets(t.screen())
	if got := t.cmd.ProcessState.ExitCode(); got != status {
		t.Errorf("it exits with %d, not %d:\n%s", got, status, t.screen())
	}
}

// The keys of a terminal that mean something.
const (
	enter = "\r"
	ctrlC = "\x03"
	ctrlD = "\x04"
)

// readersStatements says how many statements readersSpec takes: from 16 on an administrator role comes first.
func (s *site) readersStatements() string {
	if s.server.Major >= 16 {
		return "6 statements"
	}
	return "5 statements"
}

func (s *site) asked() string { return "Apply " + s.readersStatements() + "? [y/N] " }

// A person at the terminal is shown the plan and asked. Only a yes is one.
func TestApplyAsks(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	const notConfirmed = "pgsr: not confirmed, so nothing was done"
	for _, c := range []struct {
		name, keys string
		status     int
		says       string
	}{
		{"no", "n" + enter, 1, notConfirmed},
		{"nothing", enter, 1, notConfirmed},
		{"anything else", "yesterday" + enter, 1, notConfirmed},
		{"the end", ctrlD, 1, notConfirmed},
		{"Ctrl-C", ctrlC, 1, "pgsr: interrupted: rolled back, nothing was changed"},
		{"yes", "YES" + enter, 0, "applied " + s.readersStatements() + " in "},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &site{T: t, dir: s.dir, env: s.env, server: s.server}
			p := s.onTerminal(s.command("apply"))
			p.sees(s.asked())
			contains(t, p.screen(), "readers: new role", "\x1b[32m", "database warehouse (OID ", "as role deployer: ", "nobody loses anything")
			if s.exists("readers") {
				t.Error("it did not wait for the answer")
			}
			p.types(c.keys)
			p.exits(c.status)
			contains(t, p.screen(), c.says)
			if s.exists("readers") != (c.status == 0) {
				t.Error("it did not do as it was told")
			}
			if strings.Count(p.screen(), "readers: new role") != 1 {
				t.Errorf("the plan is not shown once:\n%s", p.screen())
			}
		})
	}
}

// TestQuestionSaysWhatPeopleLose: whatever statement takes it, and all that it means where that is asked for. Nobody
// who is not at a terminal is taken to have agreed.
func TestQuestionSaysWhatPeopleLose(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", "CREATE ROLE readers; GRANT SELECT ON sales.orders, hr.salaries TO readers; GRANT readers TO deployer WITH ADMIN OPTION")
	s.file("pgsr.yaml", readersSpec)
	s.setenv("PGSR_DATABASE_URL", s.server.URL("postgres", "warehouse", ""))
	for _, flags := range [][]string{{}, {"--effect"}} {
		p := s.onTerminal(s.command(append([]string{"apply"}, flags...)...))
		p.sees("? [y/N] ")
		contains(t, p.screen(), "readers loses SELECT on TABLE hr.salaries")
		if whole := strings.Contains(p.screen(), "roles compared") || strings.Contains(p.screen(), "role compared"); whole != (len(flags) > 0) {
			t.Errorf("%v: the whole effect is shown: %t", flags, whole)
		}
		p.types("n" + enter)
		p.exits(1)
	}
	contains(t, s.check(1, s.finish(s.command("apply"))).stderr, "nobody is at a terminal: give --yes")
	if !s.reads("readers", "hr.salaries") {
		t.Error("something was done")
	}
}

// What is confirmed is what runs: when something else would have to run by then, nothing does, and the status is 3.
func TestConfirmedPlanThatIsStale(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	p := s.onTerminal(s.command("apply"))
	p.sees(s.asked())
	s.sql("deployer", "warehouse", "CREATE ROLE readers; GRANT SELECT ON hr.salaries TO readers")
	p.types("y" + enter)
	p.exits(3)
	contains(t, p.screen(), "the catalog has changed since the plan was shown, so nothing was done")
	if !s.reads("readers", "hr.salaries") {
		t.Error("something was done")
	}
}

// A server may end the session of someone who reads for long: what is said helps the next time.
func TestSessionThatEndsWhileAsking(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	if s.server.Major < 14 {
		return // no session ends so
	}
	s.file("pgsr.yaml", readersSpec)
	s.sql("postgres", "postgres", `ALTER DATABASE warehouse SET idle_session_timeout = '300ms'`)
	p := s.onTerminal(s.command("apply"))
	p.sees(s.asked())
	time.Sleep(600 * time.Millisecond)
	p.types("yes" + enter)
	p.exits(1)
	contains(t, p.screen(), "nothing was changed", `PGOPTIONS="-c idle_session_timeout=0"`)
}

func TestYesDoesNotAsk(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	p := s.onTerminal(s.command("apply", "--yes"))
	p.exits(0)
	contains(t, p.screen(), "applied "+s.readersStatements()+" in ")
	s.sql("deployer", "warehouse", "DROP TABLE sales.orders")
	p = s.onTerminal(s.command("prune"))
	p.sees("Apply 1 statement? [y/N] ")
	p.types("y" + enter)
	p.exits(0)
}

// Where stdin is the spec there is no one to answer.
func TestNoAnswerFromASpec(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	for _, args := range [][]string{{"apply", "-f", "-"}, {"apply", "-f", "-", "-y"}} {
		cmd := s.command(args...)
		cmd.Stdin = strings.NewReader(readersSpec)
		p := s.onTerminal(cmd)
		if len(args) == 3 {
			p.exits(1)
			contains(t, p.screen(), "cannot ask, because stdin is what to apply: give --yes")
		} else {
			p.exits(0)
		}
	}
}

// Colours are for terminals, and for those who did not ask for none.
func TestColors(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	colored := func(env ...string) bool {
		cmd := s.command("check")
		cmd.Env = append(cmd.Env, env...)
		p := s.onTerminal(cmd)
		p.exits(2)
		contains(t, p.screen(), "readers: new role")
		return strings.Contains(p.screen(), "\x1b[")
	}
	if !colored("TERM=xterm") {
		t.Error("no colours on a terminal")
	}
	if colored("NO_COLOR=1") || colored("TERM=dumb") {
		t.Error("colours that were not wanted")
	}
	if !colored("NO_COLOR=", "TERM=xterm") {
		t.Error("an empty NO_COLOR counts: https://no-color.org says otherwise")
	}
}

// Names of objects may hold what a terminal takes for commands.
func TestNamesDoNotCommandTheTerminal(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", "version: 1\nroles:\n  \"\\e[2Jevil\":\n    grants: ['SELECT ON TABLE sales.\"gone\x07\x1b]0;x\"']\n")
	for _, command := range []string{"check", "plan", "apply"} {
		o := s.run(command)
		if strings.ContainsAny(o.stderr, "\x1b\x07") || command != "plan" && strings.ContainsAny(o.stdout, "\x1b\x07") {
			t.Errorf("%s: %q", command, o)
		}
	}
}

// On a terminal a line says what is waited for, and is gone when something else is written: a question, or the end.
func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	holder := s.holdLock(1)
	const waiting = "\rwaiting for the lock (pg_advisory_xact_lock, key 1)"
	for _, env := range []string{"TERM=xterm", "NO_COLOR=1", "TERM=dumb"} {
		cmd := s.command("apply", "--lock-timeout", "2s")
		cmd.Env = append(cmd.Env, env)
		p := s.onTerminal(cmd)
		p.sees(s.asked())
		p.types("y" + enter)
		p.exits(1)
		if drawn := strings.Contains(p.screen(), waiting); drawn != (env != "TERM=dumb") {
			t.Errorf("%s: the line is drawn: %v; this is there:\n%q", env, drawn, p.screen())
		}
		if env != "TERM=dumb" && !strings.Contains(p.screen(), " \rpgsr: another session holds the lock") {
			t.Errorf("%s: the line is not taken away:\n%q", env, p.screen())
		}
		if at := strings.Index(p.screen(), s.asked()); strings.Contains(p.screen()[at:], "\x1b") {
			t.Errorf("%s: there are escapes:\n%q", env, p.screen())
		}
	}
	p := s.onTerminal(s.command("apply", "--yes"))
	p.sees(waiting)
	if err := holder.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.exits(0)
	contains(t, p.screen(), "applied "+s.readersStatements()+" in ")
}
