package executor

import (
	"context"
	"strings"
	"testing"
)

// Scripts need no language: those who harden a database take plpgsql from PUBLIC, or drop it.
func TestFormatsWithoutPLpgSQL(t *testing.T) {
	t.Parallel()
	newCluster(t, append(shop, `DROP EXTENSION plpgsql`)...).everyFormatDoes(shopSpec, 3)
}

// A role that may neither use plpgsql nor read the cluster's identifier runs a script that was planned when it could.
func TestScriptOfARoleThatMayDoLittle(t *testing.T) {
	t.Parallel()
	c := newCluster(t, staleSetup...)
	c.exec(`CREATE ROLE dep LOGIN CREATEROLE`)
	conn := c.connect("dep", warehouse, "")
	s := parse(c, "version: 1\nroles:\n  mine: {comment: its own, login: {}}\n")
	plan, err := Plan(context.Background(), conn, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := c.written("psql", s, plan, Options{})
	if identifier := c.identifier(); !strings.Contains(text, identifier) {
		t.Fatal("the script does not know its cluster")
	}
	c.exec(`REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC`, `REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`)
	d := &cluster{TB: t, server: c.server, super: c.super, name: warehouse}
	if out, status := d.psql("dep", text); status != 0 {
		t.Errorf("psql's status is %d:\n%s", status, out)
	}
	if out, status := d.psql("dep", text); status != 3 || !strings.Contains(out, "role mine is there") {
		t.Errorf("a second time psql's status is %d:\n%s", status, out)
	}
}

// A client that goes on after an error keeps nothing all the same: the error is the server's.
func TestStaleScriptUnderAClientThatGoesOn(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "goes_on")
	text := strings.ReplaceAll(d.script(), `\set ON_ERROR_STOP on`, "")
	d.exec(interferences[0].by)
	before := d.whole()
	if out, status := d.psql("postgres", text); status != 0 || !strings.Contains(out, interferences[0].names) {
		t.Errorf("psql's status is %d:\n%s", status, out)
	}
	d.sameAs(before)
}
