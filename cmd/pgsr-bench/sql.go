package main

import (
	"fmt"
	"strings"
)

// The names here are plain, so that no quoting is needed: what is measured is not how names are quoted.

const database = "bench"

// names writes many names of a pattern such as r%d, with commas between them.
func names(pattern string, numbers []int) string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = fmt.Sprintf(pattern, n)
	}
	return strings.Join(out, ", ")
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// text gathers lines.
type text struct{ strings.Builder }

func (t *text) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// tables writes how tables are made, so many in each schema, all of the given owner.
func (t *text) tables(owner string, tables, inEach int) {
	t.line("SET ROLE %s;", owner)
	t.line(`DO $$ BEGIN FOR s IN 0..%d LOOP EXECUTE format('CREATE SCHEMA s%%s', s); END LOOP; END $$;`, (tables-1)/inEach)
	t.line(`DO $$ BEGIN FOR t IN 0..%d LOOP EXECUTE format('CREATE TABLE s%%s.t%%s (id integer)', t / %d, t); END LOOP; END $$;`, tables-1, inEach)
	t.line("RESET ROLE;")
}

// privilegeRole is one that the floor makes: what it holds, and who is a member of it.
type privilegeRole struct {
	name, holds string
	members     []int
}

// createPrivilegeRoles is the best shape that is known: each is created with its members, and from 16 on by one of a number of
// administrators, unless a superuser does it. Then they get what they hold.
func (t *text) createPrivilegeRoles(a actor, roles []privilegeRole) {
	administrators := 1
	if a.needsAdministrators() {
		administrators = min(len(roles)/20+1, 64)
		for i := range administrators {
			t.line("CREATE ROLE administrator%d CREATEROLE; GRANT administrator%d TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;", i, i)
		}
	}
	for i := range administrators {
		if a.needsAdministrators() {
			t.line("SET LOCAL ROLE administrator%d;", i)
		}
		for at := i; at < len(roles); at += administrators {
			t.line("CREATE ROLE %s%s;", roles[at].name, withMembers(roles[at].members))
		}
	}
	if a.needsAdministrators() {
		t.line("SET LOCAL ROLE NONE;")
	}
	for _, p := range roles {
		t.line("GRANT %s TO %s;", p.holds, p.name)
	}
}

func withMembers(members []int) string {
	if len(members) == 0 {
		return ""
	}
	return " ROLE " + names("r%d", members)
}

// administratorOf gives the administrator that createPrivilegeRoles chose for the role at a place.
func administratorOf(at, roles int) int { return at % min(roles/20+1, 64) }

// reading copies catalogs that have to be read to know that there is nothing to do. Whoever is no superuser reads pg_roles.
func reading(a actor) string {
	roles := "pg_roles"
	if a.isSuperuser {
		roles = "pg_authid"
	}
	t := &text{}
	for _, query := range []string{
		"SELECT * FROM " + roles, "SELECT * FROM pg_auth_members", "SELECT oid, datname, datdba, datacl FROM pg_database",
		"SELECT oid, nspname, nspowner, nspacl FROM pg_namespace", "SELECT oid, relname, relnamespace, relowner, relkind, relacl FROM pg_class",
		"SELECT * FROM pg_shdepend",
	} {
		t.line("COPY (%s) TO STDOUT;", query)
	}
	return t.String()
}
