package executor

import "testing"

// TestOwnMembershipsGoLast: by what the connecting role is a member of, it acts for a grantor. A plan that takes that
// from it, too, does so when nothing else needs it any more.
func TestOwnMembershipsGoLast(t *testing.T) {
	t.Parallel()
	needs(t, 16, "membership that its grantor alone revokes")
	for name, of := range map[string]struct{ before, members, after string }{
		"lost":                 {`GRANT agent TO admin WITH INHERIT TRUE, SET TRUE`, `[]`, `-`},
		"lessened":             {`GRANT agent TO admin WITH INHERIT TRUE, SET TRUE`, `[{role: admin, inherit: false, set: false}]`, `false false false`},
		"no longer inherits":   {`GRANT agent TO admin WITH INHERIT TRUE, SET FALSE`, `[{role: admin, inherit: false, set: true}]`, `false false true`},
		"new, and of no use":   {`SELECT`, `[{role: admin, inherit: false, set: false}]`, `false false false`},
		"new":                  {`SELECT`, `[{role: admin, inherit: true, set: true}]`, `false true true`},
		"gains what it lacked": {`GRANT agent TO admin WITH INHERIT FALSE, SET FALSE`, `[{role: admin, inherit: true, set: true}]`, `false true true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE PASSWORD '`+password+`'`, `CREATE ROLE team`, `GRANT team TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
				`SET ROLE admin`, `CREATE ROLE outsider`, `CREATE ROLE agent`, `CREATE ROLE giver`, `RESET ROLE`, `GRANT team TO giver WITH ADMIN OPTION`,
				`SET ROLE giver`, `GRANT team TO agent WITH ADMIN OPTION`, `RESET ROLE`, `SET ROLE agent`, `GRANT team TO outsider`, `RESET ROLE`,
				`SET ROLE admin`, of.before, `RESET ROLE`)
			conn := c.connect("admin", warehouse, password)
			yaml := "version: 1\nroles:\n  agent: {members: " + of.members + "}"
			c.syncAs(conn, yaml, true)
			const row = `SELECT coalesce((SELECT concat_ws(' ', admin_option::text, inherit_option::text, set_option::text) FROM pg_auth_members
				WHERE roleid = 'agent'::regrole AND member = 'admin'::regrole AND grantor = member), '-')`
			if got := one[string](c, row); got != of.after {
				t.Errorf("admin is a member of agent: %s, not %s", got, of.after)
			}
			if got := one[string](c, `SELECT string_agg(member::regrole::text, ' ' ORDER BY 1) FROM pg_auth_members WHERE roleid = 'team'::regrole`); got != "admin giver outsider" {
				t.Errorf("members of team: %s", got)
			}
			c.syncAs(conn, yaml, false)
		})
	}
}
