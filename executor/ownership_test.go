package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// owning is a spec of alice and bob, who can log in and use the schema, in which alice owns things, and nobody
// anything else.
func owning(things ...string) string {
	text := "version: 1\nroles:\n"
	for _, name := range []string{"alice", "bob"} {
		text += "  " + name + ":\n    login: {password: {env: PASSWORD}}\n    direct_grants: [USAGE ON SCHEMA sales]\n"
		if name != "alice" || len(things) == 0 {
			text += "    owns: []\n"
			continue
		}
		text += "    owns:\n"
		for _, thing := range things {
			text += "      - " + quoteYAML(thing) + "\n"
		}
	}
	return text
}

// salesroom has a relation of each kind that counts as a table, owned by bob. Carol, who is in no spec, may read them
// all.
var salesroom = []string{
	`CREATE SCHEMA sales`, `GRANT USAGE ON SCHEMA sales TO bob, carol`,
	`CREATE TABLE sales.orders (a serial, b int GENERATED ALWAYS AS IDENTITY, c text)`,
	`CREATE TABLE sales."Order ""Lines""" (a int, c text)`,
	`CREATE VIEW sales.a_view AS SELECT 1 AS a`,
	`CREATE MATERIALIZED VIEW sales.a_matview AS SELECT 1 AS a`,
	`CREATE TABLE sales.parts (a int, c text) PARTITION BY LIST (a)`,
	`CREATE FOREIGN DATA WRAPPER nothing`, `CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing`,
	`CREATE FOREIGN TABLE sales.foreign_one (a int, c text) SERVER nowhere`,
}

var salesTables = []string{`sales.orders`, `sales."Order ""Lines"""`, `sales.a_view`, `sales.a_matview`, `sales.parts`, `sales.foreign_one`}

func newSalesroom(t testing.TB, owner string) *cluster {
	t.Helper()
	c := newCluster(t)
	c.people("bob", "carol")
	if owner != "bob" && owner != "postgres" {
		c.exec(`CREATE ROLE ` + owner)
	}
	c.exec(salesroom...)
	for _, table := range salesTables {
		if !slices.Contains(salesCode, table) {
			c.exec(`ALTER TABLE ` + table + ` OWNER TO ` + owner)
		}
		c.exec(`GRANT SELECT ON ` + table + ` TO carol`)
	}
	return c
}

// salesCode runs with its owner's rights, and is the superuser's if they are not given to somebody.
var salesCode = []string{`sales.a_view`, `sales.a_matview`, `sales.foreign_one`}

func (c *cluster) codeTo(owner string) {
	c.Helper()
	for _, relation := range salesCode {
		c.exec(`ALTER TABLE ` + relation + ` OWNER TO ` + owner)
	}
}

// alter is what only a table's owner may do, on tables of all kinds.
func alter(table string) string { return `ALTER TABLE ` + table + ` RENAME COLUMN a TO z` }

// owner gives an object's owner, as the catalog says it.
func (c *cluster) owner(table string) string {
	c.Helper()
	return one[string](c, `SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = $1::regclass`, table)
}

func TestOwnTables(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	c.codeTo("bob")
	all := make([]string, len(salesTables))
	for i, table := range salesTables {
		all[i] = "TABLE " + table
		c.can("bob", alter(table))
	}
	c.syncTrusting(owning(all...), Options{TrustCode: true})
	for _, table := range salesTables {
		c.can("alice", alter(table))
		c.cannot("bob", alter(table))
		if table != "sales.foreign_one" { // whose wrapper can not be read from
			c.can("carol", `SELECT FROM `+table)
			c.can("alice", `SELECT FROM `+table)
			c.cannot("bob", `SELECT FROM `+table)
		}
	}
	c.can("alice", `SELECT nextval('sales.orders_a_seq'), nextval('sales.orders_b_seq')`)
	c.cannot("bob", `SELECT nextval('sales.orders_a_seq')`)
	c.unchanged(func() { c.sync(owning(all...), false) })

	c.sync(owning(all[1:]...), true)
	c.cannot("alice", alter(salesTables[0]))
	c.cannot("alice", `SELECT FROM `+salesTables[0])
	c.can("carol", `SELECT FROM `+salesTables[0])
	for _, of := range []string{salesTables[0], "sales.orders_a_seq", "sales.orders_b_seq"} {
		if owner := c.owner(of); owner != "postgres" {
			t.Errorf("%s was taken away, and belongs to %s", of, owner)
		}
	}
	c.can("alice", alter(salesTables[1]))
}

