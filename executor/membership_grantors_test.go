package executor

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// TestWhoGrantsAnew: what a role outside the spec has from one that is to lose ADMIN OPTION it keeps from a role that
// keeps it, and from which the connecting role does not have its own.
func TestWhoGrantsAnew(t *testing.T) {
	t.Parallel()
	for name, setup := range map[string][]string{
		"the connecting role is one of them": {
			`SET ROLE admin`, `CREATE ROLE club`, `CREATE ROLE second`, `RESET ROLE`, `GRANT club TO second WITH ADMIN OPTION`,
			`SET ROLE second`, `GRANT club TO lead WITH ADMIN OPTION`, `SET ROLE lead`, `GRANT club TO admin, bob WITH ADMIN OPTION`, `RESET ROLE`,
		},
		"nearest is who loses it": {
			`CREATE ROLE club`, `CREATE ROLE second`, `GRANT second TO admin`, `SET ROLE admin`, `GRANT lead TO admin`, `RESET ROLE`, `GRANT club TO second WITH ADMIN OPTION`,
			`SET ROLE second`, `GRANT club TO lead WITH ADMIN OPTION`, `SET ROLE lead`, `GRANT club TO bob WITH ADMIN OPTION`, `RESET ROLE`,
		},
		"who is joined for the moment": {
			`CREATE ROLE club`, `SET ROLE admin`, `CREATE ROLE second`, `RESET ROLE`, `GRANT club TO second WITH ADMIN OPTION`,
			`SET ROLE second`, `GRANT club TO lead WITH ADMIN OPTION`, `SET ROLE lead`, `GRANT club TO bob, admin WITH ADMIN OPTION`, `RESET ROLE`,
		},
		"two lose it": {
			`CREATE ROLE club`, `SET ROLE admin`, `CREATE ROLE second`, `RESET ROLE`, `GRANT club TO second WITH ADMIN OPTION`,
			`SET ROLE second`, `GRANT club TO alice WITH ADMIN OPTION`, `SET ROLE alice`, `GRANT club TO lead WITH ADMIN OPTION`,
			`SET ROLE lead`, `GRANT club TO admin, bob WITH ADMIN OPTION`, `RESET ROLE`,
		},
		"from others, too": {
			`SET ROLE admin`, `CREATE ROLE club`, `GRANT club TO lead, second WITH ADMIN OPTION`, `SET ROLE second`, `GRANT club TO bob WITH ADMIN OPTION`,
			`SET ROLE lead`, `GRANT club TO bob WITH ADMIN OPTION`, `RESET ROLE`,
		},
	} {
		for _, run := range [][]string{{"postgres", ""}, {"admin", ""}, {"admin", "absent: true"}} {
			user, is := run[0], run[1]
			t.Run(name+"/"+user+"/"+is, func(t *testing.T) {
				t.Parallel()
				needs(t, 16, "memberships by several grantors")
				c := newOffice(t)
				c.exec(`CREATE ROLE bob LOGIN`, `SET ROLE admin`, `CREATE ROLE lead`, `CREATE ROLE alice`, `CREATE ROLE carol`, `RESET ROLE`)
				if !slices.Contains(setup, `CREATE ROLE second`) {
					c.exec(`CREATE ROLE second`)
				}
				c.exec(setup...)
				yaml := "version: 1\nroles:\n  lead: {" + is + "}\n  carol: {member_of: [club]}\n"
				if name == "two lose it" {
					yaml += "  alice: {" + is + "}\n"
				}
				conn := c.connect(user, warehouse, "")
				before := one[string](c, hasOfClub)
				c.syncAs(conn, yaml, true)
				if now := one[string](c, hasOfClub); now != before {
					t.Errorf("they had %s and have %s: %v", before, now, c.memberships("true"))
				}
				if len(c.memberships(`roleid = 'club'::regrole AND member = 'carol'::regrole`)) != 1 {
					t.Errorf("carol is no member: %v", c.memberships("true"))
				}
				c.syncAs(conn, yaml, false)
			})
		}
	}
}

// hasOfClub says what roles outside the spec have of club.
const hasOfClub = `SELECT string_agg(format('%s %s %s %s', member::regrole, a, i, s), ', ' ORDER BY member::regrole::text) FROM
	(SELECT member, bool_or(admin_option) AS a, bool_or(inherit_option) AS i, bool_or(set_option) AS s FROM pg_auth_members
	WHERE roleid = 'club'::regrole AND member::regrole::text NOT IN ('lead', 'alice', 'carol') GROUP BY 1) AS m`

// TestWhoGrantsAnewInStages: where there are several databases, the first stage may let the connecting role inherit
// from others. That is to change nothing of who grants anew what is lost last.
func TestWhoGrantsAnewInStages(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Effect: true}} { // which reads all to verify a stage
		t.Run(fmt.Sprint(o.Effect), func(t *testing.T) {
			t.Parallel()
			c := newFleet(t, "marts")
			needs(t, 16, "memberships by several grantors")
			admin := c.asAdmin()
			for _, sql := range []string{`CREATE ROLE club`, `CREATE ROLE second`, `CREATE ROLE lead`, `GRANT lead TO admin`} {
				mustExec(t, admin, sql)
			}
			c.exec(`GRANT club TO second WITH ADMIN OPTION`, `SET ROLE second`, `GRANT club TO lead WITH ADMIN OPTION`,
				`SET ROLE lead`, `GRANT club TO admin WITH ADMIN OPTION`, `RESET ROLE`)
			s := parse(t, "version: 1\nroles:\n  lead: {member_of: [second], in: {marts: {direct_grants: [USAGE ON SCHEMA s]}}}\n")
			before := one[string](c, hasOfClub)
			result, err := SyncDatabases(context.Background(), admin, s, o)
			if err != nil {
				t.Fatal(err)
			}
			if now := one[string](c, hasOfClub); now != before {
				t.Errorf("they had %s and have %s: %v", before, now, c.memberships("true"))
			}
			if rows := c.memberships(`roleid = 'club'::regrole AND member = 'admin'::regrole AND grantor <> 10`); len(rows) != 1 {
				t.Errorf("granted more than once: %v; %s", rows, statementsIn(result.Sequence))
			}
			if again, err := PlanDatabases(context.Background(), admin, s, o); err != nil || !again.InSync() {
				t.Errorf("%v, still to do:%s", err, statementsIn(again))
			}
		})
	}
}
