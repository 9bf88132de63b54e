package catalog

import "slices"

// GrantRole is GRANT role TO members.
type GrantRole struct {
	Role    string
	Members []string
	// Options to name in the statement (16 and later); nil leaves them to the server, see [Catalog.DefaultOptions].
	Options *Options
	// Grantor is who will be recorded as the grantor. GrantedBy tells whether the statement has to name it.
	Grantor   string
	GrantedBy bool
}

// Apply adds the memberships; options of one that is there already change only when they are named.
func (ch GrantRole) Apply(c *Catalog) {
	rows := slices.Clone(c.Members[ch.Role])
	place := c.indexMembers(rows)
	for _, member := range ch.Members {
		row := Membership{Member: member, Grantor: ch.Grantor, Options: c.DefaultOptions(member)}
		if ch.Options != nil {
			row.Options = *ch.Options
		}
		at, found := place[c.memberKey(row)]
		switch {
		case !found:
			rows = append(rows, row)
		case ch.Options != nil:
			rows[at] = row
		}
	}
	c.Members[ch.Role] = rows
}

// RevokeRole is REVOKE role FROM members, or REVOKE ADMIN OPTION FOR role.
type RevokeRole struct {
	Role    string
	Members []string
	// AdminOnly takes ADMIN OPTION away and leaves the membership.
	AdminOnly bool
	// Grantor is whose grant is revoked (16 and later). GrantedBy tells whether the statement has to name it.
	Grantor   string
	GrantedBy bool
	// Cascade also revokes what the members granted on by their ADMIN OPTION (16 and later).
	Cascade bool
}

// Apply removes the memberships.
func (ch RevokeRole) Apply(c *Catalog) {
	leaving := map[memberKey]bool{}
	for _, member := range ch.Members {
		leaving[c.memberKey(Membership{Member: member, Grantor: ch.Grantor})] = true
	}
	if ch.AdminOnly {
		rows := slices.Clone(c.Members[ch.Role])
		for i := range rows {
			if leaving[c.memberKey(rows[i])] {
				rows[i].Admin = false
			}
		}
		c.Members[ch.Role] = rows
	} else {
		c.filterMembers(ch.Role, func(m Membership) bool { return !leaving[c.memberKey(m)] })
	}
	if ch.Cascade {
		for _, member := range ch.Members {
			c.dropGrantedBy(ch.Role, member)
		}
	}
}

// dropGrantedBy removes what a grantor without ADMIN OPTION has granted, and what depends on that.
func (c *Catalog) dropGrantedBy(role, grantor string) {
	if slices.ContainsFunc(c.Members[role], func(m Membership) bool { return m.Member == grantor && m.Admin }) {
		return
	}
	var lost []string
	c.filterMembers(role, func(m Membership) bool {
		if m.Grantor == grantor {
			lost = append(lost, m.Member)
		}
		return m.Grantor != grantor
	})
	for _, member := range lost {
		c.dropGrantedBy(role, member)
	}
}

// memberKey is what a membership is known by among those of one role.
type memberKey struct{ member, grantor string }

// memberKey leaves out the grantor before 16, where a role has a member once, whoever granted it.
func (c *Catalog) memberKey(m Membership) memberKey {
	if c.Server.GrantorsMatter() {
		return memberKey{m.Member, m.Grantor}
	}
	return memberKey{member: m.Member}
}

func (c *Catalog) indexMembers(rows []Membership) map[memberKey]int {
	place := make(map[memberKey]int, len(rows))
	for i, row := range rows {
		place[c.memberKey(row)] = i
	}
	return place
}

// filterMembers keeps the memberships in a role for which keep is true. The old list stays as it is.
func (c *Catalog) filterMembers(role string, keep func(Membership) bool) {
	old := c.Members[role]
	if !slices.ContainsFunc(old, func(m Membership) bool { return !keep(m) }) {
		return
	}
	var kept []Membership
	for _, m := range old {
		if keep(m) {
			kept = append(kept, m)
		}
	}
	if len(kept) == 0 {
		delete(c.Members, role)
	} else {
		c.Members[role] = kept
	}
}
