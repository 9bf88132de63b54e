package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// oddDatabases are names that mean something else to psql, libpq or SQL where they are not quoted.
var oddDatabases = []string{"host=evil dbname=x", `o'"q" \ = ;`, "postgres://evil/x", "-reuse-previous", ":HOME"}

// newFleet gives a site with more databases, each with a table s.t, which alice may read as a member of readers.
func newFleet(t *testing.T, user string, databases []string) *site {
	t.Helper()
	s := newWarehouse(t)
	if user != "deployer" {
		s.setenv("PGSR_DATABASE_URL", s.server.URL(user, "warehouse", ""))
	}
	s.sql("deployer", "warehouse", "CREATE ROLE readers; CREATE ROLE alice LOGIN; CREATE ROLE bob LOGIN; CREATE ROLE outsider; GRANT readers TO alice, outsider")
	for _, name := range databases {
		s.sql("postgres", "warehouse", `CREATE DATABASE `+pgx.Identifier{name}.Sanitize()+` OWNER deployer`)
		s.in(name, `CREATE SCHEMA s; CREATE TABLE s.t (); GRANT USAGE ON SCHEMA s TO readers; GRANT SELECT ON s.t TO readers; ALTER SCHEMA s OWNER TO deployer; ALTER TABLE s.t OWNER TO deployer`)
	}
	return s
}

// in runs statements in another database as the superuser.
func (s *site) in(database, statements string) {
	s.Helper()
	conn := s.connectIn(database)
	defer conn.Close(context.Background())
	if _, err := conn.PgConn().Exec(context.Background(), statements).ReadAll(); err != nil {
		s.Fatalf("in %q: %s: %v", database, statements, err)
	}
}

func (s *site) connectIn(database string) *pgx.Conn {
	s.Helper()
	config, err := pgx.ParseConfig(s.server.URL("postgres", "warehouse", ""))
	if err != nil {
		s.Fatal(err)
	}
	config.Database = database
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		s.Fatal(err)
	}
	return conn
}

// tellsIn tells whether something is so in another database.
func (s *site) tellsIn(database, condition string) (is bool) {
	s.Helper()
	conn := s.connectIn(database)
	defer conn.Close(context.Background())
	if err := conn.QueryRow(context.Background(), "SELECT "+condition).Scan(&is); err != nil {
		s.Fatalf("in %q: %s: %v", database, condition, err)
	}
	return is
}

const mayRead = `has_table_privilege('alice', 's.t', 'SELECT') AND has_schema_privilege('alice', 's', 'USAGE')`

// hasOthers tells whether someone has something on the table who had nothing before.
const hasOthers = `EXISTS (SELECT FROM pg_class c, aclexplode(c.relacl) x WHERE c.oid = 's.t'::regclass AND x.grantee NOT IN ('deployer'::regrole, 'readers'::regrole))`

// fleetSpec lets alice read everywhere by herself, no more as a member; bob loses his login.
func fleetSpec(databases []string) string {
	var out strings.Builder
	out.WriteString("version: 1\nroles:\n  bob: {}\n  newcomer: {login: {password: {env: ALICE_PASSWORD}}, in: {" + fmt.Sprintf("%q", databases[0]) + ": {direct_grants: [USAGE ON SCHEMA s]}}}\n  alice:\n    login: {}\n    in:\n")
	for i, name := range databases {
		fmt.Fprintf(&out, "      %q: {%s: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}\n", name, []string{"grants", "direct_grants"}[i%2])
	}
	return out.String()
}

// runScript runs a script with psql, connected to the warehouse as pgsr is.
func (s *site) runScript(file string) outcome {
	s.Helper()
	url := ""
	for _, entry := range s.env {
		if value, is := strings.CutPrefix(entry, "PGSR_DATABASE_URL="); is {
			url = value
		}
	}
	cmd := exec.Command(psql(s.T), "-X", "-q", "-f", file, url)
	cmd.Env = s.env
	return s.finish(cmd)
}

