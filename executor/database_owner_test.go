package executor

import (
	"context"
	"strings"
	"testing"
)

// TestSchemaPublicOfAnothersDatabase: from 15 on it is the database's owner's by pg_database_owner, which nobody can
// be made a member of. Who may act for the owner acts for the owner, and is left by it as it was.
func TestSchemaPublicOfAnothersDatabase(t *testing.T) {
	t.Parallel()
	for _, attribute := range []string{"INHERIT", "NOINHERIT"} {
		c := newOffice(t, `CREATE ROLE boss`, `ALTER DATABASE warehouse OWNER TO boss`, `ALTER ROLE admin `+attribute)
		if c.major < 15 {
			return // it is the bootstrap superuser's
		}
		if c.major >= 16 {
			c.exec(`GRANT boss TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
		}
		conn := c.asAdmin()
		const yaml = "version: 1\nroles: {maker: {login: {password: {env: PASSWORD}}, grants: [USAGE ON SCHEMA public], direct_grants: [CREATE ON SCHEMA public]}}"
		plan, err := Plan(context.Background(), conn, parse(t, yaml), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := Write(&text, parse(t, yaml), plan, Options{}); err != nil || strings.Contains(text.String(), `GRANT "pg_database_owner"`) {
			t.Errorf("%v\n%s", err, text.String())
		}
		c.works(true, conn, yaml)
		c.can("maker", `CREATE TABLE public.t ()`)
		c.works(true, conn, "version: 1\nroles: {maker: {login: {}}}")
		c.cannot("maker", `CREATE TABLE public.t ()`)
	}
}

// TestSchemaPublicOfADatabaseThatIsGivenAway: who gives the database away can from then on act for its owner only as a
// member of the new one. Others inherit from it, so that it does not inherit by what it joins for SET ROLE.
func TestSchemaPublicOfADatabaseThatIsGivenAway(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `ALTER ROLE admin CREATEDB`, `ALTER DATABASE warehouse OWNER TO admin`, `CREATE ROLE helper`, `GRANT admin TO helper`)
	if c.major < 15 {
		return // it is the bootstrap superuser's
	}
	conn := c.asAdmin()
	const roles = "version: 1\nroles: {boss: {login: {}}, maker: {login: {password: {env: PASSWORD}}"
	c.works(true, conn, roles+"}}")
	yaml := strings.Replace(roles, "boss: {", "boss: {owns: [DATABASE warehouse], ", 1) + ", grants: [USAGE ON SCHEMA public], direct_grants: [CREATE ON SCHEMA public]}}"
	if _, err := Sync(context.Background(), conn, parse(t, yaml), Options{AllowLockout: true}); err != nil {
		t.Fatal(err)
	}
	c.can("maker", `CREATE TABLE public.t ()`)
	if owner := one[string](c, `SELECT datdba::regrole::text FROM pg_database WHERE datname = 'warehouse'`); owner != "boss" {
		t.Errorf("it belongs to %s", owner)
	}
}

// TestRoleWithReplication: before 16 a superuser alone may alter it; it can be commented on, be granted, and be a
// member, by others.
func TestRoleWithReplication(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE copier REPLICATION`, `CREATE ROLE club`)
	if c.major >= 16 {
		c.exec(`GRANT copier, club TO admin WITH ADMIN OPTION`)
	}
	conn := c.asAdmin()
	c.syncAs(conn, "version: 1\nroles: {copier: {comment: hers, member_of: [club]}, ann: {member_of: [copier]}}", true)
	if comment := one[string](c, `SELECT shobj_description('copier'::regrole, 'pg_authid')`); comment != "hers" {
		t.Errorf("it is %q", comment)
	}
	const login = "version: 1\nroles: {copier: {comment: hers, login: {}, member_of: [club]}, ann: {member_of: [copier]}}"
	if c.major >= 16 {
		c.syncAs(conn, login, true)
		return
	}
	saysAll(t, c.syncError(conn, login), `change the login of role "copier"`, `has REPLICATION`, `only superusers`)
	if c.try("admin", `ALTER ROLE copier LOGIN`) == nil {
		t.Error("the server lets the admin")
	}
}
