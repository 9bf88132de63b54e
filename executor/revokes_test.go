package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// onlyVisit is all that alice is to have in most of these tests: what it takes to try anything.
const onlyVisit = "    direct_grants: [CONNECT ON DATABASE warehouse, USAGE ON SCHEMA sales]\n"

// excess is something that a role has and the spec does not list. In its statements $who stands for the role.
type excess struct {
	name  string
	given []string
	try   string
	from  int
}

func given(privileges, try string) excess {
	return excess{name: privileges, given: []string{`GRANT ` + privileges + ` TO $who`}, try: try}
}

var excesses = []excess{
	given(`CREATE ON DATABASE warehouse`, `CREATE SCHEMA made`),
	given(`CREATE ON SCHEMA sales`, `CREATE TABLE sales.made (a int)`),
	given(`USAGE ON SCHEMA closed`, `SELECT FROM closed.to_all`),
	given(`SELECT ON sales.orders`, `SELECT FROM sales.orders`),
	given(`SELECT ON sales.a_view`, `SELECT FROM sales.a_view`),
	given(`SELECT ON sales.a_matview`, `SELECT FROM sales.a_matview`),
	given(`SELECT ON sales.parts`, `SELECT FROM sales.parts`),
	given(`SELECT ON sales.part_one`, `SELECT FROM sales.part_one`),
	given(`SELECT ON sales.foreign_one`, has(`has_table_privilege('sales.foreign_one', 'SELECT')`)),
	given(`INSERT ON sales.orders`, `INSERT INTO sales.orders VALUES (1, 'x')`),
	given(`UPDATE ON sales.orders`, `UPDATE sales.orders SET b = 'y'`),
	given(`DELETE ON sales.orders`, `DELETE FROM sales.orders`),
	given(`TRUNCATE ON sales.orders`, `TRUNCATE sales.orders`),
	given(`REFERENCES ON sales.orders`, has(`has_table_privilege('sales.orders', 'REFERENCES')`)),
	given(`TRIGGER ON sales.orders`, has(`has_table_privilege('sales.orders', 'TRIGGER')`)),
	{name: `MAINTAIN`, given: []string{`GRANT MAINTAIN ON sales.orders TO $who`}, try: `REINDEX TABLE sales.orders`, from: 17},
	given(`ALL ON sales.orders`, `SELECT FROM sales.orders`),
	given(`USAGE ON SEQUENCE sales.numbers`, `SELECT nextval('sales.numbers')`),
	given(`SELECT ON SEQUENCE sales.numbers`, `SELECT last_value FROM sales.numbers`),
	given(`UPDATE ON SEQUENCE sales.numbers`, `SELECT setval('sales.numbers', 5)`),
	given(`SELECT (a) ON sales.orders`, `SELECT a FROM sales.orders`),
	given(`INSERT (a) ON sales.orders`, `INSERT INTO sales.orders (a) VALUES (1)`),
	given(`UPDATE ("Two Words; ""x""") ON sales.wide`, `UPDATE sales.wide SET "Two Words; ""x""" = 1`),
	given(`REFERENCES (a) ON sales.orders`, has(`has_column_privilege('sales.orders', 'a', 'REFERENCES')`)),
	given(`SELECT (a), UPDATE (b), REFERENCES (a, b) ON sales.orders`, `SELECT a FROM sales.orders`),
	{name: `table and column`, given: []string{`GRANT SELECT ON sales.orders TO $who`, `GRANT SELECT (a) ON sales.orders TO $who`}, try: `SELECT a FROM sales.orders`},
	{name: `grant option`, given: []string{`GRANT SELECT ON sales.orders TO $who WITH GRANT OPTION`}, try: `SELECT FROM sales.orders`},
	{name: `column with grant option`, given: []string{`GRANT SELECT (a) ON sales.orders TO $who WITH GRANT OPTION`}, try: `SELECT a FROM sales.orders`},
	given(`SELECT ON pg_catalog.pg_authid`, `SELECT FROM pg_catalog.pg_authid`),
	given(`SELECT (rolpassword) ON pg_catalog.pg_authid`, `SELECT rolpassword FROM pg_catalog.pg_authid`),
	given(`UPDATE ON information_schema.sql_features`, `UPDATE information_schema.sql_features SET comments = ''`),
	given(`CREATE ON SCHEMA pg_catalog`, has(`has_schema_privilege('pg_catalog', 'CREATE')`)),
}

