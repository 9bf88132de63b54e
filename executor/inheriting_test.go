package executor

import (
	"context"
	"strings"
	"testing"
)

// TestGrantsOfNoinheritRoles: from 16 on the role can use what it is granted, whatever it was created with and
// whatever was done to the membership since; before, only a warning can help.
func TestGrantsOfNoinheritRoles(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newOffice(t, `CREATE SCHEMA sales AUTHORIZATION admin`, `CREATE TABLE sales.orders ()`, `ALTER TABLE sales.orders OWNER TO admin`,
				`SET ROLE admin`, `CREATE ROLE ro NOINHERIT`, `CREATE ROLE rw`, `RESET ROLE`)
			conn := c.connect(user, warehouse, "")
			grants := "    login: {password: {env: PASSWORD}}\n    grants: [USAGE ON SCHEMA sales, SELECT ON TABLE sales.orders]\n"
			both := "version: 1\nroles:\n  ro:\n" + grants + "  rw:\n" + grants
			plan, err := Plan(context.Background(), conn, parse(t, both), Options{})
			if err != nil {
				t.Fatal(err)
			}
			warned := strings.Join(plan.Warnings, "\n")
			if isWarned := strings.Contains(warned, `"ro"`) && strings.Contains(warned, "direct_grants"); isWarned != (c.major < 16) || strings.Contains(warned, "rw") {
				t.Errorf("it warns: %s", warned)
			}
			c.syncAs(conn, both, true)
			c.can("rw", `SELECT FROM sales.orders`)
			if c.major < 16 {
				c.cannot("ro", `SELECT FROM sales.orders`)
				if plan, err = Plan(context.Background(), conn, parse(t, both), Options{}); err != nil || !strings.Contains(strings.Join(plan.Warnings, "\n"), `"ro"`) {
					t.Errorf("in sync, it does not warn: %v, %v", plan, err)
				}
				return
			}
			c.can("ro", `SELECT FROM sales.orders`)
			for _, option := range []string{"INHERIT", "SET"} {
				c.exec(`DO $$ DECLARE m record; BEGIN
					FOR m IN SELECT * FROM pg_auth_members WHERE member IN ('ro'::regrole, 'rw'::regrole) LOOP
						EXECUTE format('REVOKE ` + option + ` OPTION FOR %s FROM %s GRANTED BY %s', m.roleid::regrole, m.member::regrole, m.grantor::regrole);
					END LOOP; END $$`)
				c.syncAs(conn, both, true)
				c.can("ro", `SELECT FROM sales.orders`)
				c.can("rw", `SELECT FROM sales.orders`)
			}
			if user == "postgres" {
				c.unchanged(func() { c.syncAs(conn, both, false) })
			}
		})
	}
}

// TestOptionsThatASpecSaysNothingOf in member_of: SET is to be there and ADMIN is not, INHERIT is as the role's
// attribute for a new member and stays as it is for an old one. Rows of all grantors add up.
func TestOptionsThatASpecSaysNothingOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ by, want string }{
		"new":                     {`SELECT`, `inherit set`},
		"new to NOINHERIT":        {`ALTER ROLE alice NOINHERIT`, `set`},
		"INHERIT FALSE":           {`GRANT readers TO alice WITH INHERIT FALSE`, `set`},
		"SET FALSE":               {`GRANT readers TO alice WITH SET FALSE`, `inherit set`},
		"neither":                 {`GRANT readers TO alice WITH INHERIT FALSE, SET FALSE`, `set`},
		"ADMIN":                   {`GRANT readers TO alice WITH ADMIN TRUE`, `inherit set`},
		"by another, in pieces":   {`GRANT readers TO bob WITH ADMIN TRUE; GRANT readers TO alice WITH INHERIT FALSE; GRANT readers TO alice WITH SET FALSE GRANTED BY bob`, `inherit set`},
		"by another, SET FALSE":   {`GRANT readers TO bob WITH ADMIN TRUE; GRANT readers TO alice WITH INHERIT FALSE, SET FALSE GRANTED BY bob`, `set`},
		"NOINHERIT that inherits": {`ALTER ROLE alice NOINHERIT; GRANT readers TO alice WITH INHERIT TRUE, SET FALSE`, `inherit set`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClubs(t)
			if c.major < 16 {
				t.Skip("there are no options before 16")
			}
			c.sync(member(), true)
			c.exec(test.by)
			c.sync(member("readers"), name != "INHERIT FALSE" && name != "by another, in pieces")
			has := one[string](c, `SELECT concat_ws(' ', CASE WHEN bool_or(admin_option) THEN 'admin' END, CASE WHEN bool_or(inherit_option) THEN 'inherit' END,
				CASE WHEN bool_or(set_option) THEN 'set' END) FROM pg_auth_members WHERE member = 'alice'::regrole AND roleid = 'readers'::regrole`)
			if has != test.want {
				t.Errorf("it has %q and not %q", has, test.want)
			}
			c.unchanged(func() { c.sync(member("readers"), false) })
		})
	}
}
