package executor

import "testing"

// TestLeaverBelowTheConnectingRole: before 16 who is to go may be a member of the connecting role, which then can not
// act for it until that membership is revoked. Its default privileges are changed after that.
func TestLeaverBelowTheConnectingRole(t *testing.T) {
	t.Parallel()
	const yaml = "version: 1\nroles: {leaver: {absent: true}}\n"
	c := newCluster(t)
	admin := c.admin()
	for _, role := range []string{"team", "leaver", "reader"} {
		mustExec(t, admin, `CREATE ROLE `+role)
	}
	if c.major < 16 { // from then on admin is a member of all that it has made
		c.exec(`GRANT admin TO team`)
	}
	c.exec(`GRANT team TO leaver`, `ALTER DEFAULT PRIVILEGES FOR ROLE leaver GRANT SELECT ON TABLES TO reader`)
	c.syncAs(admin, yaml, true)
	c.syncAs(admin, yaml, false)
	if one[bool](c, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'leaver') OR EXISTS (SELECT FROM pg_default_acl)`) {
		t.Error("the leaver or its default privileges are still there")
	}
	if c.major < 16 && !one[bool](c, `SELECT pg_has_role('team', 'admin', 'MEMBER')`) {
		t.Error("who stays has lost a membership")
	}
}

// TestMemberWhoStaysBelowTheConnectingRole: nor where the member stays, and only loses that membership.
func TestMemberWhoStaysBelowTheConnectingRole(t *testing.T) {
	t.Parallel()
	const yaml = "version: 1\nroles: {member: {}, reader: {}}\n"
	c := newCluster(t)
	admin := c.admin()
	mustExec(t, admin, `CREATE ROLE member`)
	mustExec(t, admin, `CREATE ROLE reader`)
	c.exec(`ALTER DEFAULT PRIVILEGES FOR ROLE member GRANT SELECT ON TABLES TO reader`)
	if c.major < 16 { // from then on admin is a member of all that it has made
		mustExec(t, admin, `GRANT admin TO member`)
	}
	c.syncAs(admin, yaml, true)
	c.syncAs(admin, yaml, false)
	if one[bool](c, `SELECT EXISTS (SELECT FROM pg_default_acl) OR pg_has_role('member', 'admin', 'MEMBER')`) {
		t.Error("the default privileges or the membership are still there")
	}
}
