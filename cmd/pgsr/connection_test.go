package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// When the connection fails, the message says to where and why, and never shows its password.
func TestConnectionErrors(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	good := s.url()
	wrong := s.server.URL("deployer", "warehouse", "wr0ng never shown")
	for name, c := range map[string]struct {
		url  string
		says []string
	}{
		"wrong password":   {wrong, []string{"pgsr: the server does not take the password, or got none: ", "deployer", "password authentication failed"}},
		"no password":      {withoutPassword(t, good), []string{"pgsr: the server does not take the password, or got none: "}},
		"no such database": {strings.Replace(good, "/warehouse", "/nowhere", 1), []string{"pgsr: there is no such database: ", `database "nowhere" does not exist`}},
		"no such role":     {s.server.URL("nobody at all", "warehouse", connectionPassword), []string{"nobody at all"}},
		"no server":        {"postgres://me:" + url.PathEscape(bobPassword) + "@127.0.0.1:1/db", []string{"pgsr: no server answers there: ", "127.0.0.1"}},
		"no such host":     {"postgres://me:" + url.PathEscape(alicePassword) + "@host.invalid/db", []string{"pgsr: the host's name is not known: ", "host.invalid"}},
		"no TLS":           {strings.Replace(good, "sslmode=disable", "sslmode=require", 1), []string{"pgsr: the server has no TLS: "}},
		"JDBC":             {"jdbc:postgresql://host/db?user=me&password=" + url.QueryEscape(bobPassword), []string{"pgsr: the database URL is one of JDBC: leave out jdbc:"}},
		"no URL":           {"postgres://me:" + bobPassword + "%zz@host/db", nil},
		"bad port":         {"postgres://me:" + bobPassword + "@host:x/db", nil},
		"bad setting":      {"postgres://me:" + url.PathEscape(bobPassword) + "@127.0.0.1/db?sslmode=sometimes", nil},
		"bad words":        {"host=127.0.0.1 password='" + bobPassword + "' port=x", nil},
		"bad parameter":    {good + "&sslmod=disable", []string{"pgsr: the server does not take a setting that comes with the connection: look for a slip", "sslmod"}},
		"bad options":      {good + "&options=-c%20foo", []string{"pgsr: the server does not take a setting that comes with the connection: look for a slip"}},
		"no such service":  {"service=nowhere", []string{"has no section for the one that PGSERVICE or service= names"}},
		"only a host":      {"localhost", []string{"pgsr: the database URL is none: write postgres://USER@HOST:PORT/DATABASE"}},
		"no words":         {"password=" + bobPassword + " nonsense", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &site{T: t, dir: s.dir, env: s.env, server: s.server}
			for _, command := range []string{"plan", "apply", "check", "prune", "ledger"} {
				o := s.want(1, command, "--database-url", c.url)
				empty(t, "stdout", o.stdout)
				contains(t, o.stderr, append(c.says, "pgsr: ")...)
				if strings.Contains(o.stderr, "wr0ng") {
					t.Errorf("the password is shown: %s", o.stderr)
				}
			}
		})
	}
}

// Who may do nothing is told why, and not that others were in the way.
func TestRefusedApplySaysWhy(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.sql("postgres", "postgres", `CREATE ROLE plain LOGIN PASSWORD '`+connectionPassword+`'`)
	o := s.want(1, "apply", "--yes", "--database-url", s.server.URL("plain", "warehouse", connectionPassword))
	if !strings.HasPrefix(o.stderr, "pgsr: the connecting role may not do all of this, so nothing was done:\n") || strings.Contains(o.stderr, "in the way, trying again") {
		t.Errorf("it says:\n%s", o.stderr)
	}
}

// withoutPassword gives a URL without the password that is in it.
func withoutPassword(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(u.User.Username())
	return u.String()
}

// Where nobody says where the server is, and none answers, the message says how to.
func TestNoServerNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.file("pgsr.yaml", readersSpec)
	if _, err := os.Stat("/var/run/postgresql/.s.PGSQL.5432"); err == nil {
		t.Skip("a server runs here")
	}
	contains(t, s.want(1, "plan").stderr, "pgsr: no server answers, and none was named: say where it is by --database-url, PGSR_DATABASE_URL or PGHOST (pgsr demo")
	s.setenv("PGHOST", "/nowhere")
	contains(t, s.want(1, "plan").stderr, "pgsr: no server answers there: ", "/nowhere")
}

// The flag goes before PGSR_DATABASE_URL, and that before what libpq reads.
func TestWhereTheConnectionComesFrom(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "plan")
	s.want(1, "plan", "--database-url", "postgres://127.0.0.1:1/db")
	s.setenv("PGSR_DATABASE_URL", "postgres://127.0.0.1:1/db")
	s.want(1, "plan")
	s.want(0, "plan", "--database-url", s.url())
	s.setenv("PGSR_DATABASE_URL", "")
	s.libpq()
	s.want(0, "plan")
	s.setenv("PGPASSWORD", "wr0ng")
	s.want(1, "plan")
	s.unsetenv("PGPASSWORD")
	pgpass := s.file("pgpass", "*:*:*:*:"+escapePgpass(connectionPassword)+"\n")
	if err := os.Chmod(pgpass, 0o600); err != nil {
		t.Fatal(err)
	}
	s.setenv("PGPASSFILE", pgpass)
	s.want(0, "plan")
}