var revokeSetup = []string{
	`CREATE SCHEMA sales`, `CREATE SCHEMA closed`, `GRANT USAGE ON SCHEMA sales TO bob`,
	`CREATE TABLE closed.to_all (a int)`, `GRANT SELECT ON closed.to_all TO PUBLIC`,
	`CREATE TABLE sales.orders (a int, b text)`, `CREATE TABLE sales.wide (a int, "Two Words; ""x""" int)`,
	`CREATE VIEW sales.a_view AS SELECT 1 AS a`, `CREATE MATERIALIZED VIEW sales.a_matview AS SELECT 1 AS a`,
	`CREATE TABLE sales.parts (a int) PARTITION BY LIST (a)`, `CREATE TABLE sales.part_one PARTITION OF sales.parts FOR VALUES IN (1)`,
	`CREATE FOREIGN DATA WRAPPER nothing`, `CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing`,
	`CREATE FOREIGN TABLE sales.foreign_one (a int) SERVER nowhere`,
	`CREATE SEQUENCE sales.numbers`,
}

func newRevokes(t testing.TB) *cluster {
	t.Helper()
	c := newCluster(t)
	c.people("bob", "carol", "dave")
	c.exec(revokeSetup...)
	c.sync(aliceLogin+onlyVisit, true)
	return c
}

// rights lists all that others than some roles have: privileges, without saying who granted them, memberships and
// attributes.
func (c *cluster) rights(but ...string) []string {
	c.Helper()
	rows, _ := c.super.Query(context.Background(), `
		SELECT line FROM (
			SELECT i.grantee, concat_ws(' ', o.object, i.grantee::regrole, i.privilege_type, bool_or(i.is_grantable))
			FROM (
				SELECT 'database ' || datname, coalesce(datacl, acldefault('d', datdba)) FROM pg_database
				UNION ALL SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace
				UNION ALL SELECT 'relation ' || oid::regclass,
					coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)) FROM pg_class
				UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attname), attacl FROM pg_attribute WHERE attacl IS NOT NULL
			) AS o (object, acl), aclexplode(o.acl) AS i
			GROUP BY o.object, i.grantee, i.privilege_type
			UNION ALL SELECT member, concat_ws(' ', 'member', member::regrole, 'of', roleid::regrole, bool_or(admin_option))
			FROM pg_auth_members GROUP BY member, roleid
			UNION ALL SELECT oid, 'role ' || to_jsonb(a)::text FROM pg_authid AS a
		) AS t (role, line)
		WHERE role NOT IN (SELECT oid FROM pg_roles WHERE rolname = ANY($1)) ORDER BY 1`, but)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		c.Fatal(err)
	}
	return lines
}

// sameRights checks that all others have after something what they had before.
func (c *cluster) sameRights(do func(), but ...string) {
	c.Helper()
	before := c.rights(but...)
	do()
	if after := c.rights(but...); !slices.Equal(before, after) {
		c.Errorf("others have other rights now:\n%s", strings.Join(diffLines(before, after), "\n"))
	}
}

// give runs statements in which $who stands for a role.
func (c *cluster) give(statements []string, who string) {
	c.Helper()
	for _, statement := range statements {
		c.exec(strings.ReplaceAll(statement, "$who", id(who)))
	}
}

func TestExcessIsRevoked(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	for _, e := range excesses {
		if e.from > c.major {
			continue // the server has no such privilege
		}
		t.Run(e.name, func(t *testing.T) {
			sub := &cluster{TB: t, server: c.server, super: c.super, major: c.major}
			sub.checkExcess(e)
		})
	}
}

func (c *cluster) checkExcess(e excess) {
	c.cannot("alice", e.try)
	c.give(e.given, "alice")
	c.give(e.given, "bob")
	c.can("alice", e.try)
	c.sameRights(func() { c.sync(aliceLogin+onlyVisit, true) }, "alice")
	c.cannot("alice", e.try)
	c.can("bob", e.try)
	c.sync(aliceLogin+onlyVisit, false)
}

