package executor

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// crowdSpec has grants that meet in shared catalogs (roles, memberships, a database's ACL) and others in those of one
// database. With every second round come new roles; in between, they get other things.
func crowdSpec(round int) *spec.Spec {
	s := &spec.Spec{Missing: spec.WarnOfMissing}
	crowd := fmt.Sprintf("crowd %d", round/2)
	for i := range 6 {
		role := spec.Role{Name: fmt.Sprintf("%s, %d", crowd, i), Login: &spec.Login{}, MemberOf: spec.Memberships(crowd)}
		if (i+round)%2 == 0 {
			role.Grants = append(role.Grants, spec.MustGrants(`CONNECT, TEMPORARY ON DATABASE warehouse`, `USAGE ON SCHEMA sales`)...)
			role.DirectGrants = append(role.DirectGrants, spec.MustGrants(`CONNECT ON DATABASE warehouse`, `SELECT ON TABLE sales.orders`)...)
		} else {
			role.MemberOf = append(role.MemberOf, spec.Membership{Role: "other " + crowd})
			role.DirectGrants = append(role.DirectGrants, spec.MustGrants(`TEMPORARY ON DATABASE warehouse`, `INSERT ON TABLE sales.parts`)...)
		}
		s.Roles = append(s.Roles, role)
	}
	return s
}

// counted is a log of which the lines are counted.
type counted struct {
	mu   sync.Mutex
	text strings.Builder
}

func (c *counted) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(line)
}

// lines counts those that tell of another attempt.
func (c *counted) lines() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Count(c.text.String(), "trying again")
}

func (c *counted) logger() *slog.Logger { return slog.New(slog.NewTextHandler(c, nil)) }

// crowd runs a Sync on each connection, all at the same moment. It gives how many did something, and how often they
// were tried: all together, and the one that was tried most.
func (c *cluster) crowd(conns []*pgx.Conn, s *spec.Spec, log *slog.Logger) (applied, attempts, most int) {
	c.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	begin := make(chan struct{})
	outcomes := make(chan outcomeOf)
	for _, conn := range conns {
		go func() {
			<-begin
			result, err := Sync(ctx, conn, s, Options{Logger: log})
			outcomes <- outcomeOf{result, err}
		}()
	}
	close(begin)
	for range conns {
		got := <-outcomes
		if got.err != nil {
			c.Errorf("one of %d: %v", len(conns), got.err)
			continue
		}
		attempts, most = attempts+got.result.Attempts, max(most, got.result.Attempts)
		if got.result.Applied {
			applied++
		}
	}
	return applied, attempts, most
}

func (c *cluster) connections(n int, user string, databases ...string) []*pgx.Conn {
	c.Helper()
	conns := make([]*pgx.Conn, n)
	for i := range conns {
		conns[i] = c.connect(user, databases[i%len(databases)], "")
	}
	return conns
}

// TestManyAtOnce: in one database the lock lets one in after the other; the first does the work, the others find
// nothing left to do.
func TestManyAtOnce(t *testing.T) {
	for _, n := range []int{2, 32} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			c := newShop(t)
			conns := c.connections(n, "postgres", warehouse)
			for round := range 4 {
				log := &counted{}
				applied, attempts, _ := c.crowd(conns, crowdSpec(round), log.logger())
				if applied != 1 || attempts > n || log.lines() > 0 {
					t.Errorf("round %d: %d of %d applied, in %d attempts; log: %s", round, applied, n, attempts, log.text.String())
				}
				c.inSync(crowdSpec(round), c.super)
			}
		})
	}
}

func (c *cluster) inSync(s *spec.Spec, conns ...*pgx.Conn) {
	c.Helper()
	for _, conn := range conns {
		plan, err := Plan(context.Background(), conn, s, Options{})
		if err != nil {
			c.Error(err)
		} else if !plan.IsEmpty() {
			c.Errorf("%s is not in sync:%s", conn.Config().Database, statementsOf(&Result{Plan: plan}))
		}
	}
}

// TestManyDatabasesAtOnce: what belongs to the cluster is under nobody's lock when the databases are several. Each
// has its own privilege roles, and all have the same roles and the same ACL of one database.
func TestManyDatabasesAtOnce(t *testing.T) {
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			c := newShop(t, `CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`)
			databases := []string{warehouse, "second", "third"}
			c.handOver("admin", c.super)
			for _, name := range databases[1:] {
				c.exec(`CREATE DATABASE ` + name + ` OWNER admin`)
				conn := c.connect("postgres", name, "")
				for _, sql := range []string{`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE TABLE sales.parts (a int)`} {
					mustExec(t, conn, sql)
				}
				c.handOver("admin", conn)
			}
			conns := c.connections(12, user, databases...)
			const rounds = 8
			retries, worst := 0, 0
			for round := range rounds {
				log := &counted{}
				applied, attempts, most := c.crowd(conns, crowdSpec(round), log.logger())
				if t.Failed() {
					t.Fatalf("round %d; log:\n%s", round, log.text.String())
				}
				if applied < len(databases) || most > maxAttempts/2 {
					t.Errorf("round %d: %d applied, one of them in %d attempts", round, applied, most)
				}
				worst = max(worst, most)
				if unlogged := attempts - len(conns); log.lines() < unlogged {
					t.Errorf("round %d: %d attempts, of which the log has %d retries", round, attempts, log.lines())
				}
				retries += log.lines()
				c.inSync(crowdSpec(round), conns[:3]...)
			}
			t.Logf("%d retries in %d Syncs, at most %d attempts for one", retries, rounds*len(conns), worst)
		})
	}
}

func (c *cluster) handOver(owner string, conn *pgx.Conn) {
	c.Helper()
	for _, sql := range []string{`ALTER SCHEMA sales OWNER TO `, `ALTER TABLE sales.orders OWNER TO `, `ALTER TABLE sales.parts OWNER TO `} {
		mustExec(c, conn, sql+owner)
	}
}

// TestRetriesEnd: an error that other transactions cause at times, and that comes again in the same way, is not tried
// twenty times; one that is always a conflict is, and each time is logged.
func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]int{
		"42704": 2, "42P01": 2, "3F000": 2, "42883": 2, "42703": 2, "42P06": 2, "42501": 2, "42809": 2, "2BP01": 2, "0LP01": 2, "40001": maxAttempts, "P0001": 1,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			c := newShop(t)
			c.exec(`CREATE SEQUENCE public.attempts`)
			c.onCommand("ddl_command_start", `PERFORM nextval('public.attempts'); RAISE EXCEPTION 'as always' USING ERRCODE = '`+code+`';`)
			log := &counted{}
			c.unchanged(func() {
				_, err := c.syncShop(context.Background(), c.asPostgres(), Options{Logger: log.logger()})
				saysAll(t, err, "as always")
			})
			if got := one[int](c, `SELECT last_value::int FROM public.attempts`); got != want || log.lines() != want-1 {
				t.Errorf("%d attempts and %d lines of log, want %d; %s", got, log.lines(), want, log.text.String())
			}
		})
	}
}
