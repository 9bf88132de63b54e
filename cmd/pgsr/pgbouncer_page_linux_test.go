package main

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch/scratchtest"
)

const pgbouncerPage = "docs/pgbouncer.md"

// bouncer starts a PgBouncer with the configuration of docs/pgbouncer.md, and gives the URL for a role.
func (s *site) bouncer(mode string) func(role, password, database string) string {
	s.Helper()
	users := fmt.Sprintf("\"deployer\" \"%s\"\n\"report_reader\" \"%s\"\n\"bouncer\" \"%s\"\n", connectionPassword, bobPassword, alicePassword)
	port := scratchtest.PoolerOf(s.T, map[string]string{"userlist.txt": users}, func(dir string, port int) string {
		text := pageBlocks(s.T, pgbouncerPage, "ini")[0]
		for _, pair := range [][2]string{
			{"host=db.example.com port=5432", fmt.Sprintf("host=127.0.0.1 port=%d", s.server.Port)},
			{"listen_port = 6432", fmt.Sprintf("listen_port = %d\nunix_socket_dir =", port)},
			{"/etc/pgbouncer", dir},
			{"pool_mode = transaction", "pool_mode = " + mode},
		} {
			if strings.Count(text, pair[0]) != 1 {
				s.Fatalf("the page does not say %q once", pair[0])
			}
			text = strings.Replace(text, pair[0], pair[1], 1)
		}
		return text
	})
	return func(role, password, database string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Host: fmt.Sprintf("127.0.0.1:%d", port), Path: "/" + database, RawQuery: "sslmode=disable"}
		return u.String()
	}
}

// through asks through the pooler whether something is so.
func (s *site) through(url, condition string) (is bool, err error) {
	s.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.Background())
	return is, conn.QueryRow(context.Background(), "SELECT "+condition, pgx.QueryExecModeSimpleProtocol).Scan(&is)
}

// TestPgBouncerPage runs the commands of docs/pgbouncer.md through a PgBouncer with its configuration, in the modes
// that work. Nothing is left in a session, and a login that was taken is one until the pooler connects anew.
func TestPgBouncerPage(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"session", "transaction"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := newWarehouse(t)
			s.tools()
			at := s.bouncer(mode)
			s.setenv("REPORT_PASSWORD", bobPassword)
			s.setenv("PGBOUNCER_ADMIN_URL", at("bouncer", alicePassword, "pgbouncer"))
			blocks := pageBlocks(t, pgbouncerPage, "sh")
			reader := at("report_reader", bobPassword, "warehouse")
			o := s.block(strings.Join(blocks[:2], ""), at("deployer", connectionPassword, "warehouse"))
			contains(t, o.stdout, ", committed, digest ")
			contains(t, o.stderr, "applied ", "in sync")
			if is, err := s.through(reader, `count(*) = 0 FROM sales."Order Lines" WHERE false`); err != nil || !is {
				t.Errorf("the reader: %v, %v", is, err)
			}
			for range 3 { // whichever session it gets
				is, err := s.through(at("deployer", connectionPassword, "warehouse"), `NOT EXISTS (SELECT FROM pg_prepared_statements WHERE name NOT LIKE 'pgsr\_%')
					AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory') AND current_user = 'deployer'
					AND NOT EXISTS (SELECT FROM pg_settings WHERE source = 'session' AND name IN ('search_path', 'lock_timeout', 'statement_timeout', 'role'))`)
				if err != nil || !is {
					t.Errorf("something is left in a session: %v", err)
				}
			}
			taken, reconnects, _ := strings.Cut(blocks[2], "psql")
			s.block(taken, at("deployer", connectionPassword, "warehouse"))
			if _, err := s.through(reader, "true"); err != nil {
				t.Errorf("the page says that the pool keeps its sessions: %v", err)
			}
			s.block("psql"+reconnects, "")
			if _, err := s.through(reader, "true"); err == nil {
				t.Error("who may not log in is let in")
			}
			s.setenv("PGOPTIONS", "-c statement_timeout=5s")
			s.setenv("PGSR_DATABASE_URL", at("deployer", connectionPassword, "warehouse"))
			if o := s.run("check", "-f", "roles.yaml"); o.status != 0 {
				contains(t, s.check(1, o).stderr, "the pooler does not take these PGOPTIONS")
			}
		})
	}
}

// block runs what a page says for a shell, with the URL of a test in the place of the page's.
func (s *site) block(script, url string) outcome {
	s.Helper()
	program := s.command()
	script = strings.ReplaceAll(script, "postgres://deployer@pooler.example.com:6432/warehouse", `"`+url+`"`)
	shell := exec.Command("sh", "-c", `pgsr() { "$PROGRAM" "$@"; }`+"\nset -eu\n"+script)
	shell.Dir, shell.Env = s.dir, append(program.Env, "PROGRAM="+program.Path)
	if url != "" {
		shell.Env = append(shell.Env, "PGSR_DATABASE_URL="+url)
	}
	return s.check(0, s.finish(shell))
}