func TestOwnSchema(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	for _, schema := range []string{`made`, `"Made; ""too"""`, `sales`} {
		create := `CREATE TABLE ` + schema + `.mine (a int)`
		c.sync(owning("SCHEMA "+schema), true)
		c.can("alice", create)
		c.can("alice", `COMMENT ON SCHEMA `+schema+` IS 'mine'`)
		c.cannot("bob", create)
		c.sync(owning("SCHEMA "+schema), false)
		c.sync(owning(), true)
		c.cannot("alice", create)
		c.sync(owning(), false)
	}
	c.can("carol", `SELECT FROM sales.orders`)
	if one[bool](c, `SELECT bool_or(nspowner <> 'postgres'::regrole) FROM pg_namespace WHERE nspname IN ('made', 'Made; "too"', 'sales')`) {
		t.Error("schemas that were taken away do not belong to the connecting role")
	}
}

// TestSchemaAndContents: the schema is made first; what is to be owned in it is missing until it is there.
func TestSchemaAndContents(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	yaml := "missing: warn\n" + owning("SCHEMA made", "TABLE made.later", "ALL TABLES IN SCHEMA made")
	if result := c.sync(yaml, true); len(result.Plan.Warnings) != 1 {
		t.Errorf("warnings: %q", result.Plan.Warnings)
	}
	c.exec(`CREATE TABLE made.later (a int)`, `CREATE VIEW made.too AS SELECT 1 AS a`)
	c.syncTrusting(yaml, Options{TrustCode: true})
	c.can("alice", alter("made.later"))
	c.can("alice", alter("made.too"))
	c.sync(yaml, false)
}

// TestReassignTo: what is taken away goes to another role than the connecting one.
func TestReassignTo(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	c.codeTo("bob")
	c.people("dba")
	c.exec(`GRANT USAGE ON SCHEMA sales TO dba`, `ALTER SCHEMA sales OWNER TO bob`)
	for range 2 {
		if _, err := Sync(context.Background(), c.super, parse(t, owning()), Options{ReassignTo: "dba", TrustCode: true}); err != nil {
			t.Fatal(err)
		}
	}
	c.can("dba", `CREATE TABLE sales.mine (a int)`)
	for _, table := range salesTables {
		c.can("dba", alter(table))
		c.cannot("bob", alter(table))
	}
	_, err := Sync(context.Background(), c.super, parse(t, owning()), Options{ReassignTo: "nobody at all"})
	if err == nil || !strings.Contains(err.Error(), `"nobody at all"`) {
		t.Errorf("reassigning to a role that does not exist: %v", err)
	}
}

// TestACLFollowsOwner: ALTER ... OWNER writes the new owner in the old one's place, where it may stand already.
func TestACLFollowsOwner(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	c.sync(owning("TABLE sales.parts"), true)
	c.exec(
		`GRANT INSERT, SELECT ON sales.orders TO alice WITH GRANT OPTION`, `GRANT UPDATE (a) ON sales.orders TO alice`,
		`GRANT SELECT (c) ON sales.orders TO carol`,
		`ALTER TABLE sales.orders OWNER TO bob`,
		`SET ROLE alice`, `GRANT SELECT ON sales.orders TO carol`, `GRANT INSERT ON sales.orders TO carol`, `RESET ROLE`,
	)
	c.sync(owning("TABLE sales.orders"), true)
	c.sync(owning("TABLE sales.orders"), false)
	for _, sql := range []string{`SELECT FROM sales.orders`, `INSERT INTO sales.orders (a) VALUES (1)`} {
		c.can("carol", sql)
		c.can("alice", sql)
		c.cannot("bob", sql)
	}
	c.can("alice", `UPDATE sales.orders SET c = 'x'; DELETE FROM sales.orders; TRUNCATE sales.orders`)
	c.can("alice", alter("sales.orders"))
	c.cannot("alice", `SELECT FROM sales.parts`)
	c.sync(owning(), true)
	c.cannot("alice", `SELECT FROM sales.orders`)
	c.can("carol", `SELECT c FROM sales.orders`)
}

