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
	"pgsr/planner/spec"
)

// newOffice is a cluster with a role admin that has CREATEROLE, owns the database warehouse, and is no superuser.
func newOffice(t testing.TB, more ...string) *cluster {
	t.Helper()
	return newCluster(t, append([]string{
		`CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`, `GRANT CONNECT ON DATABASE warehouse TO PUBLIC`,
	}, more...)...)
}

func (c *cluster) asAdmin() *pgx.Conn { c.Helper(); return c.connect("admin", warehouse, "") }

// rowsOf gives whole rows of pg_auth_members, with names, for one member; before 16 without the grantor, which means
// nothing there.
func (c *cluster) rowsOf(member string) string {
	c.Helper()
	return one[string](c, `
		SELECT coalesce(string_agg(concat_ws(' ', m.roleid::regrole, 'to', m.member::regrole,
			CASE WHEN current_setting('server_version_num')::int >= 160000 THEN m.grantor::regrole::text END,
			to_jsonb(m) - '{roleid,member,grantor}'::text[]), E'\n' ORDER BY m.roleid, m.grantor), '')
		FROM pg_auth_members AS m WHERE m.member = $1::regrole`, member)
}

// keepsMemberships checks that the admin has in the end what it had before, but for what PostgreSQL gives the creator
// of a role.
func (c *cluster) keepsMemberships(do func()) {
	c.Helper()
	known := one[[]string](c, `SELECT array_agg(oid::regrole::text) FROM pg_roles`)
	before := strings.Fields(strings.ReplaceAll(c.rowsOf("admin"), " ", "_"))
	do()
	for _, line := range diffLines(before, strings.Fields(strings.ReplaceAll(c.rowsOf("admin"), " ", "_"))) {
		isOld := slices.ContainsFunc(known, func(role string) bool { return strings.HasPrefix(line[2:], role+"_to_") })
		if isOld || strings.HasPrefix(line, "- ") || c.major < 16 {
			c.Errorf("the admin's memberships changed: %s", line)
		}
	}
}

// works runs a spec as the admin, which must go well, or else be refused with nothing changed.
func (c *cluster) works(can bool, conn *pgx.Conn, yaml string) bool {
	c.Helper()
	if can {
		c.keepsMemberships(func() { c.syncAs(conn, yaml, true) })
		// The admin may not read passwords and sets them again, which is no drift.
		plan, err := Plan(context.Background(), conn, parse(c, yaml), Options{})
		if err != nil || !plan.InSync() {
			c.Errorf("planned again: %+v, %v", plan, err)
		}
		c.keepsMemberships(func() {
			if _, err := Sync(context.Background(), conn, parse(c, yaml), Options{}); err != nil {
				c.Error(err)
			}
		})
		return true
	}
	c.unchanged(func() {
		_, err := Sync(context.Background(), conn, parse(c, yaml), Options{})
		var refusal *planner.Refusal
		if !errors.As(err, &refusal) {
			c.Errorf("not refused: %v", err)
		}
	})
	return false
}

