package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"pgsr/executor"
	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
	"pgsr/planner/spec"
)

// bed is a server with a table, and the service that runs on it as a role that is no superuser.
type bed struct {
	*testing.T
	server *scratch.Server
	super  *pgx.Conn
	url    string
	log    *locked
	ended  chan error
	stop   context.CancelFunc
}

// locked is a log that is read while it is written.
type locked struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newBed(t *testing.T) *bed {
	t.Helper()
	ctx := context.Background()
	b := &bed{T: t, server: scratchtest.Cluster(t), log: &locked{}, ended: make(chan error, 1)}
	var err error
	if b.super, err = pgx.Connect(ctx, b.server.URL("postgres", "postgres", "")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.super.Close(ctx) })
	b.exec(`CREATE ROLE service LOGIN CREATEROLE`, `GRANT CREATE ON DATABASE postgres TO service`,
		`SET ROLE service; CREATE SCHEMA sales; CREATE TABLE sales.orders (id int); RESET ROLE`)
	// The signal is for the whole process: what the tests send, this hears.
	serving, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	b.stop = stop
	started := make(chan net.Addr, 1)
	log := slog.New(slog.NewTextHandler(b.log, nil))
	go func() {
		b.ended <- run(serving, "127.0.0.1:0", b.server.URL("service", "postgres", "")+"&pool_max_conns=4", log, func(a net.Addr) { started <- a })
	}()
	select {
	case address := <-started:
		b.url = "http://" + address.String()
	case err := <-b.ended:
		t.Fatal(err)
	}
	return b
}

func (b *bed) exec(statements ...string) {
	b.Helper()
	for _, statement := range statements {
		if _, err := b.super.PgConn().Exec(context.Background(), statement).ReadAll(); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
}

// post asks for something and gives the answer, which has a status.
func (b *bed) post(path, body string, status int) map[string]any {
	b.Helper()
	answer, err := http.Post(b.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	out := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil || answer.StatusCode != status {
		b.Errorf("%s %s: %d, %v\n%s", path, body, answer.StatusCode, err, text)
	}
	return out
}

const clerk = `{"login": true, "password": "never shown", "grants": ["USAGE ON SCHEMA sales", "SELECT ON TABLE sales.orders"]}`

// TestService is one after the other what a caller does, and what comes of it.
func TestService(t *testing.T) {
	b := newBed(t)
	if got := b.post("/roles/clerk/check", clerk, http.StatusOK); got["in_sync"] != false || got["reasons"] == nil {
		t.Errorf("%v", got)
	}
	if got := b.post("/roles/clerk", clerk, http.StatusOK); got["applied"] != true || len(got["digest"].(string)) != 64 || fmt.Sprint(got["created"]) != "[clerk]" {
		t.Errorf("%v", got)
	}
	var may bool
	if err := b.super.QueryRow(context.Background(), `SELECT has_table_privilege('clerk', 'sales.orders', 'SELECT')`).Scan(&may); err != nil || !may {
		t.Errorf("clerk may read: %v, %v", may, err)
	}
	const keeps = `{"login": true, "grants": ["USAGE ON SCHEMA sales", "SELECT ON TABLE sales.orders"]}`
	if got := b.post("/roles/clerk", keeps, http.StatusOK); got["applied"] != false {
		t.Errorf("%v", got)
	}
	for _, c := range []struct {
		path, body string
		status     int
		failure    executor.Failure
		retry      bool
	}{
		{"/roles/clerk", `{"password": "never shown"`, http.StatusBadRequest, executor.FailedSpec, false},
		{"/roles/clerk", `{"grant": []}`, http.StatusBadRequest, executor.FailedSpec, false},
		{"/roles/clerk", `{"grants": ["SELECT sales.orders"]}`, http.StatusBadRequest, executor.FailedSpec, false},
		{"/roles/pg_clerk", `{}`, http.StatusBadRequest, executor.FailedSpec, false},
		{"/roles/clerk", `{"grants": ["SELECT ON TABLE sales.order"]}`, http.StatusUnprocessableEntity, executor.FailedMissing, false},
		{"/roles/postgres", `{}`, http.StatusBadRequest, executor.FailedSpec, false},
		{"/roles/clerk", `{"grants": ["SELECT ON TABLE pg_catalog.pg_authid"]}`, http.StatusForbidden, executor.FailedRefused, false},
	} {
		if got := b.post(c.path, c.body, c.status); got["failure"] != string(c.failure) || got["retry"] != c.retry {
			t.Errorf("%s %s: %v", c.path, c.body, got)
		}
	}
	b.exec(`BEGIN; SELECT pg_advisory_xact_lock(1)`)
	if got := b.post("/roles/clerk", `{"login": true}`, http.StatusServiceUnavailable); got["failure"] != "locked" || got["retry"] != true || !strings.Contains(got["error"].(string), `role "postgres"`) {
		t.Errorf("%v", got)
	}
	b.exec(`COMMIT`)
	b.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'`)
	b.post("/roles/clerk", `{"login": true}`, http.StatusOK)
	b.crowd()
	if text := b.log.String(); strings.Contains(text, "never shown") || !strings.Contains(text, "outcome=applied") || !strings.Contains(text, "outcome=locked") {
		t.Errorf("the log:\n%s", text)
	}
	b.ends()
}

// crowd asks for many roles at a time, more than there are connections.
func (b *bed) crowd() {
	b.Helper()
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() { b.post(fmt.Sprintf("/roles/clerk%d", i), clerk, http.StatusOK) })
	}
	group.Wait()
	var count int
	if err := b.super.QueryRow(context.Background(), `SELECT count(*) FROM pg_roles WHERE rolname ~ '^clerk\d'`).Scan(&count); err != nil || count != 12 {
		b.Errorf("there are %d roles, %v", count, err)
	}
}

