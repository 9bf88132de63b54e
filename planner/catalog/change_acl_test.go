package catalog_test

import (
	"testing"

	"pgsr/planner/catalog"
)

// TestRevokeCascadeByInheritance: what a grantee granted goes only if it can grant no more, by nobody's grant option.
func TestRevokeCascadeByInheritance(t *testing.T) {
	const all = 5 // items of table s.t, of which b has its own from a, and c from b
	for name, test := range map[string]struct {
		before func(*catalog.Catalog)
		left   int
	}{
		"nobody's":        {func(*catalog.Catalog) {}, all - 3},
		"its grantee's":   {func(c *catalog.Catalog) { join(c, "b", "a", true) }, all - 1},
		"not inherited":   {func(c *catalog.Catalog) { join(c, "b", "a", false) }, all - 3},
		"the owner's":     {func(c *catalog.Catalog) { join(c, "owner", "a", true) }, all - 1},
		"a superuser's":   {func(c *catalog.Catalog) { c.Roles["a"].Attributes.Superuser = true }, all - 1},
		"second in chain": {func(c *catalog.Catalog) { join(c, "owner", "b", true) }, all - 2},
	} {
		c := sample(18)
		delete(c.Members, "a")
		test.before(c)
		catalog.Revoke{
			Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"a"}, Grantor: "owner", Cascade: true,
		}.Apply(c)
		if acl := c.Objects[table].ACL; len(acl) != test.left {
			t.Errorf("%s: left are %+v", name, acl)
		}
	}
}

func join(c *catalog.Catalog, role, member string, inherit bool) {
	c.Members[role] = append(c.Members[role], catalog.Membership{Member: member, Grantor: "postgres", Options: catalog.Options{Inherit: inherit, Set: true}})
}
