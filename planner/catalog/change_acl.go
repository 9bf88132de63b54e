package catalog

import (
	"maps"
	"slices"
)

// Grant is GRANT privileges ON object TO grantees.
type Grant struct {
	Privileges []Privilege `json:"privileges"`
	Object     ObjectID    `json:"object"`
	// Column restricts it to one column; empty for the object. Also is what the statement says of other columns.
	Column   string             `json:"column,omitempty"`
	Also     []ColumnPrivileges `json:"also,omitempty"`
	Grantees []string           `json:"grantees"`
	// Grantor is who will be recorded as the grantor: the owner, for whoever has the owner's privileges.
	Grantor    string `json:"grantor"`
	WithOption bool   `json:"with_option,omitempty"`
}

// ColumnPrivileges are privileges on a column.
type ColumnPrivileges struct {
	Column     string      `json:"column"`
	Privileges []Privilege `json:"privileges"`
}

// OnColumns gives what the statement says of each column, in order; of an object, nothing.
func (ch Grant) OnColumns() []ColumnPrivileges { return onColumns(ch.Column, ch.Privileges, ch.Also) }

// OnColumns gives what the statement says of each column, in order; of an object, nothing.
func (ch Revoke) OnColumns() []ColumnPrivileges { return onColumns(ch.Column, ch.Privileges, ch.Also) }

func onColumns(column string, privileges []Privilege, also []ColumnPrivileges) []ColumnPrivileges {
	if column == "" {
		return nil
	}
	return append([]ColumnPrivileges{{column, privileges}}, also...)
}

// onColumn gives the privileges that are revoked on a column.
func (ch Revoke) onColumn(column string) (privileges []Privilege) {
	for _, on := range ch.OnColumns() {
		if on.Column == column {
			privileges = append(privileges, on.Privileges...)
		}
	}
	return privileges
}

// Apply adds the items.
func (ch Grant) Apply(c *Catalog) {
	c.editObject(ch.Object, func(o *Object) {
		if ch.Column == "" {
			o.ACL = ch.to(o.ACL, ch.Privileges)
			return
		}
		columns := maps.Clone(o.Columns)
		if columns == nil {
			columns = map[string]ACL{}
		}
		for _, on := range ch.OnColumns() {
			columns[on.Column] = ch.to(columns[on.Column], on.Privileges)
		}
		o.Columns = columns
	})
}

// to gives an ACL with what the statement grants.
func (ch Grant) to(acl ACL, privileges []Privilege) ACL {
	items := make(ACL, 0, len(ch.Grantees)*len(privileges))
	for _, grantee := range ch.Grantees {
		for _, privilege := range privileges {
			items = append(items, Item{grantee, ch.Grantor, privilege, ch.WithOption})
		}
	}
	return acl.and(items.merged())
}

// Touches gives the object and the grantees.
func (ch Grant) Touches(*Catalog) Touched {
	return Touched{Objects: []ObjectID{ch.Object}, Roles: rolesAmong(ch.Grantees)}
}

// Lock locks the grantees and, from 18 on, the object.
func (ch Grant) Lock(l Locks, server Server) {
	l.roles(rolesAmong(ch.Grantees)...)
	l.named(ch.Object, server)
}

// Revoke is REVOKE privileges ON object FROM grantees, of what one grantor granted.
type Revoke struct {
	Privileges []Privilege `json:"privileges"`
	Object     ObjectID    `json:"object"`
	// Column restricts it to one column; empty for the object. A revoke on a table takes the same privileges on
	// all its columns away too: https://www.postgresql.org/docs/current/sql-revoke.html
	Column string `json:"column,omitempty"`
	// Also is what the statement says of other columns.
	Also     []ColumnPrivileges `json:"also,omitempty"`
	Grantees []string           `json:"grantees"`
	Grantor  string             `json:"grantor"`
	// OptionOnly takes the grant option away and leaves the privilege.
	OptionOnly bool `json:"option_only,omitempty"`
	// Cascade also revokes what the grantees granted on.
	Cascade bool `json:"cascade,omitempty"`
}

// Apply removes the items.
func (ch Revoke) Apply(c *Catalog) {
	c.editObject(ch.Object, func(o *Object) {
		if ch.Column == "" {
			o.ACL = ch.from(c, o.ACL, o.Owner, ch.Privileges)
		}
		o.Columns = maps.Clone(o.Columns)
		for column, acl := range o.Columns {
			privileges := ch.Privileges
			if ch.Column != "" {
				privileges = ch.onColumn(column)
			}
			if acl = ch.from(c, acl, o.Owner, privileges); len(acl) == 0 {
				delete(o.Columns, column)
			} else {
				o.Columns[column] = acl
			}
		}
	})
}

// from gives an ACL without what the statement revokes.
func (ch Revoke) from(c *Catalog, acl ACL, owner string, privileges []Privilege) ACL {
	for _, grantee := range ch.Grantees {
		for _, privilege := range privileges {
			item := Item{grantee, ch.Grantor, privilege, true}
			loses := ch.Cascade && acl.Contains(item)
			if acl = acl.revoke(item, ch.OptionOnly); loses {
				acl = c.dropItemsBy(grantee, privilege, acl, owner)
			}
		}
	}
	return acl
}

// Touches gives the object and the grantees.
func (ch Revoke) Touches(*Catalog) Touched {
	return Touched{Objects: []ObjectID{ch.Object}, Roles: rolesAmong(ch.Grantees)}
}

// Lock locks, from 18 on, the object.
func (ch Revoke) Lock(l Locks, server Server) { l.named(ch.Object, server) }

// revoke gives the ACL without the item, or with the item and without its grant option.
func (a ACL) revoke(item Item, optionOnly bool) ACL {
	i, found := a.find(item)
	if !found {
		return a
	}
	if !optionOnly {
		return slices.Concat(a[:i], a[i+1:])
	}
	out := slices.Clone(a)
	out[i].Grantable = false
	return out
}

// dropItemsBy removes the items of a grantor that has no grant option any more, and what depends on them. It goes item
// by item, as the server does: a grantee that loses its option later may still pass it on to a member until then.
func (c *Catalog) dropItemsBy(grantor string, privilege Privilege, acl ACL, owner string) ACL {
	isTheirs := func(item Item) bool { return item.Grantor == grantor && item.Privilege == privilege }
	if !slices.ContainsFunc(acl, isTheirs) || c.KeepsOption(grantor, privilege, acl, owner) {
		return acl
	}
	acl = slices.DeleteFunc(slices.Clone(acl), func(item Item) bool { return isTheirs(item) && !item.Grantable })
	for at := slices.IndexFunc(acl, isTheirs); at >= 0; at = slices.IndexFunc(acl, isTheirs) {
		grantee := acl[at].Grantee
		acl = c.dropItemsBy(grantee, privilege, slices.Delete(acl, at, at+1), owner)
	}
	return acl
}

// KeepsOption tells whether a role can still grant a privilege. A superuser, and a role with the owner's privileges,
// always can. Others need a grant option of their own, or of a role that they inherit from.
// https://www.postgresql.org/docs/current/sql-revoke.html
func (c *Catalog) KeepsOption(role string, privilege Privilege, acl ACL, owner string) bool {
	if c.IsSuperuser(role) {
		return true
	}
	holders := []string{owner}
	for _, item := range acl {
		if item.Grantable && item.Privilege == privilege {
			holders = append(holders, item.Grantee)
		}
	}
	return Below(holders, Options.Inherits, c)[role]
}
