package executor

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// inside is a session of a leaver, which has a temporary table and a transaction under way.
func (c *cluster) inside() *pgx.Conn {
	c.Helper()
	conn := c.connect("leaver", warehouse, password)
	for _, sql := range []string{`CREATE TEMPORARY TABLE tt (a int)`, `BEGIN`, `CREATE TEMPORARY TABLE t2 (a int)`} {
		mustExec(c, conn, sql)
	}
	return conn
}

// isOut checks that a session has ended, that its role is gone, and that others go on.
func (c *cluster) isOut(inside, other *pgx.Conn) {
	c.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := inside.Exec(ctx, `SELECT 1`); err == nil {
		c.Error("the session goes on")
	}
	mustExec(c, other, `SELECT 1`)
	if one[int](c, `SELECT count(*)::int FROM pg_roles WHERE rolname = 'leaver'`) > 0 {
		c.Error("the role is there")
	}
	if one[int](c, `SELECT count(*)::int FROM pg_class WHERE relname = 'tt'`) > 0 {
		c.Error("its temporary table is there")
	}
}

const endingSpec = "version: 1\nroles: {leaver: {absent: true, reassign_to: heir, end_sessions: true}}\n"

// TestEndSessions: the login is lost and committed first, then the sessions end, then the role goes; by apply, by a
// script and by a saved plan, and as a role with CREATEROLE.
func TestEndSessions(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"apply", "psql", "json", "createrole"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			admin := c.admin()
			mustExec(t, admin, `CREATE ROLE heir`)
			mustExec(t, admin, `CREATE ROLE leaver LOGIN PASSWORD '`+password+`'`)
			c.people("other")
			c.exec(`CREATE TABLE public.t (a int)`, `ALTER TABLE public.t OWNER TO leaver`)
			if c.major >= 15 {
				c.exec(`GRANT CREATE ON SCHEMA public TO heir`)
			}
			inside, other := c.inside(), c.connect("other", warehouse, password)
			err := c.syncError(c.super, strings.Replace(endingSpec, ", end_sessions: true", "", 1))
			if err == nil || !strings.Contains(err.Error(), "goes with the session that made it: write end_sessions: true") {
				t.Fatalf("a temporary table is not in the way: %v", err)
			}
			s, plan := c.planFor(endingSpec)
			if len(plan.Parts) != 3 {
				t.Fatalf("it has %d transactions: %s", len(plan.Parts), stepsOf(plan))
			}
			switch way {
			case "apply":
				c.sync(endingSpec, true)
			case "psql":
				if out, err := c.runScript(c.written("psql", s, plan, Options{})); err != nil || strings.Contains(out, "WARNING") {
					t.Fatalf("%v\n%s", err, out)
				}
			case "json":
				if _, err := ApplySaved(context.Background(), c.super, c.readBack(s, plan), Options{}); err != nil {
					t.Fatal(err)
				}
			case "createrole":
				c.syncAs(admin, endingSpec, true)
			}
			c.isOut(inside, other)
			if owner := c.owner("public.t"); owner != "heir" {
				t.Errorf("its table belongs to %s", owner)
			}
			if rows := c.memberships(`member = 'admin'::regrole AND roleid::regrole::text <> 'heir'`); len(rows) > 0 {
				t.Errorf("the admin keeps %q", rows)
			}
			c.sync(endingSpec, false)
		})
	}
}

// TestSessionsThatGoOn: without end_sessions those that nothing depends on are warned of, and go on.
func TestSessionsThatGoOn(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE heir`)
	c.people("leaver")
	inside := c.connect("leaver", warehouse, password)
	plan := c.planAs(c.super, "version: 1\nroles: {leaver: {absent: true}}\n")
	if said := strings.Join(plan.Warnings, "\n"); !strings.Contains(said, `role "leaver" has 1 session, which can go on until they end: write end_sessions: true`) {
		t.Errorf("warnings: %s", said)
	}
	c.sync("version: 1\nroles: {leaver: {absent: true}}\n", true)
	mustExec(t, inside, `SELECT 1`)
	if _, err := c.tryConnect("leaver", warehouse, password); err == nil {
		t.Error("it can log in")
	}
}

// TestEndSessionsGoesOn: where the run ends between the transactions, the login is lost, and the next run does the
// rest.
func TestEndSessionsGoesOn(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE heir`)
	c.people("leaver")
	inside := c.inside()
	plan := c.planAs(c.super, endingSpec)
	part := plan.Part(0, plan.From)
	for _, s := range strings.Split(strings.TrimSpace(stepsOf(part)), "\n") {
		c.exec(s)
	}
	if _, err := c.tryConnect("leaver", warehouse, password); err == nil {
		t.Error("it can log in")
	}
	c.sync(endingSpec, true)
	c.isOut(inside, c.super)
}