// TestAllExcessAtOnce: of everything together nothing is left, and no other role has lost anything.
func TestAllExcessAtOnce(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	for _, who := range []string{"alice", "bob"} {
		for _, e := range excesses {
			if e.from <= c.major {
				c.give(e.given, who)
			}
		}
		c.give([]string{`GRANT carol TO $who WITH ADMIN OPTION`}, who)
	}
	c.exec(`CREATE TABLE sales.mine (a serial)`, `ALTER TABLE sales.mine OWNER TO alice`, `CREATE SCHEMA mine AUTHORIZATION alice`)
	c.sameRights(func() { c.sync("version: 1\nroles: {alice: {owns: []}}\n", true) }, "alice", "postgres")
	if n := one[int](c, `SELECT count(*) FROM pg_shdepend WHERE refobjid = 'alice'::regrole`); n > 0 {
		t.Errorf("alice still has %d things", n)
	}
	c.exec(`DROP ROLE alice`)
}

// grantable is one privilege on each kind of object that can be granted on. All belong to keeper.
var grantables = []excess{
	{name: "table", given: []string{`SELECT ON sales.orders`}, try: `SELECT FROM sales.orders`},
	{name: "schema", given: []string{`CREATE ON SCHEMA sales`}, try: `CREATE TABLE sales.made (a int)`},
	{name: "database", given: []string{`CREATE ON DATABASE warehouse`}, try: `CREATE SCHEMA made`},
	{name: "sequence", given: []string{`USAGE ON SEQUENCE sales.numbers`}, try: `SELECT nextval('sales.numbers')`},
	{name: "column", given: []string{`SELECT (a) ON sales.orders`}, try: `SELECT a FROM sales.orders`},
}

// standings say how the role that granted something stands to the owner when it is to be revoked.
var standings = []excess{
	{name: "a role like any other"},
	{name: "a member of the owner", given: []string{`GRANT keeper TO $who`}},
	{name: "a member of a member", given: []string{`CREATE ROLE between`, `GRANT keeper TO between`, `GRANT between TO $who`}},
	{name: "out of reach for admin", given: []string{`REVOKE $who FROM admin`}},
}

// TestGrantedByOthers revokes what another role than the owner granted, which a plain REVOKE leaves in place without
// a word. From a role that has the owner's rights by now even one as that role does nothing: the server takes it for
// the owner.
func TestGrantedByOthers(t *testing.T) {
	t.Parallel()
	for _, standing := range standings {
		for _, user := range []string{"postgres", "admin"} {
			t.Run(standing.name+"/by "+user, func(t *testing.T) { newGranted(t).check(standing.given, user) })
		}
	}
}

// granted is a cluster in which alice has been granted everything there is by someone else than the owner.
type granted struct{ *cluster }

func newGranted(t testing.TB) granted {
	t.Helper()
	c := granted{newRevokes(t)}
	c.exec(
		`CREATE ROLE admin LOGIN CREATEROLE`, `CREATE ROLE keeper`, `CREATE ROLE second`, `CREATE ROLE third`,
		`ALTER DATABASE warehouse OWNER TO keeper`, `ALTER SCHEMA sales OWNER TO keeper`,
		`ALTER TABLE sales.orders OWNER TO keeper`, `ALTER SEQUENCE sales.numbers OWNER TO keeper`,
		`GRANT keeper, second, third, alice TO admin WITH ADMIN OPTION`, `GRANT USAGE ON SCHEMA sales TO second, third, carol, dave`,
	)
	for _, g := range grantables {
		c.as("keeper", `GRANT `+g.given[0]+` TO second WITH GRANT OPTION`)
		c.as("second", `GRANT `+g.given[0]+` TO alice, bob`, `GRANT `+g.given[0]+` TO third WITH GRANT OPTION`)
		c.as("third", `GRANT `+g.given[0]+` TO alice, carol`)
	}
	return c
}

// as runs statements as another role and stays the superuser.
func (c *cluster) as(role string, statements ...string) {
	c.Helper()
	c.exec(`SET ROLE ` + id(role))
	c.exec(statements...)
	c.exec(`RESET ROLE`)
}

func (c granted) check(then []string, user string) {
	c.give(then, "second")
	conn := c.connect(user, warehouse, "")
	c.sameRights(func() {
		c.syncAs(conn, aliceKeeps+onlyVisit, true)
		for _, g := range grantables {
			c.cannot("alice", g.try)
			c.can("bob", g.try)
			c.can("carol", g.try)
		}
		c.syncAs(conn, aliceKeeps+onlyVisit, false)
	}, "alice", "admin")
	for _, g := range grantables {
		c.as("third", `GRANT `+g.given[0]+` TO dave`) // third has its grant option as before
		c.can("dave", g.try)
	}
}

