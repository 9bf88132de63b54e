package executor

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

const planted = `"_pgsr_administrator_00000000"`

// plantings are what makes an administrator role one that the connecting role, admin, must not leave its privilege
// roles to.
var plantings = []struct {
	name  string
	setup []string
}{
	{"made by somebody else", []string{`SET ROLE eve`, `CREATE ROLE ` + planted + ` CREATEROLE`, `GRANT ` + planted + ` TO admin`, `RESET ROLE`}},
	{"made by somebody else, who gave ADMIN OPTION on it", []string{
		`SET ROLE eve`, `CREATE ROLE ` + planted + ` CREATEROLE`, `GRANT ` + planted + ` TO admin WITH ADMIN OPTION`, `RESET ROLE`,
	}},
	{"made by a role that somebody else is a member of", []string{
		`CREATE ROLE makers CREATEROLE`, `GRANT makers TO eve`,
		`SET ROLE makers`, `CREATE ROLE ` + planted + ` CREATEROLE`, `GRANT ` + planted + ` TO admin`, `RESET ROLE`,
	}},
	{"with ADMIN OPTION for somebody else", []string{
		`SET ROLE admin`, `CREATE ROLE ` + planted + ` CREATEROLE ROLE admin`, `GRANT ` + planted + ` TO eve WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`, `RESET ROLE`,
	}},
	{"with somebody else who can act as it", []string{
		`SET ROLE admin`, `CREATE ROLE ` + planted + ` CREATEROLE ROLE admin`, `GRANT ` + planted + ` TO eve`, `RESET ROLE`,
	}},
	{"with an administrator role that somebody else made", []string{
		`SET ROLE eve`, `CREATE ROLE "_pgsr_administrator_11111111" CREATEROLE`, `RESET ROLE`,
		`SET ROLE admin`, `CREATE ROLE ` + planted + ` CREATEROLE ROLE admin`, `RESET ROLE`, `GRANT ` + planted + ` TO "_pgsr_administrator_11111111" WITH ADMIN OPTION`,
	}},
	{"that is granted something", []string{`SET ROLE admin`, `CREATE ROLE ` + planted + ` CREATEROLE ROLE admin`, `GRANT SELECT ON a.t1 TO ` + planted, `RESET ROLE`}},
	{"that owns something", []string{`CREATE ROLE ` + planted + ` CREATEROLE ROLE admin`, `ALTER TABLE a.t3 OWNER TO ` + planted}},
	{"that is a member of something", []string{`CREATE ROLE readers`, `CREATE ROLE ` + planted + ` CREATEROLE IN ROLE readers ROLE admin`}},
	{"that can log in", []string{`CREATE ROLE ` + planted + ` CREATEROLE LOGIN ROLE admin`}},
}

// TestPlantedAdministrator: none of them gets to administer a privilege role, however much is read of the cluster.
func TestPlantedAdministrator(t *testing.T) {
	t.Parallel()
	for _, planting := range plantings {
		t.Run(planting.name, func(t *testing.T) {
			t.Parallel()
			c := newVault(t, 3, `CREATE ROLE eve LOGIN CREATEROLE`)
			if c.major < 16 {
				t.Skip("there are no administrator roles")
			}
			c.exec(planting.setup...)
			admin := c.asAdmin()
			c.syncAs(admin, reader("ann", "SELECT ON TABLE a.t1, a.t3"), true)
			c.can("ann", `TABLE a.t1`)
			c.eveTries()
			c.syncAs(admin, allReaders("ann", "bob"), true)
			c.eveTries()
			c.syncAs(admin, reader("ann", "SELECT ON TABLE a.t1, a.t3"), true)
			c.cannot("ann", `TABLE a.t2`)
			if n := one[int](c, `SELECT count(*)::int FROM pg_roles WHERE left(rolname::text, 20) = '_pgsr_administrator_' AND rolname !~ '00000000|11111111'`); n != 1 {
				t.Errorf("%d administrator roles were made, not one that serves again", n)
			}
		})
	}
}

