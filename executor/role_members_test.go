package executor

import (
	"context"
	"strings"
	"testing"
	"time"
)

// memberRows lists who is a member of a role, by whom, and how.
func (c *cluster) memberRows(role string) string {
	c.Helper()
	return one[string](c, `SELECT coalesce(string_agg(m.rolname || CASE WHEN current_setting('server_version_num')::int < 160000 THEN '' ELSE '/' || g.rolname END || ' ' ||
			CASE WHEN a.admin_option THEN 'A' ELSE '' END || CASE to_jsonb(a) ->> 'inherit_option' WHEN 'true' THEN 'I' ELSE '' END ||
			CASE to_jsonb(a) ->> 'set_option' WHEN 'true' THEN 'S' ELSE '' END, ', ' ORDER BY m.rolname, g.rolname), '')
		FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member LEFT JOIN pg_roles g ON g.oid = a.grantor
		WHERE a.roleid = (SELECT oid FROM pg_roles WHERE rolname = $1)`, role)
}

// withPassword creates a role that can log in.
func withPassword(role string) string {
	return `CREATE ROLE ` + role + ` LOGIN PASSWORD '` + password + `'`
}

// TestMembershipOptions: ADMIN is given and taken, by whomever it was granted, and whoever depends on it and is outside
// the spec keeps what it has.
func TestMembershipOptions(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE dba`, withPassword("ann"), withPassword("bob"), withPassword("outside"), withPassword("quiet"), `ALTER ROLE quiet NOINHERIT`)
	const spec = "version: 1\nroles:\n  ann: {login: {}, member_of: [{role: dba, admin: true}]}\n  bob: {login: {}, member_of: [dba]}\n  quiet: {login: {}, member_of: [dba]}\n"
	c.sync(spec, true)
	c.sync(spec, false)
	c.can("ann", `GRANT dba TO outside`)
	c.cannot("bob", `GRANT dba TO outside`)
	c.exec(`SET ROLE ann`, `GRANT dba TO bob WITH ADMIN OPTION`, `GRANT dba TO outside`, `RESET ROLE`)
	c.sync(spec, true)
	c.sync(spec, false)
	c.cannot("bob", `GRANT dba TO outside`)
	c.can("outside", `SET ROLE dba`)
	c.sync(strings.Replace(spec, "{role: dba, admin: true}", "", 1), true)
	c.can("outside", `SET ROLE dba`)
	c.cannot("ann", `SET ROLE dba`)
	if c.major < 16 {
		return
	}
	const from16 = "version: 1\nroles:\n  bob: {login: {}, member_of: [{role: dba, inherit: false, set: false, admin: true}]}\n  quiet: {login: {}, member_of: [{role: dba, inherit: true, set: false}]}\n"
	c.exec(`CREATE ROLE second`, `GRANT dba TO second WITH ADMIN OPTION`, `GRANT dba TO bob WITH INHERIT TRUE, SET TRUE GRANTED BY second`)
	c.sync(from16, true)
	c.sync(from16, false)
	c.cannot("bob", `SET ROLE dba`)
	c.cannot("quiet", `SET ROLE dba`)
	c.can("bob", `GRANT dba TO outside`)
	if !one[bool](c, `SELECT pg_has_role('quiet', 'dba', 'USAGE') AND NOT pg_has_role('bob', 'dba', 'USAGE')`) {
		t.Error(c.memberRows("dba"))
	}
}

// TestMembersOutsideTheSpec: a list decides over them, and only over them.
func TestMembersOutsideTheSpec(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE deploy LOGIN CREATEROLE`, `SET ROLE deploy`, `CREATE ROLE team`, `CREATE ROLE other`, `RESET ROLE`,
		withPassword("auditor"), withPassword("leaver"), withPassword("below"), `CREATE ROLE bob`,
		`GRANT team TO leaver WITH ADMIN OPTION`, `SET ROLE leaver`, `GRANT team TO below`, `RESET ROLE`, `GRANT other TO leaver`)
	before := c.memberRows("other")
	const spec = "version: 1\nroles:\n  team: {members: [auditor, {role: nobody, if_exists: true}]}\n  bob: {member_of: [team]}\n"
	c.sync("version: 1\nroles: {team: {}}", false)
	c.sync(spec, true)
	c.sync(spec, false)
	c.can("auditor", `SET ROLE team`)
	c.cannot("leaver", `SET ROLE team`)
	c.cannot("below", `SET ROLE team`)
	if !one[bool](c, `SELECT pg_has_role('bob', 'team', 'MEMBER')`) || c.memberRows("other") != before {
		t.Errorf("team %s; other %s, before %s", c.memberRows("team"), c.memberRows("other"), before)
	}
	deploy := c.connect("deploy", warehouse, "")
	const none = "version: 1\nroles:\n  team: {members: []}\n  bob: {member_of: [team]}\n"
	if c.major < 16 {
		c.syncAs(deploy, none, true)
	} else { // what the superuser granted is the superuser's to take
		c.sync(none, true)
	}
	c.syncAs(deploy, none, false)
	if got := c.memberRows("team"); c.major >= 16 && got != "bob/postgres IS, deploy/postgres A" || c.major < 16 && got != "bob " {
		t.Errorf("team: %s", got)
	}
}

