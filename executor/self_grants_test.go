package executor

import "testing"

// TestOptionGrantedToOneself: who has a grant option both directly and by a role that it inherits from can grant it to
// itself, which keeps it alive when all others take it back: it has to be revoked as that role.
// https://www.postgresql.org/docs/current/sql-revoke.html
func TestOptionGrantedToOneself(t *testing.T) {
	t.Parallel()
	const items = `SELECT count(*)::int FROM (SELECT nspacl AS acl FROM pg_namespace WHERE nspname = 's' UNION ALL SELECT relacl FROM pg_class WHERE oid = 's.t'::regclass
		UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = 's.t'::regclass AND attacl IS NOT NULL) o, aclexplode(o.acl) i WHERE `
	for _, on := range []string{"INSERT ON TABLE s.t", "INSERT (a) ON TABLE s.t", "USAGE ON SCHEMA s"} {
		for user, direct := range map[string]string{"postgres": "", "admin": `"` + on + `"`} {
			c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`, `SET ROLE admin`, `CREATE ROLE maker`, `CREATE ROLE team`, `CREATE ROLE other`,
				`CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`, `GRANT team TO maker`, `GRANT USAGE ON SCHEMA s TO PUBLIC`, `GRANT `+on+` TO team, maker WITH GRANT OPTION`, `RESET ROLE`,
				`SET ROLE maker`, `GRANT `+on+` TO maker WITH GRANT OPTION`, `GRANT `+on+` TO PUBLIC`, `GRANT `+on+` TO other`, `RESET ROLE`)
			if n := one[int](c, items+`i.grantee = i.grantor AND i.grantee = 'maker'::regrole AND i.is_grantable`); n != 1 {
				t.Fatalf("%s: %d options that maker has from itself", on, n)
			}
			spec := "version: 1\nroles:\n  maker: {member_of: [team], direct_grants: [" + direct + "]}\n"
			c.syncAs(c.connect(user, warehouse, ""), spec, true)
			c.syncAs(c.connect(user, warehouse, ""), spec, false)
			if n := one[int](c, items+`i.grantee = 'maker'::regrole AND i.is_grantable`); n != 0 {
				t.Errorf("%s as %s: maker may still grant it", on, user)
			}
			if n := one[int](c, items+`i.grantee = 'other'::regrole`); n != 1 {
				t.Errorf("%s as %s: other has %d", on, user, n)
			}
		}
	}
}

// TestOutsiderThatHasGrantedItself keeps its options, and what it has granted by them, when the role of the spec that
// they all come from loses its own.
func TestOutsiderThatHasGrantedItself(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		for _, direct := range []string{"", "INSERT ON TABLE s.t"} {
			c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`, `SET ROLE admin`, `CREATE ROLE lead`, `CREATE ROLE maker`, `CREATE ROLE team`,
				`CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`, `GRANT team TO maker`, `GRANT USAGE ON SCHEMA s TO PUBLIC`, `GRANT INSERT ON s.t TO lead WITH GRANT OPTION`, `RESET ROLE`,
				`SET ROLE lead`, `GRANT INSERT ON s.t TO team, maker WITH GRANT OPTION`, `RESET ROLE`,
				`SET ROLE maker`, `GRANT INSERT ON s.t TO maker WITH GRANT OPTION`, `GRANT INSERT ON s.t TO PUBLIC`, `RESET ROLE`)
			has := func() string {
				return one[string](c, `SELECT string_agg(DISTINCT i.grantee::regrole || ' ' || i.is_grantable, ', ') FROM pg_class, aclexplode(relacl) i WHERE oid = 's.t'::regclass AND i.privilege_type = 'INSERT' AND i.grantee <> 'lead'::regrole`)
			}
			before := has()
			spec := "version: 1\nroles:\n  lead: {direct_grants: [" + direct + "]}\n"
			c.syncAs(c.connect(user, warehouse, ""), spec, true)
			c.syncAs(c.connect(user, warehouse, ""), spec, false)
			if after := has(); after != before {
				t.Errorf("as %s: they have %s, had %s", user, after, before)
			}
		}
	}
}
