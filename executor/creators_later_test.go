package executor

import "testing"

// TestCreatorsByNewMemberships: FOR ANY CREATOR covers those, too, for whom the connecting role may act by a membership
// that the same plan gives, and is in sync then.
func TestCreatorsByNewMemberships(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE`, `CREATE ROLE owner`, `CREATE ROLE reader`, `GRANT reader TO admin WITH ADMIN OPTION`,
		`SET ROLE admin`, `CREATE ROLE team`, `RESET ROLE`, `GRANT owner TO team`, `CREATE SCHEMA s AUTHORIZATION owner`)
	admin := c.connect("admin", warehouse, "")
	for _, phrase := range []string{
		"INSERT ON FUTURE TABLES IN SCHEMA s FOR ANY CREATOR",
		"SELECT ON FUTURE TABLES IN SCHEMA s FOR ROLE owner",
	} {
		member := "version: 1\nroles:\n  reader: {member_of: [team], direct_grants: [\"" + phrase + "\"]}\n"
		c.syncAs(admin, member, true)
		c.syncAs(admin, member, false)
		if n := one[int](c, `SELECT count(*)::int FROM pg_default_acl, aclexplode(defaclacl) i WHERE defaclrole = 'owner'::regrole AND i.grantee = 'reader'::regrole`); n != 1 {
			t.Errorf("%s: %d items", phrase, n)
		}
		c.syncAs(admin, "version: 1\nroles:\n  reader: {member_of: [team]}\n", true)
		c.syncAs(admin, "version: 1\nroles:\n  reader: {}\n", true)
		c.syncAs(admin, "version: 1\nroles:\n  reader: {}\n", false)
	}
}
