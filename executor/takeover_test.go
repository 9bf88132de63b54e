package executor

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// oldTool leaves behind in a database what pg-sync-roles does: the statements that it sends, as any role.
type oldTool struct {
	*cluster
	conn *pgx.Conn
	// made counts privilege roles, for names.
	made int
	oid  uint32
}

func newOldTool(c *cluster, conn *pgx.Conn) *oldTool {
	return &oldTool{cluster: c, conn: conn, oid: one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)}
}

func (o *oldTool) run(statements ...string) {
	o.Helper()
	for _, statement := range statements {
		mustExec(o, o.conn, statement)
	}
}

// holder makes a privilege role, with a name as pg-sync-roles gives it.
func (o *oldTool) holder(kind, privilege, on string) string {
	o.Helper()
	o.made++
	reach := fmt.Sprintf("local_%d", o.oid)
	if kind == "database" {
		reach = "global"
	}
	name := fmt.Sprintf("_pgsr_%s_%s_%s_%08x", reach, kind, privilege, 0xc0ffee00+o.made)
	o.run(`CREATE ROLE `+name, fmt.Sprintf(`GRANT %s ON %s %s TO %s`, privilege, kind, on, name))
	return name
}

// until is when the logins of takeovers end.
var until = time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)

// takeover makes a schema with a table for each of the odd names, and a role that has been given everything by
// pg-sync-roles. It returns the spec that says the same.
func (o *oldTool) takeover(connect string) *spec.Spec {
	s := &spec.Spec{}
	for i, name := range oddNames {
		role, schema, table := "u "+name[:min(len(name), 61)], id(name), id(name, name)
		o.run(`CREATE SCHEMA `+schema, `CREATE TABLE `+table+` (a int)`, `CREATE VIEW `+id(name, "v")+` AS SELECT 1 AS a`, `CREATE TABLE `+id(name, "other")+` (a int)`)
		o.run(`CREATE ROLE `+id(role), fmt.Sprintf(`ALTER ROLE %s WITH LOGIN PASSWORD '%s' VALID UNTIL '%s'`, id(role), password, until.Format(time.RFC3339)))
		for _, holder := range []string{
			connect, o.holder("schema", "usage", schema), o.holder("schema", "create", schema), o.holder("table", "select", table), o.holder("table", "select", id(name, "v")),
		} {
			o.run(`GRANT ` + holder + ` TO ` + id(role))
		}
		o.run(`GRANT USAGE ON SCHEMA `+schema+` TO `+id(role), `GRANT SELECT ON TABLE `+id(name, "other")+` TO `+id(role))
		r := spec.Role{Name: role, Login: &spec.Login{ValidUntil: &until}}
		if i > 0 {
			r.MemberOf = spec.Memberships(s.Roles[i-1].Name)
			o.run(`GRANT ` + id(s.Roles[i-1].Name) + ` TO ` + id(role))
		}
		r.Grants, r.DirectGrants = takenOver(name)
		s.Roles = append(s.Roles, r)
	}
	return s
}

// takenOver gives the grants that a role has in the schema of an odd name: the names are taken as they are.
func takenOver(name string) (grants, direct []spec.Grant) {
	one := func(privilege catalog.Privilege, object catalog.ObjectID) spec.Grant {
		return spec.Grant{Privileges: []catalog.Privilege{privilege}, Target: spec.Target{Kind: object.Kind, Objects: []catalog.ObjectID{object}}}
	}
	schema := catalog.ObjectID{Kind: catalog.Schema, Name: name}
	table := func(table string) catalog.ObjectID {
		return catalog.ObjectID{Kind: catalog.Table, Schema: name, Name: table}
	}
	return []spec.Grant{
		one(catalog.Connect, catalog.ObjectID{Kind: catalog.Database, Name: warehouse}), one(catalog.Usage, schema), one(catalog.Create, schema),
		one(catalog.Select, table(name)), one(catalog.Select, table("v")),
	}, []spec.Grant{one(catalog.Usage, schema), one(catalog.Select, table("other"))}
}

// TestTakeover: a spec that says what pg-sync-roles has done leaves nothing to do, and a role that is added to it
// gets its rights by the privilege roles that are there.
func TestTakeover(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run("by "+user, func(t *testing.T) {
			c := newCluster(t)
			c.admin()
			conn := c.connect(user, warehouse, "")
			old := newOldTool(c, conn)
			s := old.takeover(old.holder("database", "connect", warehouse))
			if user == "postgres" { // others can not compare passwords
				for i := range s.Roles {
					s.Roles[i].Login.Password.Clear = password
				}
			}
			c.unchanged(func() { c.syncSpec(conn, s, false) })

			holders := c.privilegeRoles()
			newcomer := spec.Role{Name: "newcomer", Login: &spec.Login{Password: spec.Password{Clear: password}}}
			for _, name := range oddNames {
				grants, _ := takenOver(name)
				newcomer.Grants = append(newcomer.Grants, grants...)
			}
			s.Roles = append(s.Roles, newcomer)
			c.sameRights(func() { c.syncSpec(conn, s, true) }, "newcomer", "admin")
			if after := c.privilegeRoles(); len(diffLines(holders, after)) > 0 {
				t.Errorf("privilege roles were made or dropped: %q", diffLines(holders, after))
			}
			for i, name := range oddNames {
				for _, role := range []string{"newcomer", s.Roles[i].Name} {
					c.can(role, `SELECT FROM `+id(name, name)+`, `+id(name, "v"))
					c.can(role, `CREATE TABLE `+id(name, "made")+` (a int)`)
				}
				c.cannot("newcomer", `SELECT FROM `+id(name, "other"))
			}
		})
	}
}