// TestOwnersRights: what an owner has without a grant is not revoked, nor given back where it gave it up.
func TestOwnersRights(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	c.exec(`GRANT SELECT ON sales.orders TO PUBLIC`) // writes the owner's own entries down
	c.sync(owning("TABLE sales.orders", "TABLE sales.parts", "SCHEMA made"), true)
	c.exec(
		`SET ROLE alice`, `REVOKE ALL ON sales.parts FROM alice`, `REVOKE CREATE ON SCHEMA made FROM alice`, `RESET ROLE`,
		`ALTER TABLE sales.orders ADD PRIMARY KEY (a)`, `CREATE TABLE sales.lines (a int REFERENCES sales.orders)`,
		`GRANT INSERT ON sales.lines TO carol`,
	)
	c.unchanged(func() { c.sync(owning("TABLE sales.orders", "TABLE sales.parts", "SCHEMA made"), false) })
	c.can("alice", `INSERT INTO sales.orders (c) VALUES ('x'); SELECT FROM sales.orders; DELETE FROM sales.orders`)
	c.cannot("alice", `SELECT FROM sales.parts`)
	c.cannot("alice", `CREATE TABLE made.mine (a int)`)
	c.can("alice", `GRANT SELECT ON sales.parts TO alice; SELECT FROM sales.parts`)
	// A foreign key is checked with the rights of the owner of the table that it points at.
	c.exec(`INSERT INTO sales.orders (a, c) VALUES (7, 'x')`)
	c.can("carol", `INSERT INTO sales.lines VALUES (7)`)
}

