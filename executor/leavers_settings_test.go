package executor

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

const settledSpec = "version: 1\nroles: {leaver: {absent: true}, neighbour: {settings: {}}}\n"

// TestSettingsOfLeaverElsewhere: what a leaver had set for it in other databases is named, comes back with it from a
// script and from what was applied, and makes both stale when it changes meanwhile. What others have there stays.
func TestSettingsOfLeaverElsewhere(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			c := newCluster(t)
			c.name = warehouse
			admin := c.admin()
			for _, role := range []string{"leaver", "neighbour"} {
				mustExec(t, admin, `CREATE ROLE `+role)
				mustExec(t, admin, `ALTER ROLE `+role+` IN DATABASE postgres SET datestyle = iso`)
			}
			mustExec(t, admin, `ALTER ROLE leaver IN DATABASE postgres SET search_path = a, "B, c"`)
			mustExec(t, admin, `ALTER ROLE leaver IN DATABASE warehouse SET work_mem = '5MB'`)
			mustExec(t, admin, `ALTER ROLE leaver IN DATABASE template1 SET work_mem = '6MB'`)
			mustExec(t, admin, `ALTER ROLE leaver SET work_mem = '7MB'`)
			conn, before := c.connect(user, warehouse, ""), c.settings("leaver")
			s := parse(t, settledSpec)
			plan, err := Plan(ctx, conn, s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if said := c.written("psql", s, plan, Options{}); !strings.Contains(said, "its settings, also those in databases postgres, template1") {
				t.Errorf("they are not named: %s", said)
			}
			if said := strings.Join(plan.Warnings, "\n"); !strings.Contains(said, `5 settings dropped`) {
				t.Errorf("warned of: %s", said)
			}
			c.isStaleWith(user, plan)
			for _, way := range []func() *planner.Plan{
				func() *planner.Plan {
					c.runs(user, c.written("psql", s, plan, Options{}))
					return plan
				},
				func() *planner.Plan {
					result, err := Sync(ctx, conn, s, Options{})
					if err != nil || !result.Applied {
						t.Fatalf("applied: %v", err)
					}
					return result.Plan
				},
			} {
				back, err := way().Back()
				if err != nil {
					t.Fatal(err)
				}
				if left := c.settings("leaver"); left != "" {
					t.Errorf("left is %s", left)
				}
				c.runs(user, c.written("psql", s, back, Options{}))
				if after := c.settings("leaver"); after != before {
					t.Errorf("it came back with\n%s\nand had\n%s", after, before)
				}
			}
			if others := c.settings("neighbour"); others != "postgres:DateStyle=iso" {
				t.Errorf("the neighbour has %s", others)
			}
		})
	}
}

// isStaleWith checks that a script and a saved plan refuse to run when settings of the leaver are others than planned.
func (c *cluster) isStaleWith(user string, plan *planner.Plan) {
	c.Helper()
	s := parse(c, settledSpec)
	saved, script := c.readBack(s, plan), c.written("psql", s, plan, Options{})
	conn := c.connect(user, warehouse, "")
	for _, changed := range []struct{ what, undone, sentence string }{
		{`IN DATABASE postgres SET datestyle = sql`, `IN DATABASE postgres SET datestyle = iso`, "setting datestyle of role leaver in database postgres: is sql, was iso"},
		{`IN DATABASE postgres RESET datestyle`, `IN DATABASE postgres SET datestyle = iso`, "setting datestyle of role leaver in database postgres: is not there, was iso"},
		{`IN DATABASE template1 SET enable_sort = off`, `IN DATABASE template1 RESET enable_sort`, "setting enable_sort of role leaver in database template1: is off, was not there"},
		{`SET statement_timeout = 1`, `RESET statement_timeout`, "setting statement_timeout of role leaver: is 1, was not there"},
		{`IN DATABASE warehouse RESET work_mem`, `IN DATABASE warehouse SET work_mem = '5MB'`, "setting work_mem of role leaver in database warehouse: is not there, was 5MB"},
		{`IN DATABASE postgres SET search_path = ''`, `IN DATABASE postgres SET search_path = a, "B, c"`, `setting search_path of role leaver in database postgres: is "", was "a", "B, c"`},
	} {
		c.exec(`ALTER ROLE leaver ` + changed.what)
		if said, code := c.psql(user, script); code == 0 || !strings.Contains(said, changed.sentence) {
			c.Errorf("%s: the script says %d\n%s", changed.what, code, said)
		}
		_, err := ApplySaved(context.Background(), conn, saved, Options{})
		if stale, is := errors.AsType[*StaleError](err); !is || !slices.Contains(stale.Differences, changed.sentence) {
			c.Errorf("%s: the saved plan says %v", changed.what, err)
		}
		c.exec(`ALTER ROLE leaver ` + changed.undone)
	}
}

