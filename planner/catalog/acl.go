package catalog

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// Privilege is a privilege's word in GRANT.
type Privilege string

// The privileges that pgsr knows: https://www.postgresql.org/docs/current/ddl-priv.html
const (
	Select      Privilege = "SELECT"
	Insert      Privilege = "INSERT"
	Update      Privilege = "UPDATE"
	Delete      Privilege = "DELETE"
	Truncate    Privilege = "TRUNCATE"
	References  Privilege = "REFERENCES"
	Trigger     Privilege = "TRIGGER"
	Maintain    Privilege = "MAINTAIN" // from 17
	Usage       Privilege = "USAGE"
	Create      Privilege = "CREATE"
	Connect     Privilege = "CONNECT"
	Temporary   Privilege = "TEMPORARY"
	Execute     Privilege = "EXECUTE"
	Set         Privilege = "SET"          // from 15
	AlterSystem Privilege = "ALTER SYSTEM" // from 15
)

// JoinPrivileges writes privileges as GRANT lists them.
func JoinPrivileges(privileges []Privilege) string {
	return strings.Join(lists.Strings(privileges), ", ")
}

// Public is the grantee PUBLIC. No role can have an empty name.
const Public = ""

// Item is one privilege of one grantee by one grantor: what aclexplode() gives.
type Item struct {
	Grantee   string // Public for PUBLIC
	Grantor   string
	Privilege Privilege
	Grantable bool // WITH GRANT OPTION
}

// Compare orders items by grantee, privilege and grantor.
func (i Item) Compare(other Item) int {
	return cmp.Or(strings.Compare(i.Grantee, other.Grantee), cmp.Compare(i.Privilege, other.Privilege), strings.Compare(i.Grantor, other.Grantor))
}

// ACL is a list of items in the order of [Item.Compare], each (grantee, privilege, grantor) at most once.
type ACL []Item

// NewACL gives the items in order, those of the same grantee, privilege and grantor merged.
func NewACL(items ...Item) ACL { return slices.Clone(ACL(items)).merged() }

// merged does it in place.
func (a ACL) merged() ACL {
	if len(a) == 0 {
		return nil
	}
	slices.SortFunc(a, Item.Compare)
	out := a[:1]
	for _, item := range a[1:] {
		if last := &out[len(out)-1]; last.Compare(item) == 0 {
			last.Grantable = last.Grantable || item.Grantable
		} else {
			out = append(out, item)
		}
	}
	return out
}

// and merges two ACLs.
func (a ACL) and(b ACL) ACL {
	out := make(ACL, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch order := a[0].Compare(b[0]); {
		case order < 0:
			out, a = append(out, a[0]), a[1:]
		case order > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			item := a[0]
			item.Grantable = item.Grantable || b[0].Grantable
			out, a, b = append(out, item), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Has tells whether the grantee has the privilege, from whomever.
func (a ACL) Has(grantee string, privilege Privilege) bool {
	i, _ := slices.BinarySearchFunc(a, Item{Grantee: grantee, Privilege: privilege}, Item.Compare)
	return i < len(a) && a[i].Grantee == grantee && a[i].Privilege == privilege
}

// HasOption tells whether the grantee has the privilege WITH GRANT OPTION, from whomever.
func (a ACL) HasOption(grantee string, privilege Privilege) bool {
	return slices.ContainsFunc(a.Of(grantee), func(item Item) bool { return item.Privilege == privilege && item.Grantable })
}

// Of gives the grantee's items.
func (a ACL) Of(grantee string) ACL {
	from, _ := slices.BinarySearchFunc(a, grantee, func(i Item, g string) int { return cmp.Compare(i.Grantee, g) })
	to := from
	for to < len(a) && a[to].Grantee == grantee {
		to++
	}
	return a[from:to]
}

// find gives the place of the item with the same grantee, privilege and grantor.
func (a ACL) find(item Item) (int, bool) {
	return slices.BinarySearchFunc(a, item, Item.Compare)
}

// Contains tells whether exactly this item is there, grant option and all.
func (a ACL) Contains(item Item) bool {
	i, found := a.find(item)
	return found && a[i].Grantable == item.Grantable
}

// Without gives the items of a that b does not hold exactly so.
func (a ACL) Without(b ACL) ACL {
	var out ACL
	for _, item := range a {
		for len(b) > 0 && b[0].Compare(item) < 0 {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != item {
			out = append(out, item)
		}
	}
	return out
}

// rename gives the ACL with one role in the place of another, entries that become equal merged.
func (a ACL) rename(from, to string) ACL {
	items := slices.Clone(a)
	for i := range items {
		if items[i].Grantee == from {
			items[i].Grantee = to
		}
		if items[i].Grantor == from {
			items[i].Grantor = to
		}
	}
	return items.merged()
}