// TestMembershipsEnd: a membership is there until its moment, by the server's clock, and goes with the next run after
// it.
func TestMembershipsEnd(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE team`, withPassword("ann"), `CREATE ROLE boss`)
	moment := one[time.Time](c, `SELECT clock_timestamp() + interval '4 seconds'`)
	spec := "version: 1\nroles:\n  ann: {login: {}, member_of: [{role: team, until: " + moment.UTC().Format(time.RFC3339Nano) + "}]}\n"
	plan, err := Plan(context.Background(), c.super, parse(t, spec), Options{})
	if err != nil || !plan.ReliesOn().Before.At.Equal(moment.UTC().Round(time.Microsecond)) {
		t.Fatalf("the plan is stale from %v on: %v", plan, err)
	}
	c.sync(spec, true)
	c.sync(spec, false)
	c.can("ann", `SET ROLE team`)
	c.exec(`SELECT pg_sleep_until('` + moment.Format(time.RFC3339Nano) + `')`)
	c.sync(spec, true)
	c.cannot("ann", `SET ROLE team`)
	c.sync(spec, false)
}

// TestMembersWhoHaveGrantedOn may go with those to whom they granted the role: members has named none of them.
func TestMembersWhoHaveGrantedOn(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE club`, `CREATE ROLE lead`, `CREATE ROLE guest`, `CREATE ROLE stays`, `GRANT club TO lead WITH ADMIN OPTION`, `GRANT club TO stays`,
		`SET ROLE lead`, `GRANT club TO guest`, `RESET ROLE`)
	c.sync("version: 1\nroles:\n  club: {members: [stays]}\n", true)
	c.sync("version: 1\nroles:\n  club: {members: [stays]}\n", false)
	if left := c.memberships(`roleid = 'club'::regrole AND member <> 'stays'::regrole`); len(left) > 0 {
		t.Errorf("%q are members", left)
	}
}

// TestEndedIsAsNotWritten: what has ended is neither warned of nor stands against anything else.
func TestEndedIsAsNotWritten(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE team`, `CREATE ROLE lead`, `CREATE ROLE loner NOINHERIT`)
	const ended = "2001-02-03T04:05:06Z"
	for what, text := range map[string]string{
		"grants of a role that does not inherit":         "roles:\n  loner: {grants: [\"USAGE ON SCHEMA public UNTIL '" + ended + "'\"]}\n",
		"a membership in a role that is ignored":         "ignore: [ROLE lead]\nroles:\n  loner: {member_of: [{role: lead, until: " + ended + "}]}\n",
		"a membership that would be part of a circle":    "roles:\n  team: {member_of: [lead]}\n  lead: {member_of: [{role: team, until: " + ended + "}]}\n",
		"a grant on what is ignored":                     "ignore: [SCHEMA public]\nroles:\n  loner: {direct_grants: [\"USAGE ON SCHEMA public UNTIL '" + ended + "'\"]}\n",
		"a membership in a role that is not there":       "roles:\n  loner: {member_of: [{role: nobody, until: " + ended + "}]}\n",
		"a name under EXCEPT that is of no object there": "roles:\n  loner: {grants: [\"SELECT ON ALL TABLES IN SCHEMA public EXCEPT public.nothing UNTIL '" + ended + "'\"]}\n",
	} {
		plan, err := Plan(context.Background(), c.super, parse(t, "version: 1\n"+text), Options{})
		if err != nil || len(plan.Warnings) > 0 {
			t.Errorf("%s: %v, %v", what, err, plan)
		}
	}
	c.fails("version: 1\nroles:\n  team: {member_of: [lead]}\n  lead: {member_of: [{role: team, until: 2999-02-03T04:05:06Z}]}\n", "which is a member of it in turn")
}