// TestGrantedByWhoIsSuperuserNow: the server takes a superuser for the owner, whatever he wants to revoke.
func TestGrantedByWhoIsSuperuserNow(t *testing.T) {
	t.Parallel()
	c := newGranted(t)
	c.exec(`ALTER ROLE second SUPERUSER`)
	for _, user := range []string{"postgres", "admin"} {
		conn := c.connect(user, warehouse, "")
		err := c.syncError(conn, aliceKeeps+onlyVisit)
		var refusal *planner.Refusal
		if !errors.As(err, &refusal) || len(refusal.Reasons) != len(grantables) {
			t.Fatalf("as %s: %v", user, err)
		}
		if len(refusal.Remedies) == 0 || refusal.Remedies[0] != `ALTER ROLE "second" WITH NOSUPERUSER` {
			t.Errorf("as %s: %v", user, refusal.Remedies)
		}
	}
	c.check([]string{`ALTER ROLE second NOSUPERUSER`}, "admin")
}

// TestGrantOptionInExcess: a direct grant is one without grant option, and whoever is not in the spec keeps what was
// granted on by it.
func TestGrantOptionInExcess(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	const spec = aliceLogin + "    direct_grants: [CONNECT ON DATABASE warehouse, USAGE ON SCHEMA sales, SELECT ON TABLE sales.orders]\n"
	c.exec(
		`GRANT SELECT ON sales.orders TO alice WITH GRANT OPTION`, `GRANT INSERT ON sales.orders TO alice WITH GRANT OPTION`,
		`GRANT SELECT (a) ON sales.wide TO alice WITH GRANT OPTION`, `GRANT USAGE ON SCHEMA sales TO carol, dave`,
	)
	c.as("alice", `GRANT SELECT, INSERT ON sales.orders TO bob WITH GRANT OPTION`, `GRANT SELECT (a) ON sales.wide TO bob WITH GRANT OPTION`,
		`GRANT INSERT ON sales.orders TO PUBLIC`)
	c.as("bob", `GRANT SELECT ON sales.orders TO carol`, `GRANT SELECT (a) ON sales.wide TO carol`)
	c.sameRights(func() { c.sync(spec, true) }, "alice")
	c.sync(spec, false)
	if one[bool](c, `SELECT has_table_privilege('alice', 'sales.orders', 'SELECT WITH GRANT OPTION')`) {
		t.Error("alice still has the grant option")
	}
	c.can("alice", `SELECT FROM sales.orders`)
	c.can("alice", `INSERT INTO sales.orders VALUES (1)`) // as anybody, by PUBLIC
	c.cannot("alice", `SELECT a FROM sales.wide`)
	for _, role := range []string{"bob", "carol"} {
		c.can(role, `SELECT FROM sales.orders`)
		c.can(role, `SELECT a FROM sales.wide`)
	}
	c.as("bob", `GRANT SELECT ON sales.orders TO dave`)
	c.can("dave", `SELECT FROM sales.orders`)
}

