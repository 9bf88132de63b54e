package catalog

import (
	"maps"
	"slices"
)

// Grant is GRANT privileges ON object TO grantees.
type Grant struct {
	Privileges []Privilege
	Object     ObjectID
	// Column restricts it to one column; empty for the object.
	Column   string
	Grantees []string
	// Grantor is who will be recorded as the grantor: the owner, for whoever has the owner's privileges.
	Grantor    string
	WithOption bool
}

// Apply adds the items.
func (ch Grant) Apply(c *Catalog) {
	c.editObject(ch.Object, func(o *Object) {
		if ch.Column == "" {
			o.ACL = ch.to(o.ACL)
			return
		}
		columns := maps.Clone(o.Columns)
		if columns == nil {
			columns = map[string]ACL{}
		}
		columns[ch.Column] = ch.to(columns[ch.Column])
		o.Columns = columns
	})
}

// to gives one ACL after the statement.
func (ch Grant) to(acl ACL) ACL {
	if len(ch.Grantees) == 1 && len(ch.Privileges) == 1 {
		return acl.with(Item{ch.Grantees[0], ch.Grantor, ch.Privileges[0], ch.WithOption})
	}
	items := append(make(ACL, 0, len(acl)+len(ch.Grantees)*len(ch.Privileges)), acl...)
	for _, grantee := range ch.Grantees {
		for _, privilege := range ch.Privileges {
			items = append(items, Item{grantee, ch.Grantor, privilege, ch.WithOption})
		}
	}
	return items.merged()
}

// with gives the ACL with one item more, or with its grant option.
func (a ACL) with(item Item) ACL {
	at, found := a.find(item)
	if !found {
		return slices.Concat(a[:at], ACL{item}, a[at:])
	}
	out := slices.Clone(a)
	out[at].Grantable = out[at].Grantable || item.Grantable
	return out
}

// Revoke is REVOKE privileges ON object FROM grantees, of what one grantor granted.
type Revoke struct {
	Privileges []Privilege
	Object     ObjectID
	// Column restricts it to one column; empty for the object. A revoke on a table takes the same privileges on
	// all its columns away too: https://www.postgresql.org/docs/current/sql-revoke.html
	Column   string
	Grantees []string
	Grantor  string
	// OptionOnly takes the grant option away and leaves the privilege.
	OptionOnly bool
	// Cascade also revokes what the grantees granted on.
	Cascade bool
}

// Apply removes the items.
func (ch Revoke) Apply(c *Catalog) {
	c.editObject(ch.Object, func(o *Object) {
		if ch.Column == "" {
			o.ACL = ch.from(o.ACL, o.Owner)
		}
		o.Columns = maps.Clone(o.Columns)
		for column, acl := range o.Columns {
			if ch.Column != "" && ch.Column != column {
				continue
			}
			if acl = ch.from(acl, o.Owner); len(acl) == 0 {
				delete(o.Columns, column)
			} else {
				o.Columns[column] = acl
			}
		}
	})
}

// from gives one ACL after the statement.
func (ch Revoke) from(acl ACL, owner string) ACL {
	for _, grantee := range ch.Grantees {
		for _, privilege := range ch.Privileges {
			item := Item{grantee, ch.Grantor, privilege, true}
			loses := ch.Cascade && acl.Contains(item)
			if acl = acl.revoke(item, ch.OptionOnly); loses {
				acl = acl.dropGrantedBy(grantee, privilege, owner)
			}
		}
	}
	return acl
}

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

// dropGrantedBy removes what a grantor without grant option has granted, and what depends on that. An owner always has it.
func (a ACL) dropGrantedBy(grantor string, privilege Privilege, owner string) ACL {
	if grantor == owner || a.HasOption(grantor, privilege) {
		return a
	}
	var kept, lost ACL
	for _, item := range a {
		if item.Grantor == grantor && item.Privilege == privilege {
			lost = append(lost, item)
		} else {
			kept = append(kept, item)
		}
	}
	for _, item := range lost {
		if item.Grantable {
			kept = kept.dropGrantedBy(item.Grantee, privilege, owner)
		}
	}
	return kept
}
