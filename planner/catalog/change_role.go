package catalog

import (
	"cmp"
	"slices"
	"time"
)

// CreateRole is CREATE ROLE with PostgreSQL's defaults, see [NewAttributes], but for what is said here.
type CreateRole struct {
	Name string `json:"name"`
	// Holds says what a privilege role is being made for; nil for any other role.
	Holds *Held `json:"holds,omitempty"`
	// CreateRole is the attribute CREATEROLE, which administrator roles need.
	CreateRole bool `json:"administrator,omitempty"`
	// With is what the role has from the start, as by an [AlterRole] right after; its Name does not count.
	With AlterRole `json:"-"`
	// Members have the role from the start, as by a [GrantRole] that names no options.
	Members []string `json:"members,omitempty"`
	// Creator is who runs it; empty: the connecting role.
	Creator string `json:"creator,omitempty"`
}

// Apply adds the role, its members, and what the server gives its creator.
func (ch CreateRole) Apply(c *Catalog) {
	role := &Role{
		Name:       ch.Name,
		Attributes: NewAttributes(),
		Verifier:   NoPassword,
		Holds:      ch.Holds,
	}
	role.Attributes.CreateRole = ch.CreateRole
	ch.With.set(role)
	c.Roles[ch.Name] = role
	creator := cmp.Or(ch.Creator, c.Server.CurrentUser)
	if rows := c.creatorsMemberships(creator); len(rows) > 0 {
		c.Members[ch.Name] = rows
	}
	if len(ch.Members) > 0 {
		GrantRole{Roles: []string{ch.Name}, Members: ch.Members, Grantor: c.GrantorOfOwn(creator)}.Apply(c)
	}
}

// Touches gives the role and its members.
func (ch CreateRole) Touches(*Catalog) Touched {
	return Touched{Granted: []string{ch.Name}, Members: ch.Members}
}

// Lock locks, from 16 on, the role.
func (ch CreateRole) Lock(l Locks, server Server) { l.granted(server, ch.Name) }

// creatorsMemberships gives the memberships that a creator who is no superuser has in what it creates, from 16 on.
// https://www.postgresql.org/docs/16/sql-createrole.html
func (c *Catalog) creatorsMemberships(creator string) []Membership {
	s := c.Server
	if !s.MembershipsHaveOptions() || c.IsSuperuser(creator) {
		return nil
	}
	rows := []Membership{{Member: creator, Grantor: s.Bootstrap, Options: Options{Admin: true}}}
	if s.SelfGrant.Inherit || s.SelfGrant.Set {
		rows = append(rows, Membership{Member: creator, Grantor: creator,
			Options: Options{Inherit: s.SelfGrant.Inherit, Set: s.SelfGrant.Set}})
	}
	return rows
}

// GrantorOfOwn gives who is recorded when a creator grants a role of its own.
func (c *Catalog) GrantorOfOwn(creator string) string {
	if c.Server.MembershipsHaveOptions() && c.IsSuperuser(creator) {
		return c.Server.Bootstrap
	}
	return creator
}

// DropRole is DROP ROLE of a role that owns nothing and has no privilege left.
type DropRole struct {
	Name string `json:"name"`
}

// Apply removes the role and every membership in it and of it.
func (ch DropRole) Apply(c *Catalog) { c.DropRoles([]string{ch.Name}) }

// Touches gives the role and what goes with it: its settings and, for a leaver, its memberships and members, which are
// known then. It also names any other setting or membership, so that DROP ROLE takes nothing that came meanwhile.
func (ch DropRole) Touches(c *Catalog) Touched {
	t := Touched{Roles: []string{ch.Name}, Settings: []SettingOf{{Role: ch.Name}}}
	if role := c.Roles[ch.Name]; role != nil {
		for _, s := range role.Settings {
			t.Settings = append(t.Settings, SettingOf{ch.Name, s.Database, s.Name})
		}
	}
	if c.Leavers[ch.Name] != nil {
		t.Memberships = c.membershipsWith(ch.Name)
	}
	return t
}

// membershipsWith gives the memberships of a role and those in it, and a placeholder for any other.
func (c *Catalog) membershipsWith(name string) []MembershipOf {
	out := []MembershipOf{{Role: name}, {Member: name}}
	for role, rows := range c.Members {
		for _, m := range rows {
			if role == name || m.Member == name {
				out = append(out, MembershipOf{role, m.Member})
			}
		}
	}
	return out
}

// Lock locks the role.
func (ch DropRole) Lock(l Locks, _ Server) { l.roles(ch.Name) }

// AlterRole is ALTER ROLE ... WITH the attributes that are not nil.
type AlterRole struct {
	Name  string
	Login *bool
	// Verifier is the password to store, already hashed; [NoPassword] for none; empty to leave it.
	Verifier Verifier
	// ValidUntil is set when SetValidUntil is true; nil stands for infinity.
	SetValidUntil bool
	ValidUntil    *time.Time
	Attributes    AttributeChanges
}

// Apply sets the attributes. Before 16 it is the member's INHERIT by which all its memberships pass privileges on.
// https://www.postgresql.org/docs/15/role-membership.html
func (ch AlterRole) Apply(c *Catalog) {
	c.editRole(ch.Name, ch.set)
	if inherits := ch.Attributes.Inherit; inherits != nil && !c.Server.MembershipsHaveOptions() {
		c.setInherit(ch.Name, *inherits)
	}
}

// setInherit says of all memberships of a member whether they pass privileges on.
func (c *Catalog) setInherit(member string, inherits bool) {
	for role, rows := range c.Members {
		at := slices.IndexFunc(rows, func(m Membership) bool { return m.Member == member && m.Inherit != inherits })
		if at >= 0 {
			c.Members[role] = slices.Clone(rows)
			c.Members[role][at].Inherit = inherits
		}
	}
}

func (ch AlterRole) set(r *Role) {
	if ch.Login != nil {
		r.Attributes.Login = *ch.Login
	}
	if ch.Verifier != "" {
		r.Verifier = ch.Verifier
	}
	if ch.SetValidUntil {
		r.ValidUntil = ch.ValidUntil
	}
	ch.Attributes.set(&r.Attributes)
}

// Touches gives the role.
func (ch AlterRole) Touches(*Catalog) Touched { return Touched{Roles: []string{ch.Name}} }

// Lock locks nothing: the row of a role is no entry of the table.
func (ch AlterRole) Lock(Locks, Server) {}

// CommentOnRole is COMMENT ON ROLE; an empty comment removes it.
type CommentOnRole struct {
	Name    string `json:"name"`
	Comment string `json:"comment"`
}

// Apply sets the comment.
func (ch CommentOnRole) Apply(c *Catalog) {
	c.editRole(ch.Name, func(r *Role) { r.Comment = ch.Comment })
}

// Touches gives the role.
func (ch CommentOnRole) Touches(*Catalog) Touched { return Touched{Roles: []string{ch.Name}} }

// Lock locks the role.
func (ch CommentOnRole) Lock(l Locks, _ Server) { l.roles(ch.Name) }