// TestMembershipsOfLeaverMeanwhile: a script and a saved plan are stale when somebody has become a member of the leaver
// since, or the leaver one of another role, or is none any more.
func TestMembershipsOfLeaverMeanwhile(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.name = warehouse
			admin := c.admin()
			for _, sql := range []string{`CREATE ROLE leaver`, `CREATE ROLE team`, `CREATE ROLE club`, `CREATE ROLE neighbour`, `GRANT team TO leaver`, `GRANT leaver TO neighbour`} {
				mustExec(t, admin, sql)
			}
			conn, s := c.connect(user, warehouse, ""), parse(t, "version: 1\nroles: {leaver: {absent: true}}\n")
			plan, err := Plan(context.Background(), conn, s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			saved, script := c.readBack(s, plan), c.written("psql", s, plan, Options{})
			for _, changed := range []struct{ what, undone, sentence string }{
				{`GRANT club TO leaver`, `REVOKE club FROM leaver`, "membership of leaver in club"},
				{`GRANT leaver TO club`, `REVOKE leaver FROM club`, "membership of club in leaver"},
				{`REVOKE team FROM leaver`, `GRANT team TO leaver`, "membership of leaver in team"},
				{`REVOKE leaver FROM neighbour`, `GRANT leaver TO neighbour`, "membership of neighbour in leaver"},
			} {
				mustExec(t, admin, changed.what)
				if said, code := c.psql(user, script); code == 0 || !strings.Contains(said, changed.sentence) {
					t.Errorf("%s: the script says %d\n%s", changed.what, code, said)
				}
				_, err := ApplySaved(context.Background(), conn, saved, Options{})
				saysAll(t, err, changed.sentence)
				mustExec(t, admin, changed.undone)
			}
			if _, err := ApplySaved(context.Background(), conn, saved, Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSettingsOfLeaverInDroppedDatabase: a script that knows of settings in a database that is gone meanwhile says so,
// the one that drops the role and the one that brings it back.
func TestSettingsOfLeaverInDroppedDatabase(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE leaver`, `CREATE DATABASE marts`, `ALTER ROLE leaver IN DATABASE marts SET enable_sort = off`)
	c.name = warehouse
	s, plan := c.planFor(settledSpec)
	back, err := plan.Back()
	if err != nil {
		t.Fatal(err)
	}
	c.exec(`DROP DATABASE marts`)
	const sentence = "database marts is not there, with settings of role leaver"
	isStale := func(plan *planner.Plan) {
		if said, code := c.psql("postgres", c.written("psql", s, plan, Options{})); code == 0 || !strings.Contains(said, sentence) {
			t.Errorf("%d: %s", code, said)
		}
	}
	isStale(plan)
	c.sync("version: 1\nroles: {leaver: {absent: true}}", true)
	isStale(back)
}

// TestSettingsOfLeaverOfDatabases: over several databases they come back once.
func TestSettingsOfLeaverOfDatabases(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.name = warehouse
			mustExec(t, c.admin(), `CREATE ROLE leaver`)
			there := c.connect("postgres", "postgres", "")
			for _, sql := range []string{`CREATE SCHEMA s AUTHORIZATION admin`, `CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO leaver`} {
				mustExec(t, there, sql)
			}
			c.exec(`ALTER ROLE leaver IN DATABASE postgres SET enable_sort = off`, `ALTER ROLE leaver IN DATABASE template0 SET enable_sort = on`, `ALTER ROLE leaver SET work_mem = '5MB'`)
			before, s := c.settings("leaver"), parse(t, "version: 1\nroles: {leaver: {absent: true}}\n")
			sequence, err := PlanDatabases(context.Background(), c.connect(user, warehouse, ""), s, Options{})
			if err != nil || len(sequence.Steps()) < 2 {
				t.Fatal(sequence, err)
			}
			back, err := sequence.Back()
			if err != nil {
				t.Fatal(err)
			}
			for _, way := range []*planner.Sequence{sequence, back} {
				var text bytes.Buffer
				if err := WriteSequenceAs(&text, "psql", s, way, Options{}); err != nil {
					t.Fatal(err)
				}
				c.runs(user, text.String())
				if left := c.settings("leaver"); way == sequence && left != "" {
					t.Errorf("left is %s", left)
				}
			}
			set := lists.Filter(back.Statements(), func(s script.Statement) bool { _, is := s.Change.(catalog.AlterRoleSet); return is })
			if after := c.settings("leaver"); after != before || len(set) != 3 {
				t.Errorf("it came back with\n%s\nand had\n%s\nby %v", after, before, set)
			}
		})
	}
}

// TestSettingsOfPrunedRoles: settings that somebody has given a privilege role are named and come back, too.
func TestSettingsOfPrunedRoles(t *testing.T) {
	t.Parallel()
	c := newCluster(t, pruneSetup...)
	c.name = warehouse
	c.sync(reading, true)
	gone := one[string](c, `SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE oid = 'sales.parts'::regclass AND grantee <> relowner`)
	c.exec(`DROP TABLE sales.parts`, `ALTER ROLE `+gone+` IN DATABASE postgres SET enable_sort = off`, `ALTER ROLE `+gone+` SET enable_sort = on`)
	plan, err := PlanPrune(context.Background(), c.super, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if said := c.written("psql", &spec.Spec{}, plan, Options{}); !strings.Contains(said, "with it go its settings, also those in database postgres") {
		t.Errorf("they are not named: %s", said)
	}
	back, err := plan.Back()
	if err != nil {
		t.Fatal(err)
	}
	c.prune(c.super, true)
	c.runs("postgres", c.written("psql", &spec.Spec{}, back, Options{}))
	if after := c.settings(gone); after != "enable_sort=on|postgres:enable_sort=off" {
		t.Errorf("it came back with %s", after)
	}
}
