package access

import (
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// heldIn is a state of a catalog, and what was looked up in it.
type heldIn struct {
	catalog *catalog.Catalog
	// members are those of privilege roles.
	members map[string]map[string]catalog.Options
	// inACLs is what ACLs give privilege roles; nil until it is asked for.
	inACLs map[string][]catalog.Held
}

// heldLevel is how a role holds something.
type heldLevel int

const (
	notHeld heldLevel = iota
	isHeldAfterSetRole
	isHeld
)

// heldAt is who holds a privilege in one state of a catalog. The object is nil where it is not there.
type heldAt struct {
	object    *catalog.Object
	acl       catalog.ACL
	privilege catalog.Privilege
	// by are the members of the privilege roles that hold it.
	by []map[string]catalog.Options
}

// at looks up who holds a privilege.
func (h *heldIn) at(held catalog.Held) heldAt {
	at := heldAt{object: h.catalog.Objects[held.Object], privilege: held.Privilege}
	if at.object == nil {
		return at
	}
	at.acl = at.object.ACLOf(held.Column)
	for _, item := range ofPrivilegeRoles(at.acl) {
		if item.Privilege == held.Privilege {
			at.by = append(at.by, h.membersOf(item.Grantee))
		}
	}
	return at
}

// level says how a role holds the privilege: by an item of its own, or by a privilege role.
func (at *heldAt) level(role string) heldLevel {
	level := notHeld
	for _, members := range at.by {
		if options, is := members[role]; is && options.Inherit {
			return isHeld
		} else if is {
			level = isHeldAfterSetRole
		}
	}
	if at.acl.Has(role, at.privilege) {
		return isHeld
	}
	return level
}

// isOwner tells whether a role owns the object.
func (at *heldAt) isOwner(role string) bool { return at.object != nil && at.object.Owner == role }

// ofPrivilegeRoles gives the items of grantees that are named as such, which stand together.
func ofPrivilegeRoles(acl catalog.ACL) catalog.ACL {
	from, _ := slices.BinarySearchFunc(acl, catalog.OwnRolePrefix, func(item catalog.Item, prefix string) int { return strings.Compare(item.Grantee, prefix) })
	to := from
	for to < len(acl) && catalog.IsOwnRole(acl[to].Grantee) {
		to++
	}
	return acl[from:to]
}

// membersOf gives the members of a privilege role, predefined roles among them, with the options that all their
// grantors gave them together.
func (h *heldIn) membersOf(role string) map[string]catalog.Options {
	known, is := h.members[role]
	if !is {
		isNone := func(m catalog.Membership) bool { return catalog.IsOwnRole(m.Member) || h.catalog.IsCreators(m) }
		known = catalog.OptionsByMember(h.catalog.Members[role], isNone)
		h.members[role] = known
	}
	return known
}

// heldBy gives what a privilege role holds: one privilege, as it should be, or whatever ACLs give it.
func (h *heldIn) heldBy(role string) []catalog.Held {
	if known := h.catalog.Roles[role]; known != nil && known.Holds != nil {
		return []catalog.Held{*known.Holds}
	}
	if h.inACLs == nil {
		h.inACLs = map[string][]catalog.Held{}
		for id, o := range h.catalog.Objects {
			h.note(o.ACL, catalog.Held{Object: id})
			for column, acl := range o.Columns {
				h.note(acl, catalog.Held{Object: id, Column: column})
			}
		}
	}
	return h.inACLs[role]
}

func (h *heldIn) note(acl catalog.ACL, on catalog.Held) {
	for _, item := range ofPrivilegeRoles(acl) {
		on.Privilege = item.Privilege
		h.inACLs[item.Grantee] = append(h.inACLs[item.Grantee], on)
	}
}