// TestSchemasForOthers: made for one, taken away from another, by someone who owns the database.
func TestSchemasForOthers(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE stranger`)
	conn := c.asAdmin()
	with := "version: 1\nroles:\n  maker:\n    login: {password: {env: PASSWORD}}\n    owns: [SCHEMA workshop, SCHEMA \"Lager 2\"]"
	c.works(true, conn, strings.ReplaceAll(with, `, SCHEMA "Lager 2"`, ""))
	c.can("maker", `CREATE TABLE workshop.t (a int)`)
	c.cannot("maker", `CREATE SCHEMA another`)
	c.works(true, conn, "version: 1\nroles:\n  maker: {login: {}, owns: []}")
	c.cannot("maker", `CREATE TABLE workshop.t (a int)`)
	if owner := one[string](c, `SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'workshop'`); owner != "admin" {
		t.Errorf("it belongs to %s", owner)
	}
}

// TestSchemaPublicBelongsToTheDatabasesOwner, who acts for pg_database_owner from 15 on. On 14 it is the superuser's:
// TestRefusals.
func TestSchemaPublicBelongsToTheDatabasesOwner(t *testing.T) {
	t.Parallel()
	needs(t, 14, "pg_database_owner")
	for _, attribute := range []string{"INHERIT", "NOINHERIT"} {
		c := newOffice(t, `ALTER ROLE admin `+attribute)
		if c.major < 15 {
			c.exec(`ALTER SCHEMA public OWNER TO pg_database_owner`, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
		}
		conn := c.asAdmin()
		with := "version: 1\nroles:\n  alice:\n    login: {password: {env: PASSWORD}}\n    grants: [CREATE ON SCHEMA public]\n    direct_grants: [USAGE ON SCHEMA public]"
		c.works(true, conn, with)
		c.can("alice", `CREATE TABLE public.t (a int)`)
		c.works(true, conn, "version: 1\nroles:\n  alice: {login: {}}")
		c.cannot("alice", `CREATE TABLE public.t (a int)`)
	}
}

// TestOwnerThatMayNotUseItsSchema: whoever acts for it is lent USAGE, and does not keep it.
func TestOwnerThatMayNotUseItsSchema(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE landlord`, `CREATE ROLE tenant`, `CREATE SCHEMA house AUTHORIZATION landlord`,
		`CREATE TABLE house.room (a int)`, `ALTER TABLE house.room OWNER TO tenant`)
	if c.major >= 16 {
		c.exec(`GRANT landlord, tenant TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
	}
	conn := c.asAdmin()
	c.works(true, conn, "version: 1\nroles:\n  guest:\n    login: {password: {env: PASSWORD}}\n    direct_grants: [SELECT ON TABLE house.room, USAGE ON SCHEMA house]")
	c.can("guest", `SELECT FROM house.room`)
	c.works(true, conn, "version: 1\nroles:\n  guest:\n    login: {}\n    owns: [TABLE house.room]\n    direct_grants: [USAGE ON SCHEMA house]")
	c.can("guest", `DROP TABLE house.room`)
	for _, role := range []string{"tenant", "admin"} {
		if one[bool](c, `SELECT nspacl::text ~ $1 FROM pg_namespace WHERE nspname = 'house'`, `[{,]`+role+`=`) {
			t.Errorf("%s kept something on the schema", role)
		}
	}
}

// TestCreatorKeepsJustWhatPostgreSQLGivesIt: for each createrole_self_grant.
func TestCreatorKeepsJustWhatPostgreSQLGivesIt(t *testing.T) {
	t.Parallel()
	for _, selfGrant := range []string{"", "inherit", "set", "set, inherit"} {
		t.Run(selfGrant, func(t *testing.T) {
			c := newOffice(t)
			if c.major >= 16 {
				c.exec(`ALTER ROLE admin SET createrole_self_grant = '` + selfGrant + `'`)
			}
			conn := c.asAdmin()
			c.works(true, conn, `
version: 1
missing: warn
roles:
  clerk:
    owns: [SCHEMA desk]
    grants: [CONNECT ON DATABASE warehouse]
  boss:
    member_of: [clerk, group]
    direct_grants: [USAGE ON SCHEMA desk]`)
			c.works(true, conn, "version: 1\nroles:\n  clerk: {grants: [USAGE ON SCHEMA desk]}\n  boss: {owns: [SCHEMA desk]}")
			for _, role := range one[[]string](c, `SELECT array_agg(rolname::text) FROM pg_roles WHERE oid >= 16384 AND rolname <> 'admin'`) {
				if got, want := c.adminIn(role), creatorsRows(c.major, role, selfGrant); got != want {
					t.Errorf("admin in %s: %s, but a creator has %s", role, got, want)
				}
			}
		})
	}
}

// adminIn gives the memberships of admin in a role.
func (c *cluster) adminIn(role string) string {
	c.Helper()
	return one[string](c, `
		SELECT coalesce(string_agg(concat_ws(' ', m.grantor::regrole, j->>'admin_option', j->>'inherit_option', j->>'set_option'), '; ' ORDER BY m.grantor), '')
		FROM pg_auth_members AS m, to_jsonb(m) AS j WHERE m.member = 'admin'::regrole AND m.roleid = (SELECT oid FROM pg_roles WHERE rolname = $1)`, role)
}

// creatorsRows: of a privilege role an administrator role is the creator, and as that the admin can act.
func creatorsRows(major int, role, selfGrant string) string {
	isAdministrator := catalog.IsAdministratorName(role)
	switch {
	case major < 16, catalog.IsOwnRole(role) && !isAdministrator:
		return ""
	case isAdministrator && selfGrant == "":
		return "postgres true false false; admin false true true"
	case selfGrant == "":
		return "postgres true false false"
	}
	return fmt.Sprintf("postgres true false false; admin false %v %v", strings.Contains(selfGrant, "inherit"), strings.Contains(selfGrant, "set"))
}

// TestConnectingRoleInItsOwnSpec: what it has for the moment does not get into the way of what the spec gives it or
// takes from it.
func TestConnectingRoleInItsOwnSpec(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nroles:\n  alice: {direct_grants: [SELECT ON TABLE s.t]}\n  admin:\n    login: {}\n    owns: [SCHEMA x]\n"
	for name, member := range map[string]string{"gets": "    member_of: [owner]", "loses": ""} {
		t.Run(name, func(t *testing.T) {
			c := newOffice(t, `CREATE ROLE owner`, `CREATE SCHEMA s AUTHORIZATION owner`, `GRANT USAGE ON SCHEMA s TO PUBLIC`,
				`CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO owner`)
			if c.major >= 16 {
				c.exec(fmt.Sprintf(creators, "owner"))
				if name == "loses" {
					c.exec(`SET ROLE admin`, `GRANT owner TO admin WITH INHERIT FALSE, SET FALSE`, `RESET ROLE`)
				}
			}
			conn := c.asAdmin()
			c.syncAs(conn, head+member, true)
			c.syncAs(conn, head+member, false)
			if got := one[bool](c, `SELECT pg_has_role('admin', 'owner', 'USAGE')`); got != (member != "") {
				t.Errorf("a member: %v", got)
			}
		})
	}
}

// TestActingRoleIsTheOneThatCounts: a connection that someone else opened, after SET ROLE.
func TestActingRoleIsTheOneThatCounts(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"postgres", "deployer"} {
		c := newOffice(t, `CREATE ROLE deployer LOGIN`, `GRANT admin TO deployer`, `CREATE ROLE owner`,
			`CREATE SCHEMA s AUTHORIZATION owner`, `CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO owner`)
		if c.major >= 16 {
			c.exec(fmt.Sprintf(creators, "owner"))
		}
		conn := c.connect(login, warehouse, "")
		mustExec(t, conn, `SET ROLE admin`)
		before := c.rowsOf("deployer")
		c.works(true, conn, "version: 1\nroles:\n  alice:\n    login: {password: {env: PASSWORD}}\n    direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]\n    owns: [SCHEMA own]")
		c.can("alice", `SELECT FROM s.t`)
		c.works(true, conn, "version: 1\nroles:\n  alice: {login: {}, owns: []}")
		if owner := one[string](c, `SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'own'`); owner != "admin" {
			t.Errorf("what alice had belongs to %s", owner)
		}
		var user string
		if err := conn.QueryRow(context.Background(), `SELECT current_user`).Scan(&user); err != nil || user != "admin" {
			t.Errorf("the connection's role was admin and is %s, %v", user, err)
		}
		if after := c.rowsOf("deployer"); after != before {
			t.Errorf("the memberships of deployer were %s and are %s", before, after)
		}
	}
}

// TestGrantOptionIsEnough: who can act for nobody can still grant what it was given for that.
func TestGrantOptionIsEnough(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE keeper LOGIN CREATEROLE`, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE ROLE alice LOGIN PASSWORD '`+password+`'`,
		`GRANT USAGE ON SCHEMA sales TO keeper WITH GRANT OPTION`, `GRANT SELECT ON sales.orders TO keeper WITH GRANT OPTION`)
	if c.major >= 16 {
		c.exec(`GRANT alice TO keeper WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
	}
	conn := c.connect("keeper", warehouse, "")
	c.syncAs(conn, "version: 1\nroles:\n  alice: {login: {}, direct_grants: [USAGE ON SCHEMA sales, SELECT ON TABLE sales.orders]}", true)
	c.can("alice", `SELECT FROM sales.orders`)
	c.syncAs(conn, "version: 1\nroles:\n  alice: {login: {}}", true)
	c.cannot("alice", `SELECT FROM sales.orders`)
}

// TestNothingIsKeptOfAPlanThatFails: temporary memberships go with the transaction.
func TestNothingIsKeptOfAPlanThatFails(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE owner`, `CREATE SCHEMA sales AUTHORIZATION owner`, `CREATE TABLE sales.orders (a int)`, `ALTER TABLE sales.orders OWNER TO owner`)
	if c.major >= 16 {
		c.exec(fmt.Sprintf(creators, "owner"))
	}
	c.onCommand("ddl_command_start", `RAISE EXCEPTION 'no';`)
	s := &spec.Spec{Roles: []spec.Role{{Name: "alice", DirectGrants: spec.MustGrants(`SELECT ON TABLE sales.orders`)}}}
	c.unchanged(func() {
		_, err := Sync(context.Background(), c.asAdmin(), s, Options{})
		var failed *StatementError
		if !errors.As(err, &failed) {
			t.Errorf("%v", err)
		}
	})
}