func TestTwoOwners(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	yaml := "version: 1\nroles:\n  alice:\n    owns: [TABLE sales.orders]\n  bob:\n    owns:\n      - ALL TABLES IN SCHEMA sales\n"
	err := c.syncError(c.super, yaml)
	problems := spec.Errors(nil)
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{"sales.orders", "spec.yaml:4:", "spec.yaml:7:", "alice", "bob"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
}

// TestOwnershipOfOtherKinds: a spec decides over schemas and tables. What a role owns of other kinds is left alone.
func TestOwnershipOfOtherKinds(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	c.exec(
		`CREATE SEQUENCE sales.numbers`, `ALTER SEQUENCE sales.numbers OWNER TO bob`,
		`CREATE FUNCTION sales.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `ALTER FUNCTION sales.f() OWNER TO bob`,
		`CREATE TYPE sales.kind AS ENUM ('x')`, `ALTER TYPE sales.kind OWNER TO bob`,
		`CREATE DATABASE theirs OWNER bob`,
	)
	c.sync(owning(), true)
	c.sync(owning(), false)
	c.can("bob", `SELECT nextval('sales.numbers')`)
	c.can("bob", `ALTER SEQUENCE sales.numbers INCREMENT 2`)
	c.can("bob", `ALTER FUNCTION sales.f() STABLE`)
	if c.major >= 12 { // which can do so in a transaction
		c.can("bob", `ALTER TYPE sales.kind ADD VALUE 'y'`)
	}
	c.can("bob", `ALTER DATABASE theirs CONNECTION LIMIT 5`)
	c.cannot("bob", alter("sales.orders"))
}

// TestOwnersByNonSuperuser: a new owner of a table needs CREATE on the schema for the moment of the change, and keeps
// it only if it is its own; the connecting role acts for owners, and is a member of none of them afterwards.
func TestOwnersByNonSuperuser(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "keeper")
	admin := c.admin()
	c.exec(`GRANT keeper, bob TO admin WITH ADMIN OPTION`, `ALTER SCHEMA sales OWNER TO keeper`)
	const create = `CREATE TABLE sales.mine (a int)`
	const mine = `member = 'admin'::regrole AND roleid <> 'alice'::regrole`
	c.syncAs(admin, owning(), true)
	c.sameMemberships(mine, func() {
		c.syncAs(admin, owning("TABLE sales.orders"), true)
		c.can("alice", alter("sales.orders"))
		c.can("carol", `SELECT FROM sales.orders`)
		c.cannot("alice", create)
		c.syncAs(admin, owning("TABLE sales.orders", "SCHEMA made"), true)
		c.can("alice", `CREATE TABLE made.mine (a int)`)
		c.cannot("alice", create)

		both := strings.Replace(owning("TABLE sales.parts"), "[USAGE ON SCHEMA sales]", "['USAGE, CREATE ON SCHEMA sales']", 1)
		c.syncAs(admin, both, true)
		c.can("alice", create)
		c.can("alice", alter("sales.parts"))
		c.cannot("alice", alter("sales.orders"))
		c.syncAs(admin, owning(), true)
		c.cannot("alice", create)
	})
	if n := one[int](c, `SELECT count(*) FROM pg_auth_members WHERE member = 'admin'::regrole AND roleid = 'alice'::regrole AND grantor <> 10`); n > 0 {
		t.Error("the connecting role is still a member of the role that it acted for")
	}
	for _, schema := range []string{"sales", "made"} {
		if n := one[int](c, `SELECT count(*) FROM pg_namespace, aclexplode(nspacl) WHERE nspname = $1 AND grantee IN ('admin'::regrole, 'alice'::regrole) AND
			privilege_type = 'CREATE' AND nspowner <> grantee`, schema); n > 0 {
			t.Errorf("CREATE on schema %s was kept", schema)
		}
	}
}

// TestOwnOddNames: names that need quotes, and more care than that.
func TestOwnOddNames(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	s := &spec.Spec{}
	for _, name := range oddNames {
		c.exec(`CREATE SCHEMA `+id(name), `CREATE TABLE `+id(name, name)+` (a int)`)
		owner := spec.Role{Name: "owner of " + name[:min(len(name), 50)]}
		owner.Owns = mustOwn(t, "SCHEMA "+id(name), "TABLE "+id(name, name), "SCHEMA "+id("new "+name[:min(len(name), 50)]))
		s.Roles = append(s.Roles, owner)
	}
	c.syncSpec(c.super, s, true)
	c.syncSpec(c.super, s, false)
	for i, name := range oddNames {
		c.asRole(s.Roles[i].Name, alter(id(name, name)), `CREATE TABLE `+id("new "+name[:min(len(name), 50)], name)+` (a int)`)
	}
}

// asRole runs statements as a role that can not log in.
func (c *cluster) asRole(role string, statements ...string) {
	c.Helper()
	ctx := context.Background()
	tx, err := c.super.Begin(ctx)
	if err != nil {
		c.Fatal(err)
	}
	defer tx.Rollback(ctx)
	for _, statement := range append([]string{fmt.Sprintf(`SET LOCAL ROLE %s`, id(role))}, statements...) {
		if _, err := tx.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
			c.Fatalf("%q: %s: %v", role, statement, err)
		}
	}
}

// TestOwnershipThatIsNotDecided: without a key owns a role keeps what it owns, with an empty one it loses it;
// another role may still be given it.
func TestOwnershipThatIsNotDecided(t *testing.T) {
	t.Parallel()
	c := newSalesroom(t, "bob")
	keeps := "version: 1\nroles:\n  bob:\n    login: {}\n    direct_grants: [USAGE ON SCHEMA sales]\n"
	c.unchanged(func() { c.sync(keeps, false) })
	c.sync(keeps+"  alice: {owns: [TABLE sales.parts]}\n", true)
	if owner := c.owner("sales.parts"); owner != "alice" {
		t.Errorf("sales.parts belongs to %s", owner)
	}
	c.can("bob", alter("sales.orders"))
	c.sync(keeps+"    owns: []\n", true)
	c.cannot("bob", alter("sales.orders"))
}
