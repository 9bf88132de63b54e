package main

import (
	"fmt"
	"strings"

	"pgsr/planner/lists"
)

// The names here are plain, so that no quoting is needed: what is measured is not how names are quoted.

const database = "bench"

// names writes many names of a pattern such as r%d, with commas between them.
func names(pattern string, numbers []int) string {
	return lists.Join(numbers, func(n int) string { return fmt.Sprintf(pattern, n) })
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// text gathers lines.
type text struct {
	strings.Builder
	// administrators counts those that were created.
	administrators int
}

func (t *text) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// commitNowAndThen keeps a loop of a DO block from taking more locks than there is room for.
func commitNowAndThen(counter string) string {
	return fmt.Sprintf("IF %s %% 1000 = 999 THEN COMMIT; END IF;", counter)
}

// tables writes how tables are made, so many in each schema.
func (t *text) tables(tables, inEach int) {
	t.line("SET ROLE %s;", owner)
	t.line(`DO $$ BEGIN FOR s IN 0..%d LOOP EXECUTE format('CREATE SCHEMA s%%s', s); END LOOP; END $$;`, (tables-1)/inEach)
	t.line(`DO $$ BEGIN FOR t IN 0..%d LOOP EXECUTE format('CREATE TABLE s%%s.t%%s (id integer)', t / %d, t); %s END LOOP; END $$;`, tables-1, inEach, commitNowAndThen("t"))
	t.line("RESET ROLE;")
}

// privilegeRole is one that the floor makes: what it holds, and who is a member of it.
type privilegeRole struct {
	name, holds string
	members     []int
}

// createPrivilegeRoles is the best shape that is known: each is created with its members, and from 16 on by one of a
// number of administrators, unless a superuser does it. Then they get what they hold.
func (t *text) createPrivilegeRoles(a actor, roles []privilegeRole) {
	if a.needsAdministrators() {
		t.createByAdministrators(roles)
	} else {
		t.createEach(roles, 0, 1)
	}
	for _, p := range roles {
		t.line("GRANT %s TO %s;", p.holds, p.name)
	}
}

// createByAdministrators makes new administrators, and changes to each of them once.
func (t *text) createByAdministrators(roles []privilegeRole) {
	first, administrators := t.administrators, administratorsFor(len(roles))
	t.administrators += administrators
	for i := range administrators {
		t.line("CREATE ROLE administrator%d CREATEROLE ROLE CURRENT_USER;", first+i)
	}
	for i := range administrators {
		t.line("SET LOCAL ROLE administrator%d;", first+i)
		t.createEach(roles, i, administrators)
	}
	t.line("SET LOCAL ROLE NONE;")
}

// createEach creates the roles at the places that leave a remainder.
func (t *text) createEach(roles []privilegeRole, remainder, of int) {
	for at := remainder; at < len(roles); at += of {
		t.line("CREATE ROLE %s%s;", roles[at].name, withMembers(roles[at].members))
	}
}

// administratorsFor gives how many administrators are the fastest for so many roles, as far as was found.
func administratorsFor(roles int) int { return roles/64 + 1 }

func withMembers(members []int) string {
	if len(members) == 0 {
		return ""
	}
	return " ROLE " + names("r%d", members)
}

// administratorOf gives the administrator that createPrivilegeRoles chose for the role at a place.
func administratorOf(at, roles int) int { return at % administratorsFor(roles) }

// reading copies catalogs that have to be read to know that there is nothing to do. Whoever is no superuser reads
// pg_roles.
func reading(a actor) string {
	roles := "pg_roles"
	if a.isSuperuser {
		roles = "pg_authid"
	}
	t := &text{}
	for _, query := range append([]string{"SELECT * FROM " + roles}, catalogsToRead...) {
		t.line("COPY (%s) TO STDOUT;", query)
	}
	return t.String()
}

// catalogsToRead are those in which roles may have something. Of routines and types, those on which nothing was granted
// matter where they are not PostgreSQL's own, nor row types or arrays.
var catalogsToRead = []string{
	"SELECT * FROM pg_auth_members",
	"SELECT * FROM pg_shdepend",
	"SELECT * FROM pg_shdescription",
	"SELECT oid, datname, datdba, datacl FROM pg_database",
	"SELECT oid, spcname, spcowner, spcacl FROM pg_tablespace",
	"SELECT oid, nspname, nspowner, nspacl FROM pg_namespace",
	"SELECT oid, relname, relnamespace, relowner, relkind, relacl FROM pg_class",
	"SELECT attrelid, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL",
	"SELECT oid, proname, pronamespace, proowner, prokind, proargtypes, proacl FROM pg_proc WHERE proacl IS NOT NULL OR oid >= 16384",
	"SELECT oid, typname, typnamespace, typowner, typtype, typacl FROM pg_type WHERE typacl IS NOT NULL OR oid >= 16384 AND typrelid = 0 AND typelem = 0",
	"SELECT oid, lanname, lanowner, lanacl FROM pg_language",
	"SELECT oid, fdwname, fdwowner, fdwacl FROM pg_foreign_data_wrapper",
	"SELECT oid, srvname, srvowner, srvacl FROM pg_foreign_server",
	"SELECT oid, lomowner, lomacl FROM pg_largeobject_metadata",
	"SELECT * FROM pg_default_acl",
	"SELECT * FROM pg_init_privs WHERE privtype = 'e'",
}
