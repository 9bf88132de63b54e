package executor

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// ownedKinds are objects of every kind whose owner a spec may name but does not decide without that, and how a test
// asks for the owner.
var ownedKinds = map[string]string{
	`SEQUENCE s.q`:                     `SELECT relowner FROM pg_class WHERE relname = 'q'`,
	`FUNCTION s.f(int, s.kind[])`:      `SELECT proowner FROM pg_proc WHERE proname = 'f' AND pronargs = 2`,
	`PROCEDURE s.p`:                    `SELECT proowner FROM pg_proc WHERE proname = 'p'`,
	`ROUTINE s."A ; g"(int)`:           `SELECT proowner FROM pg_proc WHERE proname = 'A ; g'`,
	`TYPE s.kind`:                      `SELECT typowner FROM pg_type WHERE typname = 'kind'`,
	`DOMAIN s.dom`:                     `SELECT typowner FROM pg_type WHERE typname = 'dom'`,
	`TYPE s.pair`:                      `SELECT typowner FROM pg_type WHERE typname = 'pair'`,
	`LANGUAGE "Odd language"`:          `SELECT lanowner FROM pg_language WHERE lanname = 'Odd language'`,
	`LARGE OBJECT 4711`:                `SELECT lomowner FROM pg_largeobject_metadata WHERE oid = 4711`,
	`TABLESPACE "Odd room"`:            `SELECT spcowner FROM pg_tablespace WHERE spcname = 'Odd room'`,
	`FOREIGN SERVER "Odd server"`:      `SELECT srvowner FROM pg_foreign_server`,
	`DATABASE "Odd data"`:              `SELECT datdba FROM pg_database WHERE datname = 'Odd data'`,
	`FOREIGN DATA WRAPPER "Odd maker"`: `SELECT fdwowner FROM pg_foreign_data_wrapper`,
}

var ownedKindsSetup = []string{
	`CREATE ROLE owner SUPERUSER`, `CREATE ROLE plain`, `CREATE SCHEMA s`, `CREATE SEQUENCE s.q`, `CREATE TYPE s.kind AS ENUM ('a')`, `CREATE DOMAIN s.dom AS int`,
	`CREATE TYPE s.pair AS (a int)`, `CREATE FUNCTION s.f(int, s.kind[]) RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	`CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1'`, `CREATE AGGREGATE s."A ; g"(int) (sfunc = int4pl, stype = int)`,
	`CREATE TRUSTED LANGUAGE "Odd language" HANDLER plpgsql_call_handler`, `SELECT lo_create(4711)`,
	`SET allow_in_place_tablespaces = true`, `CREATE TABLESPACE "Odd room" LOCATION ''`,
	`CREATE DATABASE "Odd data"`, `CREATE FOREIGN DATA WRAPPER "Odd maker"`, `CREATE SERVER "Odd server" FOREIGN DATA WRAPPER "Odd maker"`,
}

// TestOwnersOfAllKinds: an owner is given, once; what a spec does not name is not taken away; and the neighbour keeps
// what it was granted.
func TestOwnersOfAllKinds(t *testing.T) {
	t.Parallel()
	needs(t, 11, "procedures")
	c := newCluster(t, ownedKindsSetup...)
	c.exec(`GRANT EXECUTE ON FUNCTION s.f(int, s.kind[]) TO plain WITH GRANT OPTION`, `GRANT USAGE ON TYPE s.kind TO plain`)
	yaml := "version: 1\nroles:\n  owner:\n    owns:\n"
	for phrase := range ownedKinds {
		yaml += fmt.Sprintf("      - %q\n", phrase)
	}
	c.sync(yaml, true)
	c.sync(yaml, false)
	expectOwner := func() {
		t.Helper()
		for phrase, ask := range ownedKinds {
			if owner := one[string](c, `SELECT rolname::text FROM pg_roles WHERE oid = (`+ask+`)`); owner != "owner" {
				t.Errorf("%s belongs to %s", phrase, owner)
			}
		}
	}
	expectOwner()
	if owner := one[string](c, `SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'f' AND pronargs = 0`); owner != "postgres" {
		t.Errorf("the overload belongs to %s", owner)
	}
	if !one[bool](c, `SELECT has_function_privilege('plain', 's.f(int, s.kind[])', 'EXECUTE WITH GRANT OPTION') AND has_type_privilege('plain', 's.kind', 'USAGE')`) {
		t.Error("a role outside of the spec has lost something")
	}
	c.sync("version: 1\nroles:\n  owner: {owns: []}\n", false)
	expectOwner()
}

// TestOwnersOfAllKindsByCreateRole: a connecting role that is no superuser gives away what it may.
func TestOwnersOfAllKindsByCreateRole(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE owner`, `CREATE ROLE team`, `CREATE SCHEMA s AUTHORIZATION team`, `CREATE SCHEMA other AUTHORIZATION team`, `CREATE SEQUENCE s.q`, `CREATE TYPE other.kind AS ENUM ('a')`,
		`CREATE FUNCTION s.f(other.kind) RETURNS int LANGUAGE sql AS 'SELECT 1'`, `ALTER FUNCTION s.f OWNER TO team`, `ALTER TYPE other.kind OWNER TO team`, `ALTER SEQUENCE s.q OWNER TO team`,
		`CREATE DATABASE data OWNER team`, `CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER v FOREIGN DATA WRAPPER w`, `ALTER SERVER v OWNER TO team`)
	conn := c.admin()
	c.exec(`GRANT owner, team TO admin WITH ADMIN OPTION`)
	const yaml = "version: 1\nroles:\n  owner:\n    owns: ['FUNCTION s.f(other.kind)', TYPE other.kind, SEQUENCE s.q, DATABASE data, FOREIGN SERVER v]\n" +
		"    direct_grants: [USAGE ON FOREIGN DATA WRAPPER w]\n"
	for _, lacking := range []struct{ what, given string }{
		{`role "owner" has no USAGE on FOREIGN DATA WRAPPER w`, `GRANT USAGE ON FOREIGN DATA WRAPPER w TO owner`}, {`role "admin" has no CREATEDB`, `ALTER ROLE admin CREATEDB`},
	} {
		if _, err := Plan(context.Background(), conn, parse(t, yaml), Options{}); err == nil || !strings.Contains(err.Error(), lacking.what) {
			t.Errorf("%s: %v", lacking.what, err)
		}
		c.exec(lacking.given)
	}
	c.syncAs(conn, yaml, true)
	c.syncAs(conn, yaml, false)
	if n := one[int](c, `SELECT count(*) FROM pg_shdepend WHERE refobjid = 'owner'::regrole AND deptype = 'o'`); n != 5 {
		t.Errorf("it owns %d objects", n)
	}
	if n := one[int](c, `SELECT count(*) FROM pg_shdepend WHERE refobjid = 'admin'::regrole AND deptype = 'a' AND classid = 'pg_namespace'::regclass`); n != 0 {
		t.Errorf("the connecting role kept something on %d schemas", n)
	}
}
