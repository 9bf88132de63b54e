package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
)

// beProgram is set for copies of the test program that are to be pgsr: so that signals, pipes and exits are real.
const beProgram = "PGSR_TEST_BE_PGSR"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Secrets of the tests. None of them may ever be printed, or be in a file that was written.
const (
	connectionPassword = "c0nnection/never:shown@all"
	alicePassword      = "al1ce never shown"
	bobPassword        = "b0b never shown"
)

func secrets() []string {
	var all []string
	for _, secret := range []string{connectionPassword, alicePassword, bobPassword} {
		all = append(all, secret, url.QueryEscape(secret), url.PathEscape(secret))
	}
	return all
}

// site is where pgsr runs: a folder, an environment and perhaps a server.
type site struct {
	*testing.T
	dir    string
	env    []string
	server *scratch.Server
}

// newSite gives a folder and an environment that knows of no server.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, dir: t.TempDir()}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "PGSR_SERVER_BIN", "PGSR_PSQL", "GOCACHE", "GOFLAGS", "GOPATH", "CGO_ENABLED"} {
		if value, set := os.LookupEnv(name); set {
			s.setenv(name, value)
		}
	}
	s.setenv("ALICE_PASSWORD", alicePassword)
	return s
}

// newWarehouse gives a site with a server that holds the demonstration's warehouse, and pgsr connecting to it as the
// role deployer, with a password. Settings are those of the server: name, value, name, value ...
func newWarehouse(t *testing.T, settings ...string) *site {
	t.Helper()
	s := newSite(t)
	s.server = scratchtest.Seeded(t, []scratch.Statement{
		{Role: "postgres", Database: "postgres", SQL: `CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '` + connectionPassword + `'`},
		{Role: "postgres", Database: "postgres", SQL: `CREATE DATABASE warehouse OWNER deployer`},
		{Role: "deployer", Database: "warehouse", SQL: readFile(t, "../../executor/demo/warehouse.sql")},
	}, settings...)
	s.setenv("PGSR_DATABASE_URL", s.url())
	return s
}

// url is what pgsr connects with.
func (s *site) url() string { return s.server.URL("deployer", "warehouse", connectionPassword) }

func (s *site) setenv(name, value string) {
	s.unsetenv(name)
	s.env = append(s.env, name+"="+value)
}

func (s *site) unsetenv(name string) {
	s.env = slices.DeleteFunc(s.env, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
}

// file writes a file and gives its path.
func (s *site) file(name, text string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	return path
}

// connect connects to the server behind pgsr's back.
func (s *site) connect(role, database string) *pgx.Conn {
	s.Helper()
	conn, err := pgx.Connect(context.Background(), s.server.URL(role, database, ""))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// sql runs statements as a role.
func (s *site) sql(role, database, statements string) {
	s.Helper()
	conn := s.connect(role, database)
	defer conn.Close(context.Background())
	if _, err := conn.PgConn().Exec(context.Background(), statements).ReadAll(); err != nil {
		s.Fatalf("%s: %v", statements, err)
	}
}

// tells whether something is so in the warehouse.
func (s *site) tells(condition string) bool {
	s.Helper()
	var is bool
	if err := s.connect("postgres", "warehouse").QueryRow(context.Background(), "SELECT "+condition).Scan(&is); err != nil {
		s.Fatalf("%s: %v", condition, err)
	}
	return is
}

// outcome is what became of one run. What plan writes to a pipe in the place of a script is left out of stdout.
type outcome struct {
	status         int
	stdout, stderr string
	failsPipe      bool
}

// String shows all of it, for messages.
func (o outcome) String() string {
	return fmt.Sprintf("status %d\n--- stdout\n%s--- stderr\n%s", o.status, o.stdout, o.stderr)
}

// command prepares pgsr with arguments.
func (s *site) command(args ...string) *exec.Cmd {
	s.Helper()
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = s.dir
	cmd.Env = append(slices.Clone(s.env), beProgram+"=1")
	return cmd
}

// run runs pgsr with nothing on stdin.
func (s *site) run(args ...string) outcome {
	s.Helper()
	return s.runWith("", args...)
}

// runWith runs pgsr and looks for secrets in all that it prints.
func (s *site) runWith(stdin string, args ...string) outcome {
	s.Helper()
	cmd := s.command(args...)
	cmd.Stdin = strings.NewReader(stdin)
	if slices.Contains(args, "apply") && !slices.Contains(args, "--help") { // as those do whom nobody can ask
		cmd.Args = append(cmd.Args, "--yes")
	}
	return s.finish(cmd)
}

// finish runs a program to its end.
func (s *site) finish(cmd *exec.Cmd) outcome {
	s.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Minute
	err := cmd.Run()
	if cmd.ProcessState == nil {
		s.Fatal(err)
	}
	script, failsPipe := strings.CutSuffix(stdout.String(), noScript)
	o := outcome{cmd.ProcessState.ExitCode(), script, stderr.String(), failsPipe}
	s.keepsSecrets(o.stdout, o.stderr)
	return o
}

func (s *site) keepsSecrets(texts ...string) {
	s.Helper()
	for _, text := range texts {
		for _, secret := range secrets() {
			if strings.Contains(text, secret) {
				s.Errorf("the secret %q is shown:\n%s", secret, text)
			}
		}
	}
}

// want runs pgsr and checks what it exits with.
func (s *site) want(status int, args ...string) outcome {
	s.Helper()
	return s.check(status, s.run(args...))
}

func (s *site) check(status int, o outcome) outcome {
	s.Helper()
	if o.status != status {
		s.Fatalf("exit status %d expected, got %v", status, o)
	}
	return o
}

// contains fails unless the text holds every one of the words.
func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in:\n%s", word, text)
		}
	}
}

// empty fails if there is something.
func empty(t *testing.T, what, text string) {
	t.Helper()
	if text != "" {
		t.Errorf("%s is not empty:\n%s", what, text)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// psql gives the path of psql, which is needed: nothing stands in for it.
func psql(t *testing.T) string {
	t.Helper()
	for _, candidate := range []string{os.Getenv("PGSR_PSQL"), "/usr/bin/psql", "psql"} {
		if path, err := exec.LookPath(candidate); candidate != "" && err == nil {
			return path
		}
	}
	t.Fatal("no psql was found: install it (on Debian and Ubuntu: apt-get install postgresql-client), or name it in PGSR_PSQL")
	return ""
}

// readersSpec gives one role something, and takes nothing from anyone.
const readersSpec = `version: 1
roles:
  readers:
    grants:
      - USAGE ON SCHEMA sales
      - SELECT ON TABLE sales.orders
`

// peopleSpec has passwords and a login beside it.
const peopleSpec = readersSpec + `  alice:
    login: {password: {env: ALICE_PASSWORD}}
    member_of: [readers]
  bob:
    login: {password: {file: bob.password}}
    member_of: [readers]
`
