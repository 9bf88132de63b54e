package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// affected lists, in order, the roles whose privileges may differ: PUBLIC, and ordinary roles that are not superusers
// in both states. Their own items, memberships or attributes differ, or those of a role that they inherit from.
func (c *comparison) affected() []string {
	start := c.rejoined()
	c.sameWays = len(start) == 0
	for grantee := range c.touched {
		start = append(start, grantee)
	}
	known := ordinary(c.before, c.after)
	for _, role := range known {
		was, is := c.before.Roles[role], c.after.Roles[role]
		if was == nil || is == nil || was.Attributes.Superuser != is.Attributes.Superuser {
			start = append(start, role)
		}
	}
	reached := catalog.Below(start, catalog.Options.Inherits, c.before, c.after)
	everybody := reached[catalog.Public]
	var out []string
	if everybody {
		out = append(out, catalog.Public)
	}
	for _, role := range known {
		if (everybody || reached[role]) && !(c.before.IsSuperuser(role) && c.after.IsSuperuser(role)) {
			out = append(out, role)
		}
	}
	return out
}

// rejoined lists the roles that inherit directly from another role in only one of the states.
func (c *comparison) rejoined() []string {
	var out []string
	differ := func(a, b *catalog.Catalog) {
		for role, members := range a.Members {
			if same(members, b.Members[role]) {
				continue
			}
			other := inheritors(b, role)
			for member := range inheritors(a, role) {
				if !other[member] {
					out = append(out, member)
				}
			}
		}
	}
	differ(c.before, c.after)
	differ(c.after, c.before)
	was, is := c.before.DatabaseOwner(), c.after.DatabaseOwner()
	if was != is || c.before.DatabaseOwnerOptions() != c.after.DatabaseOwnerOptions() {
		out = append(out, was, is)
	}
	return slices.DeleteFunc(out, func(role string) bool { return role == "" })
}

// same tells whether two lists are the same one in memory: both catalogs share what no change has touched.
func same(a, b []catalog.Membership) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func inheritors(c *catalog.Catalog, role string) map[string]bool {
	out := map[string]bool{}
	for _, m := range c.Members[role] {
		if m.Inherit {
			out[m.Member] = true
		}
	}
	return out
}
