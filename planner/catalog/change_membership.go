package catalog

import "slices"

// GrantRole is GRANT roles TO members: each of the members gets each of the roles.
type GrantRole struct {
	Roles   []string `json:"-"`
	Members []string `json:"members"`
	// Options to name in the statement (16 and later); nil leaves them to the server, see [Catalog.DefaultOptions].
	Options *Options `json:"options,omitempty"`
	// Grantor is who will be recorded as the grantor. GrantedBy tells whether the statement has to name it.
	Grantor   string `json:"grantor"`
	GrantedBy bool   `json:"granted_by,omitempty"`
}

// Apply adds the memberships; options of one that is there already change only when they are named.
func (ch GrantRole) Apply(c *Catalog) {
	for _, role := range ch.Roles {
		ch.add(c, role)
	}
}

// add adds the memberships in one of the roles.
func (ch GrantRole) add(c *Catalog, role string) {
	rows := append(make([]Membership, 0, len(c.Members[role])+len(ch.Members)), c.Members[role]...)
	find := c.FindMember(rows, len(ch.Members))
	for _, member := range ch.Members {
		row := Membership{Member: member, Grantor: ch.Grantor, Options: c.DefaultOptions(member)}
		if ch.Options != nil {
			row.Options = *ch.Options
		}
		at := find(row)
		switch {
		case at < 0:
			rows = append(rows, row)
		case ch.Options != nil:
			rows[at] = row
		}
	}
	c.Members[role] = rows
}

// Touches gives the memberships.
func (ch GrantRole) Touches(*Catalog) Touched { return Touched{Granted: ch.Roles, Members: ch.Members} }

// Lock locks, from 16 on, the roles that are granted.
func (ch GrantRole) Lock(l Locks, server Server) { l.granted(server, ch.Roles...) }

// RevokeRole is REVOKE roles FROM members, or REVOKE ADMIN OPTION FOR roles.
type RevokeRole struct {
	Roles   []string `json:"-"`
	Members []string `json:"members"`
	// AdminOnly takes ADMIN OPTION away and leaves the membership.
	AdminOnly bool `json:"admin_only,omitempty"`
	// Grantor is whose grant is revoked (16 and later). GrantedBy tells whether the statement has to name it.
	Grantor   string `json:"grantor"`
	GrantedBy bool   `json:"granted_by,omitempty"`
	// Cascade also revokes what the members granted on by their ADMIN OPTION (16 and later).
	Cascade bool `json:"cascade,omitempty"`
}

// Apply removes the memberships: those that the grantor gave, before 16 whoever gave them.
func (ch RevokeRole) Apply(c *Catalog) {
	isMember := among(ch.Members)
	leaving := func(m Membership) bool {
		return isMember(m.Member) && (!c.Server.MembershipsHaveOptions() || m.Grantor == ch.Grantor)
	}
	for _, role := range ch.Roles {
		ch.remove(c, role, leaving)
	}
}

// remove removes the memberships in one of the roles.
func (ch RevokeRole) remove(c *Catalog, role string, leaving func(Membership) bool) {
	if ch.AdminOnly {
		rows := slices.Clone(c.Members[role])
		for i := range rows {
			if leaving(rows[i]) {
				rows[i].Admin = false
			}
		}
		c.Members[role] = rows
	} else {
		c.filterMembers(role, func(m Membership) bool { return !leaving(m) })
	}
	if ch.Cascade {
		for _, member := range ch.Members {
			c.dropGrantedBy(role, member)
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

// Touches gives the memberships.
func (ch RevokeRole) Touches(*Catalog) Touched {
	return Touched{Granted: ch.Roles, Members: ch.Members}
}

// Lock locks, from 16 on, the roles that are revoked.
func (ch RevokeRole) Lock(l Locks, server Server) { l.granted(server, ch.Roles...) }

// MembershipKey tells the memberships in one role apart.
type MembershipKey struct{ member, grantor string }

// MembershipKey gives that of one: before 16 there is one of a member, whoever granted it.
func (s Server) MembershipKey(m Membership) MembershipKey {
	if s.MembershipsHaveOptions() {
		return MembershipKey{m.Member, m.Grantor}
	}
	return MembershipKey{member: m.Member}
}

// FindMember gives what finds, among the memberships in one role, that of the same member, from 16 on also by the same
// grantor: its place, or -1. For a few questions an index would take longer than to look.
func (c *Catalog) FindMember(rows []Membership, questions int) func(Membership) int {
	keyOf := c.Server.MembershipKey
	if questions <= 2 || len(rows) <= 2 {
		return func(m Membership) int {
			return slices.IndexFunc(rows, func(row Membership) bool { return keyOf(row) == keyOf(m) })
		}
	}
	place := make(map[MembershipKey]int, len(rows))
	for i, row := range rows {
		place[keyOf(row)] = i
	}
	return func(m Membership) int {
		if at, found := place[keyOf(m)]; found {
			return at
		}
		return -1
	}
}

// filterMembers keeps the memberships in a role for which keep is true. The old list stays as it is.
func (c *Catalog) filterMembers(role string, keep func(Membership) bool) {
	old := c.Members[role]
	goes := func(m Membership) bool { return !keep(m) }
	if !slices.ContainsFunc(old, goes) {
		return
	}
	if c.Members[role] = slices.DeleteFunc(slices.Clone(old), goes); len(c.Members[role]) == 0 {
		delete(c.Members, role)
	}
}
