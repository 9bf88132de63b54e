package executor

import (
	"context"
	"strings"
	"testing"
)

// TestAllInTheWayAtOnce: what stands in the way in other databases is named together with what does in the connected
// one, each in its database.
func TestAllInTheWayAtOnce(t *testing.T) {
	t.Parallel()
	c := newEstate(t)
	for _, name := range estate {
		conn := c.connect("postgres", name, "")
		mustExec(t, conn, `CREATE POLICY alone ON s.t TO leaver USING (true)`)
		conn.Close(context.Background())
	}
	c.exec(`ALTER DATABASE marts ALLOW_CONNECTIONS false`)
	_, err := SyncDatabases(context.Background(), c.super, parse(t, estateSpec), Options{})
	if err == nil {
		t.Fatal("nothing stands in the way")
	}
	for words, times := range map[string]int{
		"policy alone on table s.t stands in the way": 2, `in database "a \"b": `: 1, `objects in database "marts" stands in the way: it allows no connections`: 1,
	} {
		if n := strings.Count(err.Error(), words); n != times {
			t.Errorf("%q is said %d times", words, n)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
	if _, err := c.tryConnect("leaver", warehouse, password); err != nil {
		t.Errorf("something was done: %v", err)
	}
}

// TestInitialPrivilegesElsewhere: what the scripts of extensions have granted a leaver in other databases goes there,
// from 17 on, and with it goes nothing of what others have of what the cluster shares.
func TestInitialPrivilegesElsewhere(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newEstate(t)
			c.grantInitially()
			c.exec(`GRANT CONNECT, CREATE ON DATABASE marts TO leaver WITH GRANT OPTION`, `SET ROLE leaver`, `GRANT CREATE ON DATABASE marts TO neighbour`, `RESET ROLE`)
			if c.major >= 16 {
				c.exec(`CREATE ROLE club`, `GRANT club TO leaver WITH ADMIN TRUE`, `SET ROLE leaver`, `GRANT club TO neighbour`, `RESET ROLE`, `GRANT club TO admin WITH ADMIN TRUE`)
			}
			conn := c.connect(user, warehouse, "")
			if user == "admin" && c.major >= 17 {
				_, err := SyncDatabases(ctx, conn, parse(t, estateSpec), Options{})
				if err == nil || !strings.Contains(err.Error(), "have a superuser grant it pg_maintain for the time being, or run this") {
					t.Fatalf("got %v", err)
				}
				c.exec(`GRANT pg_maintain TO admin`)
			}
			sequence, err := PlanDatabases(ctx, conn, parse(t, estateSpec), Options{})
			if err != nil {
				t.Fatal(err)
			}
			drops := 0
			for _, plan := range sequence.Steps() {
				drops += strings.Count(stepsOf(plan), "DROP OWNED")
			}
			if want := len(estate); drops != want && c.major >= 17 {
				t.Errorf("DROP OWNED %d times", drops)
			}
			if _, err := SyncDatabases(ctx, conn, parse(t, estateSpec), Options{}); err != nil {
				t.Fatal(err)
			}
			c.isHeirs()
			if !one[bool](c, `SELECT has_database_privilege('neighbour', 'marts', 'CREATE')`) {
				t.Error("the neighbour has lost what the leaver had granted on a database")
			}
			if c.major >= 16 && !one[bool](c, `SELECT pg_has_role('neighbour', 'club', 'MEMBER')`) {
				t.Error("the neighbour has lost a membership that the leaver had granted")
			}
			if again, err := SyncDatabases(ctx, conn, parse(t, estateSpec), Options{}); err != nil || again.Applied() {
				t.Errorf("again: %v", err)
			}
		})
	}
}

// grantInitially lets the script of an extension have granted something to the leaver in each database.
func (c *cluster) grantInitially() {
	c.Helper()
	for _, name := range estate {
		conn := c.connect("postgres", name, "")
		for _, sql := range []string{
			`CREATE TABLE public.et (a int)`, `GRANT SELECT ON public.et TO leaver, neighbour`, `ALTER EXTENSION plpgsql ADD TABLE public.et`,
			`REVOKE SELECT ON public.et FROM leaver`,
		} {
			mustExec(c, conn, sql)
		}
		conn.Close(context.Background())
	}
}
