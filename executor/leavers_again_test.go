package executor

import (
	"strings"
	"testing"
)

// TestLeaverScriptRunTwice: a script that has run is told from one that is stale, whatever the leaver had.
func TestLeaverScriptRunTwice(t *testing.T) {
	t.Parallel()
	const bare = "version: 1\nroles:\n  ann: {absent: true, reassign_to: heir}\n"
	for name, world := range map[string]struct {
		spec  string
		setup []string
	}{
		"much":             {leaverSpec, leaving},
		"bare":             {bare, []string{`CREATE ROLE heir`, `CREATE ROLE ann`}},
		"login":            {bare, []string{`CREATE ROLE heir`, `CREATE ROLE ann LOGIN`}},
		"settings":         {bare, []string{`CREATE ROLE heir`, `CREATE ROLE ann`, `ALTER ROLE ann SET work_mem = '8MB'`}},
		"member":           {bare, []string{`CREATE ROLE heir`, `CREATE ROLE ann`, `GRANT heir TO ann`}},
		"sessions":         {strings.ReplaceAll(bare, "}", ", end_sessions: true}"), []string{`CREATE ROLE heir`, `CREATE ROLE ann LOGIN`}},
		"sessions nologin": {strings.ReplaceAll(bare, "}", ", end_sessions: true}"), []string{`CREATE ROLE heir`, `CREATE ROLE ann`, `GRANT heir TO ann`}},
		"owner":            {bare, []string{`CREATE ROLE heir`, `CREATE ROLE ann`, `CREATE TABLE t (a int)`, `ALTER TABLE t OWNER TO ann`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, world.setup...)
			s, plan := c.planFor(world.spec)
			text := c.written("psql", s, plan, Options{})
			if out, err := c.runScript(text); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			c.wasRun(text, len(plan.Parts) == 0)
			c.exec(`CREATE ROLE "le'av""er; --"`, `CREATE ROLE ann CREATEDB`)
			if out, err := c.runScript(text); err == nil || strings.Contains(out, "was run already") || !strings.Contains(out, "stale") {
				t.Errorf("with another role of that name it says %v:\n%s", err, out)
			}
		})
	}
}

// wasRun runs a script once more, which says that it was run, and that nothing is left to do where it is the whole.
func (c *cluster) wasRun(text string, whole bool) {
	c.Helper()
	out, err := c.runScript(text)
	if err == nil || !strings.Contains(out, "was run already") || strings.Contains(out, "stale") || strings.Contains(out, "Nothing is left to do") != whole {
		c.Errorf("once more it says %v:\n%s", err, out)
	}
}

// TestScriptRunInPart: what stopped after its first transaction does not say that nothing is left to do.
func TestScriptRunInPart(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE heir`, `CREATE ROLE ann LOGIN`)
	s, plan := c.planFor("version: 1\nroles:\n  ann: {absent: true, reassign_to: heir, end_sessions: true}\n")
	text := c.written("psql", s, plan, Options{})
	first, rest, _ := strings.Cut(text, "COMMIT;\n")
	if out, err := c.runScript(first + "COMMIT;\n"); err != nil || !strings.Contains(rest, "DROP ROLE") {
		t.Fatalf("%v\n%s", err, out)
	}
	c.wasRun(text, false)
	c.sync("version: 1\nroles:\n  ann: {absent: true, reassign_to: heir, end_sessions: true}\n", true)
	c.wasRun(text, false)
}
