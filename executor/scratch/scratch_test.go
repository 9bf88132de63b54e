package scratch

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// templates is where the servers of these tests are copied from, unless a test says otherwise: initdb is most of their
// time.
var templates string

// installation is what these servers run, unless a test says otherwise.
var installation *Installation

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pgsr-templates-")
	if err != nil {
		panic(err)
	}
	templates = dir
	if installation, err = Find(""); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	if o.From == "" {
		o.Templates = cmp.Or(o.Templates, templates)
	}
	if o.Installation == nil {
		o.Installation = installation
	}
	s, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func ask(t *testing.T, url, sql string) (string, error) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	var answer string
	err = conn.QueryRow(ctx, sql).Scan(&answer)
	return answer, err
}

func TestServerAnswersAndIsGoneWhenClosed(t *testing.T) {
	s := start(t, Options{Settings: map[string]string{"work_mem": "5MB"}})
	if got, err := ask(t, s.URL("postgres", "postgres", ""), "SHOW work_mem"); err != nil || got != "5MB" {
		t.Errorf("work_mem is %q, %v", got, err)
	}
	s.Close()
	s.Close()
	if _, err := ask(t, s.URL("postgres", "postgres", ""), "SELECT 'there'"); err == nil {
		t.Error("it answers after it was closed")
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
}

func TestPasswordsAreCheckedOverTCP(t *testing.T) {
	s := start(t, Options{})
	if _, err := ask(t, s.URL("postgres", "postgres", ""), "SELECT set_config('x.y', 'z', false)"); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL("postgres", "postgres", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `CREATE ROLE "odd / name" LOGIN PASSWORD 'se?cret'`); err != nil {
		t.Fatal(err)
	}
	if _, err := ask(t, s.URL("odd / name", "postgres", "se?cret"), "SELECT 'in'"); err != nil {
		t.Error(err)
	}
	if _, err := ask(t, s.URL("odd / name", "postgres", "wrong"), "SELECT 'in'"); err == nil {
		t.Error("a wrong password was let in")
	}
}

func TestBadSettingIsExplainedByTheLog(t *testing.T) {
	_, err := Start(context.Background(), Options{Settings: map[string]string{"no_such_setting": "1"}})
	if err == nil || !strings.Contains(err.Error(), "no_such_setting") {
		t.Errorf("the error does not say what is wrong: %v", err)
	}
}

func TestMissingServerNamesTheRemedy(t *testing.T) {
	t.Setenv("PGSR_SERVER_BIN", t.TempDir())
	_, err := Start(context.Background(), Options{})
	if err == nil || !strings.Contains(err.Error(), "PGSR_SERVER_BIN") {
		t.Errorf("the error does not name PGSR_SERVER_BIN: %v", err)
	}
	if !strings.Contains(ErrNoServer.Error(), "apt-get install postgresql") {
		t.Error("the error names no remedy")
	}
}

func TestSecondServerIsCopiedFromTheFirst(t *testing.T) {
	templates := t.TempDir()
	identifiers := map[string]bool{}
	for range 2 {
		s := start(t, Options{Templates: templates})
		identifier, err := ask(t, s.URL("postgres", "postgres", ""), "SELECT system_identifier::text FROM pg_control_system()")
		if err != nil {
			t.Fatal(err)
		}
		identifiers[identifier] = true
	}
	if len(identifiers) != 1 {
		t.Errorf("not a copy: %v", identifiers)
	}
	if kept, err := os.ReadDir(templates); err != nil || len(kept) != 1 {
		t.Errorf("beside the template there is something else: %v, %v", kept, err)
	}
}

func TestGuardCleansUpAfterUsWhenWeDieWithoutAWord(t *testing.T) {
	victim := exec.Command("sleep", "600")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() + "/scratch"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	g, err := startGuard(victim.Process.Pid, dir)
	if err != nil {
		t.Fatal(err)
	}
	g.pipe.Close() // as the system does when we end
	if err := victim.Wait(); err == nil {
		t.Error("the victim was not killed")
	}
	g.shell.Wait()
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
}

func TestProgramsThatOthersMayNotReadAreExplained(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("only root uses another account")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(dir+"/"+program, []byte("#!/bin/sh\necho 'postgres (PostgreSQL) 15.1'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Find(dir)
	if err == nil || !strings.Contains(err.Error(), "chmod a+rx") {
		t.Errorf("the error names no remedy: %v", err)
	}
}