// TestGrantorIsMemberOfOwner: from whoever has the owner's privileges the server takes a grant option without what
// was granted by it.
func TestGrantorIsMemberOfOwner(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	c.exec(`CREATE ROLE keeper`, `ALTER TABLE sales.orders OWNER TO keeper`, `GRANT USAGE ON SCHEMA sales TO keeper`)
	member := aliceLogin + onlyVisit + "    member_of: [keeper]\n"
	c.sync(member, true)
	for _, on := range []string{`SELECT ON sales.orders`, `SELECT (b) ON sales.orders`} {
		c.as("keeper", `GRANT `+on+` TO alice WITH GRANT OPTION`)
		c.as("alice", `GRANT `+on+` TO bob`)
	}
	c.sameRights(func() { c.sync(member, true) }, "alice")
	c.sync(member, false)
	c.can("bob", `SELECT FROM sales.orders`)
	both := member + "  bob:\n    login: {password: {env: PASSWORD}}\n" + onlyVisit
	c.sync(both, true)
	c.cannot("bob", `SELECT FROM sales.orders`)
	c.cannot("bob", `SELECT b FROM sales.orders`)
	c.sync(both, false)

	// By hand the server leaves grants whose grantor can grant no more, and no longer has to be a member.
	c.exec(`GRANT USAGE ON SCHEMA sales TO carol`)
	for _, on := range []string{`SELECT ON sales.orders`, `SELECT (b) ON sales.orders`} {
		c.as("keeper", `GRANT `+on+` TO alice WITH GRANT OPTION`)
		c.as("alice", `GRANT `+on+` TO bob, carol`)
		c.exec(`REVOKE ` + on + ` FROM alice CASCADE`)
	}
	c.can("bob", `SELECT FROM sales.orders; SELECT b FROM sales.orders`)
	neither := strings.ReplaceAll(both, "    member_of: [keeper]\n", "")
	c.sameRights(func() { c.sync(neither, true) }, "alice", "bob")
	c.cannot("bob", `SELECT FROM sales.orders`)
	c.cannot("bob", `SELECT b FROM sales.orders`)
	c.can("carol", `SELECT FROM sales.orders; SELECT b FROM sales.orders`)
	c.sync(neither, false)
}

// TestGrantorsAmongThemselves: roles of the spec that granted to each other all lose it.
func TestGrantorsAmongThemselves(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	three := aliceLogin + onlyVisit
	for _, name := range []string{"erin", "frank"} {
		three += "  " + name + ":\n    login: {password: {env: PASSWORD}}\n" + onlyVisit
	}
	c.sync(three, true)
	for _, on := range []string{`SELECT ON sales.orders`, `SELECT (a) ON sales.wide`} {
		c.exec(`GRANT ` + on + ` TO alice WITH GRANT OPTION`)
		c.as("alice", `GRANT `+on+` TO erin WITH GRANT OPTION`)
		c.as("erin", `GRANT `+on+` TO frank WITH GRANT OPTION`, `GRANT `+on+` TO bob WITH GRANT OPTION`)
		c.as("bob", `GRANT `+on+` TO frank`)
	}
	c.sameRights(func() { c.sync(three, true) }, "alice", "erin", "frank")
	for _, role := range []string{"alice", "erin", "frank"} {
		c.cannot(role, `SELECT FROM sales.orders`)
		c.cannot(role, `SELECT a FROM sales.wide`)
	}
	c.can("bob", `SELECT FROM sales.orders`)
	c.sync(three, false)
}

// TestPublicIsUntouched: what everybody has, a role of the spec has too, listed or not.
func TestPublicIsUntouched(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	c.exec(`GRANT SELECT ON sales.orders TO PUBLIC`, `GRANT SELECT (a) ON sales.wide TO PUBLIC`, `GRANT USAGE ON SCHEMA closed TO PUBLIC`)
	c.unchanged(func() { c.sync(aliceLogin+onlyVisit, false) })
	c.exec(`GRANT SELECT ON sales.orders TO alice`)
	c.sameRights(func() { c.sync(aliceLogin+onlyVisit, true) }, "alice")
	c.can("alice", `SELECT FROM sales.orders; SELECT a FROM sales.wide; SELECT FROM closed.to_all`)
}

