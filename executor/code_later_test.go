package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

const givenLater = "version: 1\nroles:\n  keeper: {owns: [TABLE s.x, ROUTINE s.g()]}\n"

// TestCodeThatComesAfterThePlan: what was a plain table when it was planned does not go to another owner with code of
// the old one, nor does a routine that is SECURITY DEFINER since.
func TestCodeThatComesAfterThePlan(t *testing.T) {
	t.Parallel()
	for _, den := range dens {
		t.Run(den.name, func(t *testing.T) {
			t.Parallel()
			needsOfDen(t, den.name)
			c := newDen(t, `CREATE TABLE s.x (a int)`, `CREATE FUNCTION s.g() RETURNS int LANGUAGE sql AS 'SELECT 1'`)
			c.name = warehouse
			s, plan := c.planFor(givenLater)
			saved, script := c.readBack(s, plan), c.written("psql", s, plan, Options{})
			c.exec(`SET ROLE mallory`, `DROP TABLE s.x`)
			c.exec(den.made...)
			c.exec(`RESET ROLE`, `SET ROLE mallory`, `CREATE OR REPLACE FUNCTION s.g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`, `RESET ROLE`)
			c.unchanged(func() {
				_, err := ApplySaved(context.Background(), c.super, saved, Options{})
				if stale := (*StaleError)(nil); !errors.As(err, &stale) {
					t.Fatalf("not refused: %v", err)
				}
				out, status := c.psql("postgres", script)
				if status == 0 {
					t.Error("the script ran")
				}
				for _, said := range []string{err.Error(), out} {
					c.saysOfMore(said, "TABLE s.x gets another owner, and what runs with that one's rights is "+den.is, "is a SECURITY DEFINER routine, was nothing")
				}
			})
		})
	}
}

func (c *cluster) saysOfMore(said string, words ...string) {
	c.Helper()
	for _, word := range words {
		if !strings.Contains(said, word) {
			c.Errorf("it does not say %q: %s", word, said)
		}
	}
}

// TestGrantWhileItWaits: what the old owner grants to others meanwhile keeps nobody from taking the table.
func TestGrantWhileItWaits(t *testing.T) {
	t.Parallel()
	c := newDen(t, `CREATE TABLE s.x (a int)`)
	err := c.whileItWaits("version: 1\nroles:\n  keeper: {owns: [TABLE s.x]}\n", `LOCK TABLE s.x`, `GRANT SELECT ON s.x TO pg_monitor`)
	if err != nil {
		t.Fatal(err)
	}
	if owner := c.owner("s.x"); owner != "keeper" {
		t.Errorf("s.x belongs to %s", owner)
	}
	if !one[bool](c, `SELECT has_table_privilege('pg_monitor', 's.x', 'SELECT')`) {
		t.Error("what she has granted is gone")
	}
}

// whileItWaits applies a spec as a superuser. Mallory does something, and commits it when the run waits for her.
func (c *cluster) whileItWaits(yaml string, made ...string) error {
	c.Helper()
	return c.whileItWaitsFor(c.connect("mallory", warehouse, ""), c.asPostgres(), yaml, made...)
}

// whileItWaitsFor does that for another one who does something, and another who applies.
func (c *cluster) whileItWaitsFor(other, conn *pgx.Conn, yaml string, made ...string) error {
	c.Helper()
	for _, statement := range append([]string{`BEGIN`}, made...) {
		mustExec(c, other, statement)
	}
	ended := make(chan error, 1)
	s := parse(c, yaml)
	go func() {
		_, err := Sync(context.Background(), conn, s, Options{})
		ended <- err
	}()
	c.awaitBlocked(conn)
	mustExec(c, other, `COMMIT`)
	return <-ended
}

// TestCodeThatComesWhileItWaits: the old owner makes something of a table while ALTER TABLE waits for that, or puts a
// view in its place. What verifies sees it.
func TestCodeThatComesWhileItWaits(t *testing.T) {
	t.Parallel()
	for name, made := range map[string][]string{
		"a table with rules": {`CREATE RULE r AS ON UPDATE TO s.x DO ALSO SELECT rolpassword FROM pg_authid`},
		"a view":             {`DROP TABLE s.x`, `CREATE VIEW s.x AS SELECT rolpassword FROM pg_authid`},
		"a SECURITY DEFINER routine": {
			`LOCK TABLE s.x`, `CREATE OR REPLACE FUNCTION s.g() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newDen(t, `CREATE TABLE s.x (a int)`, `CREATE FUNCTION s.g() RETURNS int LANGUAGE sql AS 'SELECT 1'`)
			yaml := givenLater
			if name == "a SECURITY DEFINER routine" { // whose row is free until the table is locked
				yaml = strings.Replace(yaml, ", ROUTINE s.g()", "", 1) + "  later: {owns: [ROUTINE s.g()]}\n"
			}
			err := c.whileItWaits(yaml, made...)
			if !errors.As(err, new(spec.Errors)) { // it was planned again
				t.Fatalf("not refused: %v", err)
			}
			c.saysOfMore(err.Error(), " is "+name+", which runs with its owner's rights")
			if owner := c.owner("s.x"); owner != "mallory" {
				t.Errorf("s.x belongs to %s", owner)
			}
		})
	}
}

// TestStaleScriptCommandsNoTerminal: what has changed is said with the names that others have chosen.
func TestStaleScriptCommandsNoTerminal(t *testing.T) {
	t.Parallel()
	const name = `"x` + "\x1b[2J\nrole keeper is as it was\r" + `"`
	c := newDen(t, `CREATE TABLE s.x (a int)`)
	c.name = warehouse
	c.exec(`ALTER TABLE s.x RENAME TO ` + name)
	s, plan := c.planFor(fmt.Sprintf("version: 1\nroles:\n  keeper: {owns: [%q]}\n", "TABLE s."+name))
	saved, script := c.readBack(s, plan), c.written("psql", s, plan, Options{})
	c.exec(`ALTER TABLE s.` + name + ` OWNER TO keeper`)
	_, err := ApplySaved(context.Background(), c.super, saved, Options{})
	out, status := c.psql("postgres", script)
	if err == nil || status == 0 {
		t.Fatalf("not refused: %v, %s", err, out)
	}
	for _, said := range []string{err.Error(), out} {
		if !strings.Contains(said, "x?[2J?role keeper is as it was? belongs to keeper") || strings.Contains(said, "\x1b") {
			t.Errorf("it says %q", said)
		}
	}
}
