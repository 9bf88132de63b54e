package executor

import (
	"fmt"
	"testing"

	"pgsr/executor/inspect"
	"pgsr/planner/catalog"
)

// hiddenExcesses are what a privilege role may have beside what its one ACL gives it, mostly where neither objects nor
// their ACLs show it. $who is the role.
var hiddenExcesses = []excess{
	{name: "a temporary table", given: []string{`CREATE TEMPORARY TABLE IF NOT EXISTS hidden (a int)`, `GRANT SELECT ON hidden TO $who`}},
	{name: "a column of a temporary table", given: []string{`GRANT SELECT (a) ON hidden TO $who`}},
	{name: "ownership of a temporary table", given: []string{`CREATE TEMPORARY TABLE owned (a int)`, `ALTER TABLE owned OWNER TO $who`}},
	{name: "a temporary sequence", given: []string{`CREATE TEMPORARY SEQUENCE numbers`, `GRANT USAGE ON numbers TO $who`}},
	{name: "a large object", given: []string{`SELECT lo_create(4711)`, `GRANT SELECT ON LARGE OBJECT 4711 TO $who`}},
	// A language and a tablespace are shown, and count all the same.
	{name: "a language", given: []string{`GRANT USAGE ON LANGUAGE plpgsql TO $who`}},
	{name: "a tablespace", given: []string{`GRANT CREATE ON TABLESPACE pg_default TO $who`}},
	{name: "a foreign data wrapper", given: []string{`CREATE FOREIGN DATA WRAPPER away`, `GRANT USAGE ON FOREIGN DATA WRAPPER away TO $who`}},
	{name: "a foreign server", given: []string{`CREATE SERVER far FOREIGN DATA WRAPPER away`, `GRANT USAGE ON FOREIGN SERVER far TO $who`}},
	{name: "a type", given: []string{`CREATE TYPE s.kind AS ENUM ('x')`, `GRANT USAGE ON TYPE s.kind TO $who`}},
	{name: "a pseudo-type", given: []string{`GRANT USAGE ON TYPE pg_catalog.anyelement TO $who`}},
	{name: "a function", given: []string{`GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO $who`}},
	{name: "a table of the catalog", given: []string{`GRANT SELECT ON pg_catalog.pg_authid TO $who`}},
	{name: "the schema of temporary tables", given: []string{`DO $do$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO $who', pg_my_temp_schema()::regnamespace::text); END $do$`}},
	{name: "the schema of toast tables", given: []string{`GRANT USAGE ON SCHEMA pg_toast TO $who`}},
	{name: "default privileges of its own", given: []string{`ALTER DEFAULT PRIVILEGES FOR ROLE $who REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`}},
	{name: "default privileges of others", given: []string{`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO $who`}},
	{name: "a policy", given: []string{`CREATE POLICY p ON s.t USING (true)`, `ALTER POLICY p ON s.t TO $who`}},
	{name: "a policy beside another role", given: []string{`CREATE POLICY q ON s.t TO other, $who USING (true)`}},
	{name: "ownership of a function", given: []string{`CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `ALTER FUNCTION s.f() OWNER TO $who`}},
	{name: "a user mapping", given: []string{`CREATE USER MAPPING FOR $who SERVER far`}},
	{name: "a parameter", given: []string{`GRANT SET ON PARAMETER work_mem TO $who`}, from: 15},
	{name: "a role's membership", given: []string{`GRANT other TO $who`}},
	// No role can grant a membership without one of its own, so that this is written by hand.
	{name: "a membership granted by it", given: []string{
		`GRANT other TO user1`,
		`UPDATE pg_auth_members SET grantor = '$who'::regrole WHERE roleid = 'other'::regrole AND member = 'user1'::regrole`,
		`INSERT INTO pg_shdepend SELECT 0, 'pg_auth_members'::regclass, oid, 0, 'pg_authid'::regclass, grantor, 'a' FROM pg_auth_members WHERE grantor = '$who'::regrole`,
	}, from: 16},
	{name: "another database", given: []string{`GRANT CONNECT ON DATABASE postgres TO $who`}},
	{name: "a grant by it", given: []string{
		`GRANT SELECT ON s.t TO $who WITH GRANT OPTION`, `SET ROLE $who`, `GRANT SELECT ON s.t TO other`, `RESET ROLE`,
	}},
}

// TestInspectSeesWhatElsePrivilegeRolesHave: read narrowly, the server says who is alone with what one ACL gives it;
// where everything is read, we have to find the same.
func TestInspectSeesWhatElsePrivilegeRolesHave(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE user1`, `CREATE ROLE other`, `CREATE SCHEMA s`, `GRANT USAGE ON SCHEMA s TO PUBLIC`, `CREATE TABLE s.t (a int)`)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	count, want := 0, map[string]string{}
	made := func(what string) string {
		count++
		name := fmt.Sprintf("_pgsr_local_%d_table_select_%08x", here, count)
		c.exec(`CREATE ROLE `+name+` ROLE user1`, fmt.Sprintf(`CREATE TABLE s.t%d (a int)`, count), fmt.Sprintf(`GRANT SELECT ON s.t%d TO %s`, count, name))
		want[name] = what
		return name
	}
	for _, e := range hiddenExcesses {
		if e.from <= c.major {
			c.give(e.given, made(e.name))
		}
	}
	postgres := c.connect("postgres", "postgres", "")
	mustExec(t, postgres, `CREATE TABLE public.t (a int)`)
	mustExec(t, postgres, `GRANT SELECT ON public.t TO `+made("a table of another database"))
	mustExec(t, postgres, `GRANT SELECT (a) ON public.t TO `+made("a column of a table of another database"))
	mustExec(t, postgres, `GRANT USAGE ON SCHEMA public TO `+made("a schema of another database"))
	mustExec(t, postgres, `ALTER TABLE public.t OWNER TO `+made("ownership of a table of another database"))
	plain := made("")

	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"user1"}, Contents: tablesIn("s")})
	whole := inspectReading(t, c.super, catalog.Scope{Roles: []string{"user1"}}, inspect.Whole)
	for name, what := range want {
		for _, read := range []*catalog.Catalog{got, whole} {
			if held := read.Roles[name].Holds; (held != nil) != (name == plain) {
				t.Errorf("%s, which has %q beside its table, holds %v", name, what, held)
			}
		}
	}
}