// TestTemporaryObjectsAreUntouched: they end with the session that made them, and no one else may change them.
func TestTemporaryObjectsAreUntouched(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	alice, bob := c.connect("alice", warehouse, password), c.connect("bob", warehouse, password)
	mustExec(t, bob, `CREATE TEMP TABLE bobs (a serial)`)
	mustExec(t, bob, `GRANT ALL ON bobs TO alice`)
	for _, statement := range []string{
		`CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `GRANT EXECUTE ON FUNCTION pg_temp.f() TO alice`,
		`CREATE DOMAIN pg_temp.d AS int`, `GRANT USAGE ON DOMAIN pg_temp.d TO alice`, `CREATE TEMP VIEW v AS SELECT 1`, `GRANT SELECT ON v TO alice`,
	} {
		mustExec(t, bob, statement)
	}
	mustExec(t, alice, `CREATE TEMP TABLE alices (a int)`)
	if _, err := syncReadingAll(context.Background(), c.super, parse(t, aliceLogin+onlyVisit), Options{}); err != nil {
		t.Error(err)
	}
	c.unchanged(func() { c.sync(aliceLogin+onlyVisit, false) })
	mustExec(t, alice, `INSERT INTO alices VALUES (1)`)
	if !one[bool](c, `SELECT has_table_privilege('alice', oid, 'SELECT') FROM pg_class WHERE relname = 'bobs'`) {
		t.Error("the privilege on another session's temporary table is gone")
	}
	if !one[bool](c, `SELECT bool_and(has_function_privilege('alice', oid, 'EXECUTE')) FROM pg_proc WHERE proname = 'f'`) {
		t.Error("the privilege on another session's temporary function is gone")
	}
	c.exec(`GRANT SELECT ON sales.orders TO alice`)
	c.sync(aliceLogin+onlyVisit, true)
	if spec := writeExport(t, exportsInSync(t, c.super, "temporary", "alice")); strings.Contains(spec, "pg_temp") {
		t.Error(spec)
	}
}

// TestOtherDatabases: what lies in another database can not be seen from here. What is on the databases themselves can.
func TestOtherDatabases(t *testing.T) {
	t.Parallel()
	c := newRevokes(t)
	c.exec(`CREATE DATABASE elsewhere`, `REVOKE ALL ON DATABASE elsewhere FROM PUBLIC`, `GRANT CONNECT, CREATE ON DATABASE elsewhere TO alice, bob`)
	there := c.connect("postgres", "elsewhere", "")
	for _, statement := range []string{`CREATE TABLE t (a int)`, `GRANT SELECT ON t TO alice`, `CREATE SCHEMA hers AUTHORIZATION alice`} {
		mustExec(t, there, statement)
	}
	c.sync(aliceLogin+onlyVisit+"    grants: [CONNECT ON DATABASE elsewhere]\n", true)
	c.sync(aliceLogin+onlyVisit+"    grants: [CONNECT ON DATABASE elsewhere]\n", false)
	alice := c.connect("alice", "elsewhere", password)
	mustExec(t, alice, `SELECT FROM t`)
	mustExec(t, alice, `CREATE TABLE hers.t (a int)`)
	if one[bool](c, `SELECT has_database_privilege('alice', 'elsewhere', 'CREATE') OR NOT has_database_privilege('bob', 'elsewhere', 'CREATE')`) {
		t.Error("CREATE on the other database is not as it should be")
	}
	c.sync(aliceLogin+onlyVisit, true)
	if _, err := c.tryConnect("alice", "elsewhere", password); err == nil || !isDenied(err) {
		t.Errorf("alice can still connect elsewhere: %v", err)
	}
}

// TestRevokeWithOddNames: roles, schemas, tables, sequences and columns that need quotes, and more care than that.
func TestRevokeWithOddNames(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	s := &spec.Spec{}
	for _, name := range oddNames {
		role, odd := "role "+name[:min(len(name), 58)], id(name)
		s.Roles = append(s.Roles, spec.Role{Name: role})
		c.exec(`CREATE ROLE `+id(role), `CREATE SCHEMA `+odd, fmt.Sprintf(`CREATE TABLE %s.%s (%s int)`, odd, odd, odd), `CREATE SEQUENCE `+id(name, "s "+name[:min(len(name), 60)]))
	}
	for i, name := range oddNames {
		to, odd, next := ` TO `+id(s.Roles[i].Name), id(name), id(s.Roles[(i+1)%len(s.Roles)].Name)
		c.exec(
			`GRANT CREATE ON DATABASE warehouse`+to, `GRANT ALL ON SCHEMA `+odd+to, `GRANT ALL ON ALL SEQUENCES IN SCHEMA `+odd+to,
			fmt.Sprintf(`GRANT SELECT, INSERT ON %s.%s%s WITH GRANT OPTION`, odd, odd, to), fmt.Sprintf(`GRANT UPDATE (%s) ON %s.%s%s`, odd, odd, odd, to),
		)
		c.as(s.Roles[i].Name, fmt.Sprintf(`GRANT SELECT ON %s.%s TO %s`, odd, odd, next))
	}
	c.syncSpec(c.super, s, true)
	c.syncSpec(c.super, s, false)
	if n := one[int](c, `SELECT count(*) FROM pg_shdepend AS d JOIN pg_roles AS r ON r.oid = d.refobjid AND r.rolname ~ '^role '`); n > 0 {
		t.Errorf("%d things are left", n)
	}
}
