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
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// newVault is an office with schema a, of the admin, that has many tables.
func newVault(t testing.TB, tables int, more ...string) *cluster {
	t.Helper()
	c := newOffice(t, append([]string{`CREATE SCHEMA a AUTHORIZATION admin`}, more...)...)
	c.exec(`SET ROLE admin`, fmt.Sprintf(`DO $$ BEGIN FOR i IN 1..%d LOOP EXECUTE format('CREATE TABLE a.t%%s ()', i); END LOOP; END $$`, tables), `RESET ROLE`)
	return c
}

// allReaders is a spec of roles that may read all tables of schema a.
func allReaders(names ...string) string {
	text := "version: 1\nroles:\n"
	for _, name := range names {
		text += "  " + name + ": {login: {password: {env: PASSWORD}}, grants: [CONNECT ON DATABASE warehouse, USAGE ON SCHEMA a, SELECT ON ALL TABLES IN SCHEMA a]}\n"
	}
	return text
}

func nobody(names ...string) string {
	text := "version: 1\nroles:\n"
	for _, name := range names {
		text += "  " + name + ": {login: {password: {env: PASSWORD}}}\n"
	}
	return text
}

// administrators lists them with how many roles each administers.
func (c *cluster) administrators() map[string]int {
	c.Helper()
	rows, err := c.super.Query(context.Background(), `
		SELECT r.rolname::text, count(m.roleid)::int FROM pg_roles AS r LEFT JOIN pg_auth_members AS m ON m.member = r.oid
		WHERE left(r.rolname::text, 20) = '_pgsr_administrator_' GROUP BY 1`)
	if err != nil {
		c.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			c.Fatal(err)
		}
		out[name] = n
	}
	if err := rows.Err(); err != nil {
		c.Fatal(err)
	}
	return out
}