func reader(name, grants string) string {
	return "version: 1\nroles:\n  " + name + ": {login: {password: {env: PASSWORD}}, grants: ['USAGE ON SCHEMA a', '" + grants + "']}\n"
}

// eveTries has eve do what she can to get what the privilege roles hold.
func (c *cluster) eveTries() {
	c.Helper()
	if n := one[int](c, `SELECT count(*)::int FROM pg_auth_members WHERE member = '`+planted+`'::regrole AND roleid::regrole::text ~ '_pgsr_(local|global)'`); n > 0 {
		c.Errorf("the planted administrator role administers %d privilege roles", n)
	}
	eve := c.connect("eve", warehouse, "")
	defer eve.Close(context.Background())
	for _, statement := range []string{
		`GRANT ` + planted + ` TO eve`,
		`DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '_pgsr_(local|global)' LOOP
			BEGIN EXECUTE format('GRANT %I TO eve', r); EXCEPTION WHEN insufficient_privilege THEN END; END LOOP; END $$`,
		`SET ROLE ` + planted,
		`DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '_pgsr_(local|global)' LOOP
			BEGIN EXECUTE format('GRANT %I TO eve', r); EXCEPTION WHEN insufficient_privilege THEN END; END LOOP; END $$`,
	} {
		_, _ = eve.Exec(context.Background(), statement) // what is refused, is refused
	}
	if one[bool](c, `SELECT has_table_privilege('eve', 'a.t3', 'SELECT')`) {
		c.Error("eve can read a.t3")
	}
}

// TestWhoCanGiveAwayPrivilegeRoles is named, by a superuser and by the role that made them, until it is nobody.
func TestWhoCanGiveAwayPrivilegeRoles(t *testing.T) {
	t.Parallel()
	c := newVault(t, 3, `CREATE ROLE eve LOGIN CREATEROLE`)
	if c.major < 16 {
		t.Skip("whoever has CREATEROLE can give away all roles")
	}
	admin, spec := c.asAdmin(), reader("ann", "SELECT ON TABLE a.t1")
	c.syncAs(admin, spec, true)
	c.warnsOf(admin, spec, "eve", false)
	holder := one[string](c, `SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE oid = 'a.t1'::regclass AND grantee <> relowner`)
	c.exec(`GRANT ` + holder + ` TO eve WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
	for _, conn := range []string{"admin", "postgres"} {
		c.warnsOf(c.connect(conn, warehouse, ""), spec, `role "eve" can give itself SELECT on TABLE a.t1`, true)
		c.warnsOf(c.connect(conn, warehouse, ""), allReaders("ann"), `role "eve" can give itself SELECT on TABLE a.t1`, true)
		c.warnsOf(c.connect(conn, warehouse, ""), nobody("ann"), "eve", false)
	}
	c.exec(`REVOKE ` + holder + ` FROM eve`)
	c.warnsOf(admin, spec, "eve", false)

	administrator := one[string](c, `SELECT member::regrole::text FROM pg_auth_members WHERE roleid = $1::regrole AND admin_option`, holder)
	c.exec(`GRANT ` + administrator + ` TO eve`)
	c.warnsOf(admin, spec, `role "eve" can give itself`, true)
	c.exec(`REVOKE `+administrator+` FROM eve`, `ALTER ROLE ann SUPERUSER`)
	c.warnsOf(c.super, spec, `role "ann" is a superuser: it can do everything`, true)
	c.exec(`ALTER ROLE ann NOSUPERUSER`)
	c.warnsOf(c.super, spec, "is a superuser", false)
}

// warnsOf checks whether a plan warns of something.
func (c *cluster) warnsOf(conn *pgx.Conn, yaml, what string, wanted bool) {
	c.Helper()
	plan, err := Plan(context.Background(), conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatal(err)
	}
	if got := strings.Join(plan.Warnings, "\n"); strings.Contains(got, what) != wanted {
		c.Errorf("warned of %s: %v, not %v:\n%s", what, !wanted, wanted, got)
	}
}
