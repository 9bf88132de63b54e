package demo

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgsr/executor"
)

// listener hears the story, and does something when it hears certain words.
type listener struct {
	heard strings.Builder
	words string
	do    func() error
}

func (l *listener) String() string { return l.heard.String() }

func (l *listener) Write(p []byte) (int, error) {
	n, err := l.heard.Write(p)
	if l.words != "" && strings.Contains(l.String(), l.words) {
		l.words = ""
		err = l.do()
	}
	return n, err
}

// give gives the demonstration and makes sure that nothing is left of it.
func give(t *testing.T, ctx context.Context, l *listener, o Options) error {
	t.Helper()
	s, err := setStage(ctx, &narrator{w: l, color: o.Color})
	if err != nil {
		t.Fatal(err)
	}
	dir := s.server.SocketDir()
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	err = s.play(ctx, o)
	s.clear()
	if _, gone := os.Stat(dir); !errors.Is(gone, os.ErrNotExist) {
		t.Errorf("the server's directory is left behind: %v", gone)
	}
	if conn, err := executor.Connect(context.Background(), s.url(superuser, database, "")); err == nil {
		conn.Close(context.Background())
		t.Error("the server is left behind")
	}
	for name, password := range s.passwords {
		if strings.Contains(l.String(), password) {
			t.Errorf("it shows %s", name)
		}
	}
	return err
}

// What it tells it has tried: so it is enough that it comes to its end and tells the points.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	l := &listener{}
	if err := give(t, context.Background(), l, Options{}); err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	story := l.String()
	for _, point := range []string{
		`as "deployer", which owns the database and has CREATEROLE. It is no superuser.`,
		`CREATE ROLE "analysts";`, `more statements`, `COMMIT;`,
		`alice, with a wrong password  ->  not let in`,
		`alice: SELECT count(*) FROM sales.orders  ->  2`,
		`alice: SELECT count(*) FROM hr.salaries  ->  permission denied`,
		`hr_lead: GRANT SELECT ON TABLE hr.salaries TO analysts`,
		`alice: SELECT count(*) FROM hr.salaries  ->  1`,
		`- alice, analysts: SELECT on TABLE hr.salaries`, `- alice: member of etl`, `+ loader: member of analysts`,
		`+ deployer: owner of TABLE sales.fact_2026 (from etl)`,
		`in sync`, `ALTER TABLE sales.orders_new RENAME TO orders;`, `- drop role _pgsr_local_`, `pgsr plan -f roles.yaml`,
	} {
		if !strings.Contains(story, point) {
			t.Errorf("it does not tell %q:\n%s", point, story)
		}
	}
	if strings.Contains(story, "\x1b") {
		t.Error("it tells in colours")
	}
}

// Ctrl-C in the middle of any part: it ends, and nothing is left.
func TestInterruption(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"3. Apply", "8. A table"} {
		ctx, interrupt := context.WithCancel(context.Background())
		err := give(t, ctx, &listener{words: words, do: func() error { interrupt(); return nil }}, Options{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted at %q, it ends with %v", words, err)
		}
		interrupt()
	}
	ctx, interrupt := context.WithCancel(context.Background())
	interrupt()
	if err := Run(ctx, io.Discard, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted before it began, it ends with %v", err)
	}
}

// Who does not listen any more (pgsr demo | head) is not told the rest.
func TestListenerThatLeaves(t *testing.T) {
	t.Parallel()
	left := errors.New("left")
	l := &listener{words: "2. Plan", do: func() error { return left }}
	if err := give(t, context.Background(), l, Options{}); !errors.Is(err, left) {
		t.Errorf("it ends with %v", err)
	}
	if strings.Contains(l.String(), "4. Somebody") {
		t.Error("it goes on telling")
	}
}

var psqlCommand = regexp.MustCompile(`psql (-h \S+ -p \d+ -U postgres warehouse)\n`)

// With Keep the server runs on, and is gone after Ctrl-C all the same.
func TestKeep(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithTimeout(context.Background(), time.Minute)
	defer interrupt()
	l := &listener{words: "-U postgres warehouse\n"}
	l.do = func() error {
		found := psqlCommand.FindStringSubmatch(l.String())
		args := append([]string{"-XAtc", "SELECT 1 + count(*) FROM reference.countries"}, strings.Fields(found[1])...)
		out, err := exec.Command(psql(), args...).CombinedOutput()
		if err != nil || string(out) != "1\n" {
			t.Errorf("the command that it names does not work: %v\n%s", err, out)
		}
		interrupt()
		return nil
	}
	if err := give(t, ctx, l, Options{Keep: true, Color: true}); err != nil {
		t.Error(err)
	}
	for _, words := range []string{"until you press Ctrl-C", "stopped and removed", "\x1b[1m2. Plan"} {
		if !strings.Contains(l.String(), words) {
			t.Errorf("it does not say %q", words)
		}
	}
}

func psql() string {
	if named := os.Getenv("PGSR_PSQL"); named != "" {
		return named
	}
	return "psql"
}