// loads are how many roles the administrators have, in order.
func (c *cluster) loads() []int {
	c.Helper()
	var out []int
	for _, n := range c.administrators() {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (c *cluster) hasLoads(want ...int) {
	c.Helper()
	if c.major < 16 {
		want = nil
	}
	if got := c.loads(); !slices.Equal(got, want) {
		c.Errorf("the administrator roles administer %v, not %v", got, want)
	}
}

// TestAdministratorsShareTheWork: granted, again, taken away, given to another, and pruned.
func TestAdministratorsShareTheWork(t *testing.T) {
	t.Parallel()
	c := newVault(t, 68)
	admin := c.asAdmin()
	c.syncAs(admin, allReaders("ann"), true)
	c.hasLoads(6, 64)
	c.can("ann", `TABLE a.t1`)
	c.can("ann", `TABLE a.t68`)
	c.cannot("ann", `DELETE FROM a.t1`)
	c.syncAs(admin, allReaders("ann", "bob"), true)
	c.hasLoads(6, 64)
	c.can("bob", `TABLE a.t68`)
	c.syncAs(admin, nobody("ann"), true)
	c.cannot("ann", `TABLE a.t1`)
	c.can("bob", `TABLE a.t1`)
	c.exec(`DROP SCHEMA a CASCADE`)
	c.prune(admin, true)
	c.hasLoads(1) // CONNECT is the cluster's
	c.prune(admin, false)
}

// TestAdministratorsCanDoNothingElse than to create roles and to grant those, and only who connected may act as one.
func TestAdministratorsCanDoNothingElse(t *testing.T) {
	t.Parallel()
	c := newVault(t, 2)
	c.syncAs(c.asAdmin(), allReaders("ann"), true)
	for name := range c.administrators() {
		can := one[string](c, `SELECT (to_jsonb(r) - '{oid,rolname,rolpassword,rolvaliduntil,rolconfig}'::text[])::text FROM pg_roles AS r WHERE rolname = $1`, name)
		for _, not := range []string{`"rolsuper": true`, `"rolcreatedb": true`, `"rolcanlogin": true`, `"rolreplication": true`, `"rolbypassrls": true`} {
			if strings.Contains(can, not) {
				t.Errorf("%s has %s", name, not)
			}
		}
		if n := one[int](c, `SELECT count(*)::int FROM pg_shdepend WHERE refobjid = $1::regrole AND classid <> 'pg_auth_members'::regclass`, name); n != 0 {
			t.Errorf("%s owns or is granted %d things", name, n)
		}
		if members := one[string](c, `SELECT string_agg(DISTINCT member::regrole::text, ' ') FROM pg_auth_members WHERE roleid = $1::regrole`, name); members != "admin" {
			t.Errorf("members of %s: %s", name, members)
		}
		c.cannot("ann", `SET ROLE "`+name+`"`)
	}
}

// TestNoAdministratorsWhereTheyGainNothing: for a superuser, and before 16.
func TestNoAdministratorsWhereTheyGainNothing(t *testing.T) {
	t.Parallel()
	c := newVault(t, 2)
	c.sync(allReaders("ann"), true)
	c.syncAs(c.super, allReaders("ann", "bob"), true)
	if got := c.administrators(); len(got) != 0 {
		t.Errorf("there are %v", got)
	}
}

// TestShapeOfMemberships: who joins many has one statement, acting as one administrator. Where several do, there is one
// for each of them, but on 16 and later one for each role from anybody but a superuser.
func TestShapeOfMemberships(t *testing.T) {
	t.Parallel()
	c := newVault(t, 3)
	admin := c.asAdmin()
	c.syncAs(admin, allReaders("ann", "bob", "cid"), true)
	for _, way := range []struct {
		conn       *pgx.Conn
		ofNewMajor int
	}{{admin, 5}, {c.super, 2}} {
		c.changesMemberships(way.conn, nobody("bob"), 1)
		c.cannot("bob", `TABLE a.t3`)
		c.can("ann", `TABLE a.t3`)
		c.changesMemberships(way.conn, allReaders("bob"), 1)
		c.can("bob", `TABLE a.t3`)
		ofTwo := 2
		if c.major >= 16 {
			ofTwo = way.ofNewMajor
		}
		c.changesMemberships(way.conn, nobody("bob", "cid"), ofTwo)
		c.cannot("cid", `TABLE a.t3`)
		c.changesMemberships(way.conn, allReaders("bob", "cid"), ofTwo)
		c.can("cid", `TABLE a.t3`)
	}
}

// changesMemberships applies a spec and counts the statements that it takes to change memberships.
func (c *cluster) changesMemberships(conn *pgx.Conn, yaml string, want int) {
	c.Helper()
	result, err := Sync(context.Background(), conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatal(err)
	}
	statements := 0
	for _, s := range result.Plan.Statements {
		if s.Section == script.Memberships {
			statements++
		}
	}
	if statements != want {
		c.Errorf("%d statements about memberships, not %d: %+v", statements, want, result.Plan.Statements)
	}
}

// TestOneRoleMadeEverything, as other tools do: what it has made it goes on to grant and to revoke, and what is new
// gets an administrator.
func TestOneRoleMadeEverything(t *testing.T) {
	t.Parallel()
	c := newVault(t, 2)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	theirs := fmt.Sprintf("_pgsr_local_%d_table_select_0a1b2c3d", here)
	c.exec(`SET ROLE admin`, `CREATE ROLE ann LOGIN`, `CREATE ROLE `+theirs, `GRANT SELECT ON a.t1 TO `+theirs, `GRANT `+theirs+` TO ann`, `RESET ROLE`)
	admin := c.asAdmin()
	c.syncAs(admin, allReaders("ann", "bob"), true)
	c.hasLoads(3)
	c.can("bob", `TABLE a.t1`)
	if n := one[int](c, `SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE oid = 'a.t1'::regclass AND grantee <> relowner`); n != 1 {
		t.Errorf("%d grantees on the table that had a privilege role", n)
	}
	c.syncAs(admin, nobody("bob"), true)
	c.cannot("bob", `TABLE a.t1`)
	c.can("ann", `TABLE a.t1`)
	c.exec(`DROP SCHEMA a CASCADE`)
	c.prune(admin, true)
	c.hasLoads(1)
}

// TestOneRoleMadeEverythingOfVeryMany: to grant what it has made would take long from 16 on, so that who is new gets
// another privilege role, once.
func TestOneRoleMadeEverythingOfVeryMany(t *testing.T) {
	t.Parallel()
	c := newVault(t, 2)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	theirs := fmt.Sprintf("_pgsr_local_%d_table_select_0a1b2c3d", here)
	c.exec(`SET ROLE admin`, `DO $$ BEGIN FOR i IN 1..1001 LOOP EXECUTE format('CREATE ROLE made%s', i); END LOOP; END $$`, `CREATE ROLE ann LOGIN`,
		`CREATE ROLE `+theirs, `GRANT SELECT ON a.t1 TO `+theirs, `GRANT `+theirs+` TO ann`, `RESET ROLE`)
	admin := c.asAdmin()
	grantees := func(want int) {
		t.Helper()
		if n := one[int](c, `SELECT count(*)::int FROM pg_class, aclexplode(relacl) WHERE oid = 'a.t1'::regclass AND grantee <> relowner`); n != want {
			t.Errorf("%d grantees on the table that had a privilege role, not %d", n, want)
		}
	}
	privilegeRoles := 1
	if c.major >= 16 {
		privilegeRoles = 2
	}
	c.syncAs(admin, allReaders("ann"), true)
	grantees(1)
	for _, people := range [][]string{{"ann", "bob"}, {"ann", "bob", "eve"}} {
		c.syncAs(admin, allReaders(people...), true)
		grantees(privilegeRoles)
		for _, who := range people {
			c.can(who, `TABLE a.t1`)
		}
		if of := one[string](c, `SELECT string_agg(member::regrole::text, ' ') FROM pg_auth_members WHERE roleid = $1::regrole AND NOT admin_option`, theirs); privilegeRoles == 2 && of != "ann" {
			t.Errorf("the members of what was there are %s", of)
		}
	}
	for _, who := range []string{"bob", "ann"} {
		c.syncAs(admin, nobody(who), true)
		c.cannot(who, `TABLE a.t1`)
		c.can("eve", `TABLE a.t1`)
	}
}

// TestOthersCanTakeOver: a superuser at once, and a plain GRANT by the role that made it all; another CREATEROLE role
// once it has what the refusal asks for.
func TestOthersCanTakeOver(t *testing.T) {
	t.Parallel()
	c := newVault(t, 2, `CREATE ROLE second LOGIN CREATEROLE`, `CREATE ROLE eve`, `GRANT admin TO second`)
	c.syncAs(c.asAdmin(), allReaders("ann"), true)
	holder := one[string](c, `SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE oid = 'a.t1'::regclass AND grantee <> relowner`)
	if c.major >= 16 {
		c.exec(`SET SESSION AUTHORIZATION admin`, `GRANT `+holder+` TO eve`, `REVOKE `+holder+` FROM eve`, `RESET SESSION AUTHORIZATION`)
	}
	c.sync(nobody("ann"), true)
	c.cannot("ann", `TABLE a.t1`)
	c.sync(allReaders("ann"), true)
	c.can("ann", `TABLE a.t1`)
	c.syncAllowing(c.connect("second", warehouse, ""), nobody("ann"))
	c.cannot("ann", `TABLE a.t1`)
}

// TestAdministratorThatMayNotBeActedAs: someone has revoked the membership. The refusal says what gives it back.
func TestAdministratorThatMayNotBeActedAs(t *testing.T) {
	t.Parallel()
	c := newVault(t, 2)
	admin := c.asAdmin()
	c.syncAs(admin, allReaders("ann"), true)
	for name := range c.administrators() {
		c.exec(`REVOKE "` + name + `" FROM admin GRANTED BY admin`)
	}
	c.syncAllowing(admin, nobody("ann"))
	c.cannot("ann", `TABLE a.t1`)
}

// syncAllowing runs what refusals ask for until there is none.
func (c *cluster) syncAllowing(conn *pgx.Conn, yaml string) {
	c.Helper()
	for range 20 {
		_, err := Sync(context.Background(), conn, parse(c, yaml), Options{})
		var refusal *planner.Refusal
		if !errors.As(err, &refusal) {
			if err != nil {
				c.Fatal(err)
			}
			return
		}
		c.exec(refusal.Remedies...)
	}
	c.Fatal("it is refused again and again")
}

// TestScriptActsAsAdministrators: what psql runs leaves what apply leaves.
func TestScriptActsAsAdministrators(t *testing.T) {
	t.Parallel()
	c := newVault(t, 66)
	c.name = warehouse
	admin := c.asAdmin()
	s := parse(t, allReaders("ann"))
	plan, err := Plan(context.Background(), admin, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	created := 0
	for _, statement := range plan.Statements {
		if ch, creates := statement.Change.(catalog.CreateRole); creates && ch.Holds != nil {
			created += len(ch.Members)
		}
	}
	if created != 68 {
		t.Errorf("%d memberships come with the privilege roles", created)
	}
	var text strings.Builder
	if err := Write(&text, s, plan, Options{}); err != nil {
		t.Fatal(err)
	}
	if out, status := c.psql("admin", text.String()); status != 0 {
		t.Fatal(out)
	}
	c.hasLoads(4, 64)
	c.can("ann", `TABLE a.t66`)
}