// TestDatabasesInEveryForm: a script, its way back, a saved plan and apply do the same in databases of all names.
func TestDatabasesInEveryForm(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "deployer"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			s := newFleet(t, user, oddDatabases)
			spec := s.file("roles.yaml", fleetSpec(oddDatabases))
			changes, back, saved := filepath.Join(s.dir, "change.sql"), filepath.Join(s.dir, "back.sql"), filepath.Join(s.dir, "plan.json")
			isDone := func(is bool) {
				t.Helper()
				for _, name := range oddDatabases {
					if !s.tellsIn(name, mayRead) {
						t.Errorf("alice may not read in %q", name)
					}
				}
				if s.tells(`NOT pg_has_role('alice', 'readers', 'MEMBER') AND pg_has_role('outsider', 'readers', 'MEMBER')`) != is {
					t.Errorf("alice is a member of readers: %v", is)
				}
			}
			before := s.want(2, "check", "-f", spec).stdout
			contains(t, before, "Step 1 of 8: database warehouse", `database "host=evil dbname=x"`, "Step 8 of 8: database warehouse")
			s.want(0, "plan", "-f", spec, "-o", changes, "--rollback", back)
			s.check(0, s.runScript(changes))
			isDone(true)
			if user == "postgres" { // who can compare passwords
				contains(t, s.want(0, "check", "-f", spec).stderr, "in sync")
			}
			s.check(3, s.runScript(changes))
			s.check(0, s.runScript(back))
			isDone(false)
			if after := s.want(2, "check", "-f", spec).stdout; after != before {
				t.Errorf("the way back leads to\n%s\nnot to\n%s", after, before)
			}
			contains(t, s.want(0, "plan", "-f", spec, "--format", "json", "-o", saved).stderr, "in 6 databases to run")
			contains(t, s.want(0, "show", "--plan", saved, "--format", "text").stdout, "Step 1 of 8: database warehouse")
			shown := s.want(0, "show", "--plan", saved, "--format", "json").stdout
			if shown != readFile(t, saved) {
				t.Error("the saved plan is shown as another")
			}
			contains(t, s.want(1, "apply", "--plan", saved, "--digest", "0").stderr, "is another plan")
			contains(t, s.want(0, "apply", "--plan", saved).stderr, "applied")
			isDone(true)
			contains(t, s.want(0, "apply", "--plan", saved).stderr, "in sync") // all is done already
			s.in(oddDatabases[1], "REVOKE SELECT ON s.t FROM alice")
			contains(t, s.want(3, "apply", "--plan", saved).stderr, "stale")
			s.in(oddDatabases[1], "GRANT SELECT ON s.t TO alice")
			s.check(0, s.runScript(back))
			s.want(0, "apply", "-f", spec, "--yes", "--parallel", "2")
			isDone(true)
			for _, name := range oddDatabases {
				if s.tellsIn(name, `has_table_privilege('bob', 's.t', 'SELECT') OR has_table_privilege('newcomer', 's.t', 'SELECT')`) {
					t.Errorf("others may read in %q", name)
				}
			}
		})
	}
}

// TestFormatsOfSeveralDatabases: what has a form does, and what can not connect to another database says so.
func TestFormatsOfSeveralDatabases(t *testing.T) {
	t.Parallel()
	names := []string{"a & <b>", "c"}
	s := newFleet(t, "deployer", names)
	spec := s.file("roles.yaml", fleetSpec(names))
	for _, format := range []string{"sql", "goose"} {
		contains(t, s.want(1, "plan", "-f", spec, "--format", format).stderr, "knows no way to connect to another")
	}
	text := s.want(0, "plan", "-f", spec, "--format", "text")
	contains(t, text.stdout, `Step 3 of 5: database "a & <b>"`, "\n  + ")
	contains(t, text.stderr, "in 3 databases to run; people lose: 1 login, 1 membership, ")
	contains(t, s.want(0, "plan", "-f", spec, "--format", "markdown").stdout, "# Roles of 3 databases", "## Step 3 of 5: database `a & <b>`", "the way back, for psql")
	page := s.want(0, "plan", "-f", spec, "--format", "html").stdout
	contains(t, page, "Roles of 3 databases", `id="step-3"`, "a &amp; &lt;b&gt;", `id="changes-5"`, `id="scriptback"`)
	if strings.Contains(page, "<b>") && strings.Contains(page, "a & <b>") {
		t.Error("a name became markup")
	}
	psqlText := s.want(0, "plan", "-f", spec).stdout
	contains(t, psqlText, `\connect -reuse-previous=on "dbname='a & <b>'"`)
	alone := s.file("alone.yaml", "version: 1\nroles: {bob: {login: {}, in: {c: {direct_grants: [USAGE ON SCHEMA s]}}}}\n")
	contains(t, s.want(2, "check", "-f", alone).stdout, "Step 1 of 1: database c")
	script, saved := filepath.Join(s.dir, "alone.sql"), filepath.Join(s.dir, "alone.json")
	s.want(0, "plan", "-f", alone, "-o", script)
	s.check(0, s.runScript(script))
	s.want(0, "check", "-f", alone)
	s.in("c", "REVOKE USAGE ON SCHEMA s FROM bob")
	s.want(0, "plan", "-f", alone, "--format", "json", "-o", saved)
	contains(t, s.want(0, "apply", "--plan", saved).stderr, "database c")
	s.want(0, "check", "-f", alone)
	s.sql("postgres", "warehouse", "CREATE DATABASE \"line\nbreak\" OWNER deployer")
	s.in("line\nbreak", "CREATE SCHEMA s AUTHORIZATION deployer")
	broken := s.file("broken.yaml", "version: 1\nroles: {newcomer: {in: {\"line\\nbreak\": {direct_grants: [USAGE ON SCHEMA s]}}}}\n")
	contains(t, s.want(1, "plan", "-f", broken).stderr, "has a character that psql can not be given")
	contains(t, s.want(0, "apply", "-f", broken, "--yes").stderr, "applied")
}