// ends sends the signal while a request waits for the lock: it is answered, and then the service ends.
func (b *bed) ends() {
	b.Helper()
	b.exec(`BEGIN; SELECT pg_advisory_xact_lock(1)`)
	answered := make(chan map[string]any, 1)
	go func() { answered <- b.post("/roles/last", clerk, http.StatusOK) }()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var waits bool
		if err := b.super.QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)`).Scan(&waits); err != nil || time.Now().After(end) {
			b.Fatalf("no request waits: %v", err)
		}
		if waits {
			break
		}
	}
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	b.exec(`COMMIT`)
	if got := <-answered; got["applied"] != true {
		b.Errorf("the request that ran is answered with %v", got)
	}
	select {
	case err := <-b.ended:
		if err != nil {
			b.Error(err)
		}
	case <-time.After(30 * time.Second):
		b.Error("the service does not end")
	}
	b.stop()
	if _, err := http.Post(b.url+"/roles/late", "application/json", strings.NewReader(clerk)); err == nil {
		b.Error("it still answers")
	}
}

// TestPoolKeepsNoticesApart: of a pool's connections, all with one handler of notices, what is warned of on one does
// not fail what runs on another, and the handler hears of all.
func TestPoolKeepsNoticesApart(t *testing.T) {
	server, ctx := scratchtest.Cluster(t), context.Background()
	config, err := pgxpool.ParseConfig(server.URL("postgres", "postgres", "") + "&pool_max_conns=4")
	if err != nil {
		t.Fatal(err)
	}
	var heard sync.Map
	config.ConnConfig.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) { heard.Store(n.Message, conn) }
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	loud, err := pool.Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer loud.Release()
	var group sync.WaitGroup
	for i := range 3 {
		group.Go(func() {
			for n := range 4 {
				err := pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
					role := spec.Role{Name: fmt.Sprintf("clerk %d %d", i, n)}
					_, err := executor.Sync(ctx, conn.Conn(), &spec.Spec{Roles: []spec.Role{role}}, executor.Options{})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	for warned := 0; ; warned++ {
		if _, err := loud.Exec(ctx, `DO $$ BEGIN RAISE WARNING 'of another'; END $$`); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
			if _, is := heard.Load("of another"); !is {
				t.Error("the pool's own handler hears nothing")
			}
			return
		default:
		}
	}
}
