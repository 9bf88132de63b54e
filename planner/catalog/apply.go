package catalog

import "iter"

// Apply does to the catalog what changes do to a server, one after the other. Roles that are dropped one after the
// other go at once, because each has to be looked for in all memberships.
func (c *Catalog) Apply(changes iter.Seq[Change]) {
	var dropped []string
	for change := range changes {
		if drop, is := change.(DropRole); is {
			dropped = append(dropped, drop.Name)
			continue
		}
		c.DropRoles(dropped)
		dropped = dropped[:0]
		change.Apply(c)
	}
	c.DropRoles(dropped)
}

// DropRoles removes roles and every membership in them and of them.
func (c *Catalog) DropRoles(names []string) {
	gone := make(map[string]bool, len(names))
	for _, name := range names {
		role := c.Roles[name]
		if role == nil || role.Holds == nil { // a privilege role is a member of nothing
			gone[name] = true
		}
		delete(c.Roles, name)
		delete(c.Members, name)
	}
	if len(gone) == 0 {
		return
	}
	for role := range c.Members {
		c.filterMembers(role, func(m Membership) bool { return !gone[m.Member] })
	}
}
