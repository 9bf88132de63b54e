package executor

import (
	"context"
	"strings"
	"testing"
)

func newPublic(t testing.TB) *cluster {
	t.Helper()
	return newOffice(t, `SET ROLE admin`, `CREATE ROLE reader`, `CREATE ROLE outsider`, `CREATE ROLE maker`, `RESET ROLE`,
		`CREATE SCHEMA api AUTHORIZATION admin`, `CREATE SCHEMA reference AUTHORIZATION admin`,
		`SET ROLE admin; CREATE TABLE api.t (a int, b int); CREATE TABLE api.shared (a int, b int); GRANT SELECT, INSERT ON api.t TO PUBLIC; GRANT SELECT (b) ON api.shared TO PUBLIC; RESET ROLE`,
		`GRANT USAGE, CREATE ON SCHEMA api TO PUBLIC`, `GRANT SELECT ON api.t TO maker WITH GRANT OPTION`, `SET ROLE maker; GRANT SELECT ON api.t TO PUBLIC; RESET ROLE`)
}

const (
	publicDecided = `version: 1
public:
  grants:
    - USAGE ON SCHEMA reference
    - SELECT (a) ON TABLE api.shared
  revokes:
    - CREATE ON SCHEMA api
    - SELECT ON TABLE api.t, api.shared
roles: {}
`
	publicNothing = "version: 1\nroles: {reader: {}}\n"
)

// TestPublic: what is named is decided, from whichever grantor and on columns, too, and nothing else; given back it is
// as before.
func TestPublic(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newPublic(t)
			conn := c.connect(user, warehouse, "")
			c.may("outsider", `SELECT FROM api.t`)
			result := c.syncAs(conn, publicDecided, true)
			c.syncAs(conn, publicDecided, false)
			c.mayNot("outsider", `SELECT a FROM api.t`)
			c.mayNot("outsider", `SELECT b FROM api.shared`)
			c.may("outsider", `SELECT a FROM api.shared`)
			c.mayNot("outsider", `CREATE TABLE api.made ()`)
			c.may("outsider", `INSERT INTO api.t VALUES (1)`)
			c.may("maker", `SELECT FROM api.t`)
			if !one[bool](c, `SELECT has_schema_privilege('outsider', 'reference', 'USAGE')`) {
				t.Error("not everyone can use the schema")
			}
			if text := strings.Join(result.Plan.Warnings, "\n"); !strings.Contains(text, "outsider") || !strings.Contains(text, "SELECT on TABLE api.t") {
				t.Errorf("who loses is not named: %q", text)
			}
			c.syncAs(conn, publicNothing, false) // what public does not name is not decided
			c.exec(`GRANT SELECT ON api.t TO PUBLIC`)
			c.syncAs(conn, publicDecided, true)
			c.mayNot("outsider", `SELECT a FROM api.t`)
			c.syncAs(conn, strings.Replace(publicDecided, "roles: {}", "roles: {reader: {}}", 1), false)
		})
	}
}

// aclsOf lists what everyone and all others have on what the test is about, whatever the order of items.
const aclsOf = `SELECT string_agg(concat_ws(' ', o.name, i.grantee, i.grantor, i.privilege_type, i.is_grantable), E'\n'
	ORDER BY o.name, i.grantee, i.grantor, i.privilege_type COLLATE "C") FROM (
		SELECT datname AS name, coalesce(datacl, acldefault('d', datdba)) AS acl FROM pg_database
		UNION ALL SELECT nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace
		UNION ALL SELECT lanname, coalesce(lanacl, acldefault('l', lanowner)) FROM pg_language
		UNION ALL SELECT relname, coalesce(relacl, acldefault('r', relowner)) FROM pg_class WHERE relkind <> 'S'
	) AS o, aclexplode(o.acl) AS i`

