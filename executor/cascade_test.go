package executor

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgsr/executor/inspect"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

// TestRevokeCascade: a REVOKE ... CASCADE takes from a catalog what it takes from the server, whichever way the
// grantee may have the grant option still: of its own, by a membership, as the owner or as a superuser.
func TestRevokeCascade(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		setup []string
		keeps bool // what alice granted
	}{
		"nothing left":            {nil, false},
		"a second grantor":        {[]string{`GRANT SELECT ON t TO carol WITH GRANT OPTION`, `SET ROLE carol`, `GRANT SELECT ON t TO alice WITH GRANT OPTION`}, true},
		"a member of her grantee": {[]string{`GRANT bob TO alice`}, true},
		"by way of another":       {[]string{`CREATE ROLE team`, `GRANT team TO alice`, `GRANT bob TO team`}, true},
		"without INHERIT":         {[]string{`ALTER ROLE alice NOINHERIT`, `GRANT bob TO alice`}, false},
		"a member of the owner":   {[]string{`GRANT keeper TO alice`}, true},
		"of the database's owner": {[]string{`ALTER TABLE t OWNER TO pg_database_owner`, `ALTER DATABASE warehouse OWNER TO alice`}, true},
		"a superuser":             {[]string{`ALTER ROLE alice SUPERUSER`}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(strings.Join(test.setup, ""), "pg_database_owner") {
				needs(t, 14, "pg_database_owner")
			}
			c := newCluster(t, `CREATE ROLE keeper`, `CREATE ROLE alice`, `CREATE ROLE bob`, `CREATE ROLE carol`, `CREATE ROLE dave`,
				`CREATE TABLE t (a int)`, `ALTER TABLE t OWNER TO keeper`)
			c.as("keeper", `GRANT SELECT ON t TO alice WITH GRANT OPTION`, `GRANT SELECT (a) ON t TO alice WITH GRANT OPTION`)
			c.as("alice", `GRANT SELECT ON t TO bob WITH GRANT OPTION`, `GRANT SELECT (a) ON t TO bob WITH GRANT OPTION`)
			c.as("bob", `GRANT SELECT ON t TO dave`)
			c.exec(test.setup...)
			c.exec(`RESET ROLE`)
			scope, err := wholeScope(context.Background(), c.super)
			if err != nil {
				t.Fatal(err)
			}
			read := func() *catalog.Catalog { return inspectReading(t, c.super, scope, inspect.Scoped) }
			predicted, id := read(), tableID("public", "t")
			catalog.Revoke{
				Privileges: []catalog.Privilege{catalog.Select}, Object: id, Grantees: []string{"alice"}, Grantor: predicted.Objects[id].Owner,
				OptionOnly: true, Cascade: true,
			}.Apply(predicted)
			c.exec(`REVOKE GRANT OPTION FOR SELECT ON t FROM alice CASCADE`)
			is := read()
			if d := catalogtest.AllDifferences(predicted, is); len(d) > 0 {
				t.Errorf("the server has it otherwise: %q", d)
			}
			if keeps := is.Objects[id].ACL.Has("bob", catalog.Select); keeps != test.keeps {
				t.Errorf("bob keeps SELECT: %v", keeps)
			}
		})
	}
}

// TestMemberOfOwnGrantee: what a role granted stays where it can grant by its grantee, and has to go by itself.
func TestMemberOfOwnGrantee(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE admin`, `CREATE ROLE alice`, `CREATE ROLE bob`, `CREATE TABLE t ()`, `GRANT SELECT ON t TO admin WITH GRANT OPTION`)
	c.as("admin", `GRANT SELECT ON t TO alice WITH GRANT OPTION`)
	c.as("alice", `GRANT SELECT ON t TO bob WITH GRANT OPTION`)
	c.exec(`GRANT bob TO alice, admin`)
	const wanted = "version: 1\nroles:\n  alice: {member_of: [bob], direct_grants: [SELECT ON TABLE public.t]}\n"
	c.sync(wanted, true)
	acl := one[[]string](c, `SELECT array_agg(i::text ORDER BY 1) FROM pg_class, unnest(relacl) AS i WHERE relname = 't' AND i::text !~ '^postgres='`)
	if want := []string{"admin=r*/postgres", "alice=r/admin", "bob=r*/postgres"}; !slices.Equal(acl, want) {
		t.Errorf("the ACL is %q, not %q", acl, want)
	}
	c.sync(wanted, false)
}