// libpq sets the environment that psql and others read.
func (s *site) libpq() {
	s.Helper()
	config, err := pgx.ParseConfig(s.url())
	if err != nil {
		s.Fatal(err)
	}
	s.setenv("PGHOST", config.Host)
	s.setenv("PGPORT", fmt.Sprint(config.Port))
	s.setenv("PGUSER", config.User)
	s.setenv("PGDATABASE", config.Database)
	s.setenv("PGPASSWORD", config.Password)
	s.setenv("PGSSLMODE", "disable")
}

func escapePgpass(password string) string {
	return strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(password)
}

// What PGOPTIONS sets counts: a timeout, here for a statement of ours that waits.
func TestPGOPTIONSCount(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.holdLock(1)
	s.setenv("PGOPTIONS", "-c statement_timeout=200")
	contains(t, s.want(1, "apply").stderr, "statement timeout", "\nthe timeout is that of --statement-timeout, else statement_timeout of PGOPTIONS, ")
}

// TestLostConnection: a command that changes and loses its connection while it waits says that nothing was changed.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.holdLock(1)
	other, cut := s.connect("postgres", "warehouse"), make(chan error, 1)
	go func() {
		for {
			var isCut bool
			err := other.QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pg_terminate_backend(pid))`).Scan(&isCut)
			if isCut || err != nil {
				cut <- err
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	contains(t, s.want(1, "apply", "--yes").stderr,
		"pgsr: waiting for the lock (pg_advisory_xact_lock, key 1): the connection was lost: ", "\nnothing was changed, for the server rolls back by itself: run it again\n")
	if err := <-cut; err != nil {
		t.Error(err)
	}
}

// holdLock holds the lock of apply until the test ends.
func (s *site) holdLock(key int) *pgx.Conn {
	s.Helper()
	conn := s.connect("postgres", "warehouse")
	if _, err := conn.Exec(context.Background(), fmt.Sprintf("BEGIN; SELECT pg_advisory_xact_lock(%d)", key)); err != nil {
		s.Fatal(err)
	}
	return conn
}

// The catalog is read while a long spec is. That shows in nothing but the time: neither in what comes of it, nor in
// what is wrong with the spec.
func TestTheCatalogIsReadWhileALongSpecIs(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	long := strings.Repeat("# nothing to see here\n", 5000)
	s.file("short.yaml", readersSpec)
	s.file("long.yaml", readersSpec+long)
	s.file("wrong.yaml", readersSpec+long+"nonsense: true\n")
	wrong := s.want(1, "apply", "-f", "wrong.yaml")
	contains(t, wrong.stderr, "wrong.yaml:", "nonsense")
	for _, flags := range [][]string{nil, {"--effect"}, {"--role", "readers"}} {
		short, long := s.want(2, append([]string{"check", "-f", "short.yaml"}, flags...)...), s.want(2, append([]string{"check", "-f", "long.yaml"}, flags...)...)
		unnamed := func(said string) string { return regexp.MustCompile(`_[0-9a-f]{8}\b`).ReplaceAllString(said, "_") }
		if short.stdout == "" || unnamed(short.stdout) != unnamed(long.stdout) {
			t.Errorf("%v: a short spec says\n%s\nand a long one\n%s", flags, short.stdout, long.stdout)
		}
	}
	s.want(0, "apply", "-f", "long.yaml")
	s.want(0, "check", "-f", "short.yaml")
	s.want(0, "check", "-f", "long.yaml")
}

// TestWrongSpecEndsThePrefetch: what is wrong with a spec is said at once, whatever the server waits for, and no
// session stays.
func TestWrongSpecEndsThePrefetch(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	long := strings.Repeat("# nothing to see here\n", 5000)
	s.file("wrong.yaml", readersSpec+long+"nonsense: true\n")
	locker := s.connect("postgres", "warehouse")
	if _, err := locker.Exec(context.Background(), `BEGIN; LOCK TABLE pg_catalog.pg_shdescription`); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"plan", "check", "apply --yes"} {
		began := time.Now()
		wrong := s.want(1, append(strings.Fields(args), "-f", "wrong.yaml")...)
		contains(t, wrong.stderr, "wrong.yaml:", "nonsense")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: it took %v", args, took)
		}
	}
	deadline := time.Now().Add(5 * time.Second)
	for !s.tells(`NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'deployer')`) {
		if time.Now().After(deadline) {
			t.Fatal("a session stays")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestRoleThatIsSet: a setting of the login makes the session act as another role, which is said.
func TestRoleThatIsSet(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.sql("postgres", "postgres", `CREATE ROLE owner1 CREATEROLE; GRANT owner1 TO deployer; ALTER DATABASE warehouse OWNER TO owner1; ALTER ROLE deployer SET role = owner1`)
	for _, command := range []string{"plan", "check"} {
		contains(t, s.run(command).stderr, `the session acts as role "owner1"`, `"deployer"`)
	}
	s.file("pgsr.yaml", "version: 1\nroles:\n  x: {}\n")
	for _, command := range []string{"plan", "check"} {
		contains(t, s.run(command).stderr, `the session acts as role "owner1"`, `"deployer"`)
	}
	s.sql("postgres", "postgres", `ALTER ROLE deployer RESET role`)
	if o := s.run("plan"); strings.Contains(o.stderr, "acts as") {
		t.Error(o.stderr)
	}
}