// TestPublicDoesItsOwnWork: a plan that takes from everyone what scripts could be thought to need does its work to the
// end, and so does its way back: by apply, and by a script.
func TestPublicDoesItsOwnWork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		revoke string
		admin  bool
	}{
		"plpgsql": {"USAGE ON LANGUAGE plpgsql", false}, "connect": {"CONNECT, TEMPORARY ON DATABASE warehouse", true},
		"public": {"USAGE, CREATE ON SCHEMA public", false}, "pg_catalog": {"USAGE ON SCHEMA pg_catalog", false},
		"functions": {"EXECUTE ON ALL ROUTINES IN SCHEMA pg_catalog", false},
		"catalogs":  {"SELECT ON TABLE pg_catalog.pg_auth_members, pg_catalog.pg_roles, pg_catalog.pg_class", false},
	} {
		users := []string{"postgres"}
		if test.admin {
			users = append(users, "admin")
		}
		for _, user := range users {
			t.Run(name+" as "+user, func(t *testing.T) {
				t.Parallel()
				c := newPublic(t)
				c.name = warehouse
				if user == "admin" {
					c.exec(`GRANT CONNECT ON DATABASE warehouse TO admin`)
				}
				conn := c.connect(user, warehouse, "")
				yaml := "version: 1\npublic: {revokes: ['" + test.revoke + "']}\nroles: {}\n"
				s := parse(t, yaml)
				before := one[string](c, aclsOf)
				plan, err := Plan(context.Background(), conn, s, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if plan.IsEmpty() {
					t.Fatal("there is nothing to take away")
				}
				back, err := plan.Back()
				if err != nil {
					t.Fatal(err)
				}
				for _, text := range []string{c.written("psql", s, plan, Options{}), c.written("psql", s, back, Options{})} {
					if out, status := c.psql(user, text); status != 0 {
						t.Fatal(out)
					}
				}
				if d := diffLines(strings.Split(before, "\n"), strings.Split(one[string](c, aclsOf), "\n")); d != nil {
					t.Errorf("after the way back: %s", strings.Join(d, "\n"))
				}
				c.syncAs(conn, yaml, true)
				c.syncAs(conn, yaml, false)
			})
		}
	}
}

// TestPublicRoutines: what everyone may execute by default goes from routines that there are, and from those to come.
func TestPublicRoutines(t *testing.T) {
	t.Parallel()
	needs(t, 11, "procedures")
	const yaml = `version: 1
public:
  revokes:
    - EXECUTE ON ALL ROUTINES IN SCHEMA api
    - EXECUTE ON FUTURE ROUTINES FOR ROLE maker
    - USAGE ON FUTURE TYPES FOR ROLE maker
roles:
  reader:
    direct_grants: [EXECUTE ON FUTURE ROUTINES IN SCHEMA api FOR ROLE maker]
`
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newPublic(t)
			c.exec(`SET ROLE admin; CREATE FUNCTION api.old(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; RESET ROLE`,
				`ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA api GRANT EXECUTE ON FUNCTIONS TO PUBLIC`)
			conn := c.connect(user, warehouse, "")
			c.syncAs(conn, yaml, true)
			c.syncAs(conn, yaml, false)
			c.as("maker", `CREATE FUNCTION api.new() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE PROCEDURE api.do() LANGUAGE sql AS 'SELECT 1'`, `CREATE TYPE api.kind AS ENUM ()`)
			c.mayNot("outsider", `SELECT api.old(1)`)
			c.mayNot("outsider", `SELECT api.new()`)
			c.mayNot("outsider", `CALL api.do()`)
			c.may("reader", `SELECT api.new()`)
			c.may("reader", `CALL api.do()`)
			if one[bool](c, `SELECT has_type_privilege('outsider', 'api.kind', 'USAGE')`) {
				t.Error("everyone can use the type")
			}
			c.syncAs(conn, yaml, false)
		})
	}
}

// TestPublicLockout: the connecting role does not lose what it needs by way of PUBLIC.
func TestPublicLockout(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `ALTER DATABASE warehouse OWNER TO postgres`, `CREATE ROLE keeper`, `GRANT keeper TO admin`, `ALTER DATABASE warehouse OWNER TO keeper`, `ALTER ROLE admin NOINHERIT`)
	c.exec(`REVOKE keeper FROM admin`, `GRANT keeper TO admin`)
	_, err := Sync(context.Background(), c.asAdmin(), parse(t, "version: 1\npublic: {revokes: [CONNECT ON DATABASE warehouse]}\nroles: {}\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), `"admin" would lose CONNECT ON DATABASE warehouse, which it has by way of PUBLIC`) {
		t.Errorf("%v", err)
	}
}