// TestScriptStopsAsAWhole: when one part fails, psql ends, and no later part was begun.
func TestScriptStopsAsAWhole(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c"}
	for what, disturb := range map[string]struct{ sql, says string }{
		"stale":     {`GRANT INSERT ON s.t TO alice`, "this script is stale"},
		"no access": {`ALTER DATABASE b ALLOW_CONNECTIONS false`, "not currently accepting connections"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := newFleet(t, "postgres", names)
			spec, script := s.file("roles.yaml", fleetSpec(names)), filepath.Join(s.dir, "change.sql")
			s.want(0, "plan", "-f", spec, "-o", script)
			if what == "stale" {
				s.in("b", disturb.sql)
			} else {
				s.in("a", disturb.sql)
			}
			contains(t, s.check(3, s.runScript(script)).stderr, disturb.says)
			if !s.tellsIn("a", `has_table_privilege('alice', 's.t', 'SELECT')`) || !s.tells(`pg_has_role('alice', 'readers', 'MEMBER')`) {
				t.Error("alice lost something, or has not what the parts before gave her")
			}
			if s.tellsIn("c", hasOthers) {
				t.Error("a later part was run")
			}
		})
	}
}

// TestKilledBetweenDatabases: kill -9 leaves nobody without what they have before and after, in any database, and the
// next run goes on.
func TestKilledBetweenDatabases(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(15, 4))
	names := []string{"a", "b", "c", "d"}
	s := newFleet(t, "deployer", names)
	spec := s.file("roles.yaml", fleetSpec(names))
	back := filepath.Join(s.dir, "back.sql")
	s.want(0, "plan", "-f", spec, "-o", filepath.Join(s.dir, "change.sql"), "--rollback", back)
	partly := 0
	for range *kills {
		cmd := s.command("apply", "-f", spec, "--yes")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		s.awaitIn(names[random.IntN(len(names))], hasOthers)
		_ = cmd.Process.Kill() // it may be done
		_ = cmd.Wait()
		given := 0
		for _, name := range names {
			if !s.tellsIn(name, mayRead) {
				t.Errorf("alice may not read in %q", name)
			}
			if s.tellsIn(name, hasOthers) {
				given++
			}
		}
		if given > 0 && given < len(names) {
			partly++
		}
		s.want(0, "apply", "-f", spec, "--yes")
		for _, name := range names {
			if !s.tellsIn(name, mayRead) {
				t.Errorf("alice may not read in %q", name)
			}
		}
		if s.tells(`pg_has_role('alice', 'readers', 'MEMBER')`) {
			t.Error("the run after it did not go on to the end")
		}
		s.check(0, s.runScript(back))
	}
	if t.Logf("of %d kills %d were between the databases", *kills, partly); partly == 0 {
		t.Error("none was between the databases")
	}
}

// awaitIn waits until something is so in another database.
func (s *site) awaitIn(database, condition string) {
	s.Helper()
	conn := s.connectIn(database)
	defer conn.Close(context.Background())
	for is, since := false, time.Now(); !is; time.Sleep(time.Millisecond) {
		if err := conn.QueryRow(context.Background(), "SELECT "+condition).Scan(&is); err != nil || time.Since(since) > time.Minute {
			s.Fatalf("in %q: %s: %v", database, condition, err)
		}
	}
}

// TestDatabasesPage runs the commands of docs/databases.md, in their order, with the spec that it shows.
func TestDatabasesPage(t *testing.T) {
	t.Parallel()
	page := readFile(t, "../../docs/databases.md")
	s := newWarehouse(t)
	s.setenv("PGSR_DATABASE_URL", s.server.URL("postgres", "warehouse", ""))
	for name, schema := range map[string]string{"marts": "facts", "tenant_a": "app", "tenant_b": "app"} {
		s.sql("postgres", "warehouse", "CREATE DATABASE "+name)
		s.in(name, "CREATE SCHEMA "+schema+"; CREATE TABLE "+schema+".orders (); GRANT CREATE ON SCHEMA public TO PUBLIC")
	}
	blocks := strings.Split(page, "```")
	ran := 0
	for _, block := range blocks {
		if text, is := strings.CutPrefix(block, "yaml\n"); is {
			s.file("fleet.yaml", text)
			s.want(2, "check", "-f", filepath.Join(s.dir, "fleet.yaml"))
		}
		commands, is := strings.CutPrefix(block, "sh\n")
		if !is {
			continue
		}
		for line := range strings.Lines(commands) {
			words := strings.Fields(line)
			ran++
			switch words[0] {
			case "pgsr":
				s.want(0, words[1:]...)
			case "psql":
				s.check(0, s.runScript(filepath.Join(s.dir, words[2])))
			default:
				t.Fatalf("what is %q?", line)
			}
		}
	}
	if ran < 5 {
		t.Errorf("%d commands were run", ran)
	}
	for _, name := range []string{"tenant_a", "tenant_b"} {
		if !s.tellsIn(name, `has_table_privilege('analysts', 'app.orders', 'SELECT') AND NOT has_schema_privilege('deployer', 'public', 'CREATE')`) {
			t.Errorf("%s is not as the page says", name)
		}
	}
}
