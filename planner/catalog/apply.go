package catalog

import "iter"

// Apply does to the catalog what changes do to a server, one after the other. Roles that are dropped one after the
// other go at once, because each has to be looked for in all memberships.
func (c *Catalog) Apply(changes iter.Seq[Change]) {
	dropped := map[string]bool{}
	for change := range changes {
		if drop, is := change.(DropRole); is {
			dropped[drop.Name] = true
			continue
		}
		if len(dropped) > 0 {
			c.dropRoles(dropped)
			clear(dropped)
		}
		change.Apply(c)
	}
	c.dropRoles(dropped)
}

// dropRoles removes roles and every membership in them and of them.
func (c *Catalog) dropRoles(names map[string]bool) {
	mayBeMember := false
	for name := range names {
		role := c.Roles[name]
		mayBeMember = mayBeMember || role == nil || role.Holds == nil // a privilege role is a member of nothing
		delete(c.Roles, name)
		delete(c.Members, name)
	}
	if !mayBeMember {
		return
	}
	for role := range c.Members {
		c.filterMembers(role, func(m Membership) bool { return !names[m.Member] })
	}
}