// TestTakeoverOfOwnership: owners, with what pg-sync-roles does to become one.
func TestTakeoverOfOwnership(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	admin := c.admin()
	newOldTool(c, admin).run(
		`CREATE ROLE alice`, `ALTER ROLE alice WITH LOGIN PASSWORD '`+password+`' VALID UNTIL 'infinity'`, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a serial)`,
		`GRANT alice TO admin`, `ALTER SCHEMA sales OWNER TO alice`, `ALTER TABLE sales.orders OWNER TO alice`, `REVOKE alice FROM admin`,
	)
	yaml := aliceKeeps + "    owns: [SCHEMA sales, TABLE sales.orders]\n"
	c.unchanged(func() { c.syncAs(admin, yaml, false) })
	c.unchanged(func() { c.sync(yaml, false) })
	c.can("alice", alter("sales.orders"))
}

// newTaken is a database in which pg-sync-roles has let alice, and bob who is in no spec, read sales.orders.
func newTaken(t testing.TB) (c *cluster, holder string) {
	t.Helper()
	c = newCluster(t, `CREATE SCHEMA sales`, `GRANT USAGE ON SCHEMA sales TO PUBLIC`, `CREATE TABLE sales.orders (a int, b int)`, `CREATE TABLE sales.secret (a int)`)
	c.people("bob")
	c.sync(aliceLogin, true)
	holder = newOldTool(c, c.super).holder("table", "select", "sales.orders")
	c.exec(`GRANT ` + holder + ` TO alice, bob`)
	c.sync(takenSpec("orders"), false)
	return c, holder
}

func takenSpec(table string) string {
	return aliceLogin + "    grants: [SELECT ON TABLE sales." + table + "]\n"
}

// TestRenamedTables: privilege roles are found by the ACL of their table, whatever it is called by now.
func TestRenamedTables(t *testing.T) {
	t.Parallel()
	c, holder := newTaken(t)
	c.exec(`ALTER TABLE sales.orders RENAME TO purchases`)
	c.unchanged(func() { c.sync(takenSpec("purchases"), false) })
	c.can("alice", `SELECT FROM sales.purchases`)
	c.exec(`ALTER SCHEMA sales RENAME TO trade`)
	c.unchanged(func() { c.sync(strings.ReplaceAll(takenSpec("purchases"), "sales.", "trade."), false) })
	c.exec(`ALTER SCHEMA trade RENAME TO sales`)

	// A new version of the table takes the place of the old one. While there are both, the role holds more than one
	// privilege.
	c.exec(`CREATE TABLE sales.newer (a int, b int)`, `GRANT SELECT ON sales.newer TO `+holder)
	c.exec(`ALTER TABLE sales.purchases RENAME TO older`, `ALTER TABLE sales.newer RENAME TO purchases`, `DROP TABLE sales.older`)
	c.unchanged(func() { c.sync(takenSpec("purchases"), false) })
	c.can("alice", `SELECT FROM sales.purchases`)
	c.can("bob", `SELECT FROM sales.purchases`)

	c.exec(`CREATE TABLE sales.newer (a int)`, `GRANT SELECT ON sales.newer TO `+holder)
	c.exec(`ALTER TABLE sales.purchases RENAME TO older`, `ALTER TABLE sales.newer RENAME TO purchases`)
	c.sync(takenSpec("purchases"), true)
	c.can("alice", `SELECT FROM sales.purchases`)
	c.cannot("alice", `SELECT FROM sales.older`)
	c.can("bob", `SELECT FROM sales.older`)
	c.sync(takenSpec("purchases"), false)
}

// tamperings are what can be done to a privilege role so that it gives its members more than its one privilege. $who
// is the role.
var tamperings = []excess{
	{name: "another privilege", given: []string{`GRANT INSERT ON sales.orders TO $who`}},
	{name: "another table", given: []string{`GRANT SELECT ON sales.secret TO $who`}},
	{name: "a column", given: []string{`GRANT SELECT (a) ON sales.secret TO $who`}},
	{name: "a column of the same table", given: []string{`GRANT UPDATE (a) ON sales.orders TO $who`}},
	{name: "the grant option", given: []string{`GRANT SELECT ON sales.orders TO $who WITH GRANT OPTION`}},
	{name: "a schema", given: []string{`GRANT CREATE ON SCHEMA sales TO $who`}},
	{name: "a function", given: []string{`GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO $who`}},
	{name: "a parameter", given: []string{`GRANT SET ON PARAMETER log_statement TO $who`}, from: 15},
	{name: "a type", given: []string{`GRANT USAGE ON TYPE sales.kind TO $who`}},
	{name: "ownership", given: []string{`ALTER TABLE sales.secret OWNER TO $who`}},
	{name: "default privileges", given: []string{`ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO $who`}},
	{name: "a row security policy", given: []string{`CREATE POLICY p ON sales.secret TO $who USING (true)`}},
	{name: "a privilege in another database"},
	{name: "a membership", given: []string{`GRANT secretaries TO $who`}},
	{name: "a login", given: []string{`ALTER ROLE $who LOGIN`}},
	{name: "CREATEROLE", given: []string{`ALTER ROLE $who CREATEROLE`}},
	{name: "BYPASSRLS", given: []string{`ALTER ROLE $who BYPASSRLS`}},
	{name: "SUPERUSER", given: []string{`ALTER ROLE $who SUPERUSER`}},
	{name: "another privilege in the place of its own", given: []string{`REVOKE SELECT ON sales.orders FROM $who`, `GRANT INSERT ON sales.orders TO $who`}},
	{name: "a name like any other", given: []string{`ALTER ROLE $who RENAME TO ordinary`, `ALTER ROLE ordinary NOLOGIN`}},
}

// TestTamperedPrivilegeRole: such a role is no longer used, and who is in the spec leaves it.
func TestTamperedPrivilegeRole(t *testing.T) {
	t.Parallel()
	c, _ := newTaken(t)
	c.exec(`CREATE DATABASE elsewhere`, `CREATE ROLE secretaries`, `CREATE TYPE sales.kind AS ENUM ('x')`)
	there := c.connect("postgres", "elsewhere", "")
	mustExec(t, there, `CREATE TABLE t (a int)`)
	for _, tampering := range tamperings {
		if tampering.from > c.major {
			continue // the server has no such thing
		}
		t.Run(tampering.name, func(t *testing.T) {
			sub := &cluster{TB: t, server: c.server, super: c.super, major: c.major}
			sub.checkTampering(tampering, there)
		})
	}
}

func (c *cluster) checkTampering(tampering excess, there *pgx.Conn) {
	const holders = `FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid WHERE m.member = 'alice'::regrole`
	oid := one[uint32](c, `SELECT r.oid `+holders)
	name := one[string](c, `SELECT r.rolname::text `+holders)
	if len(tampering.given) == 0 {
		mustExec(c, there, `GRANT SELECT ON t TO `+id(name))
	}
	c.give(tampering.given, name)
	c.sync(takenSpec("orders"), true)
	c.can("alice", `SELECT FROM sales.orders`)
	c.cannot("alice", `INSERT INTO sales.orders VALUES (1)`)
	c.cannot("alice", `SELECT FROM sales.secret`)
	if now := one[uint32](c, `SELECT r.oid `+holders); now == oid {
		c.Errorf("alice is still a member of %s", name)
	}
	c.sync(takenSpec("orders"), false)
}

// TestPrivilegeRolesAreNamedAsOthersNameThem: they are such as pg-sync-roles would give.
func TestPrivilegeRolesAreNamedAsOthersNameThem(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE SEQUENCE sales.numbers`)
	c.sync(aliceLogin+"    grants: [CONNECT ON DATABASE warehouse, 'USAGE, CREATE ON SCHEMA sales', SELECT ON sales.orders, USAGE ON SEQUENCE sales.numbers]\n", true)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	names := strings.Join(c.privilegeRoles(), "\n") + "\n"
	for _, form := range []string{
		`_pgsr_global_database_connect`, `_pgsr_local_%d_schema_usage`, `_pgsr_local_%d_schema_create`, `_pgsr_local_%d_table_select`, `_pgsr_local_%d_sequence_usage`,
	} {
		if strings.Contains(form, "%d") {
			form = fmt.Sprintf(form, here)
		}
		if n := len(regexp.MustCompile(`(?m)^`+form+`_[0-9a-f]{8}$`).FindAllString(names, -1)); n != 1 {
			t.Errorf("%d roles are named %s and eight digits:\n%s", n, form, names)
		}
	}
	for _, attribute := range []string{"rolsuper", "rolcanlogin", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls"} {
		if one[bool](c, `SELECT bool_or(`+attribute+`) FROM pg_roles WHERE left(rolname::text, 6) = '_pgsr_'`) {
			t.Errorf("a privilege role has %s", attribute)
		}
	}
	if _, err := Prune(context.Background(), c.super, spec.DefaultLockKey, Options{}); err != nil {
		t.Error(err)
	}
	c.sync(aliceLogin, true)
}
