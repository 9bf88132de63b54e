package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// privilegeOn is a privilege on an object or, if a column is named, on that column.
type privilegeOn struct {
	object    *catalog.Object
	column    string
	privilege catalog.Privilege
}

// nobody is the place of a role that is not on a walk.
const nobody = -1

// has tells whether the role that a walk starts with has the privilege: as a superuser, or by an ACL item of its own,
// of a role whose privileges it has, or of PUBLIC. What one has on a table, one has on its columns.
// https://www.postgresql.org/docs/current/ddl-priv.html
func (r *Reach) has(w *walk, p privilegeOn) bool {
	return r.catalog.IsSuperuser(w.start()) || p.isPublic() || p.holder(w) != nobody
}

// isPublic tells whether PUBLIC has the privilege, and so everybody.
func (p privilegeOn) isPublic() bool {
	has := p.object.ACL.Has(catalog.Public, p.privilege) || p.object.ACLOf(p.column).Has(catalog.Public, p.privilege)
	return has && !isBarred(p.object, p.privilege)
}

// isHeldBy tells whether a role holds the privilege itself.
func (p privilegeOn) isHeldBy(role string) bool {
	held := p.object.ACL.Has(role, p.privilege) || isImplied(role, p.object.ID.Kind, p.privilege) || p.object.ACLOf(p.column).Has(role, p.privilege)
	return held && !isBarred(p.object, p.privilege)
}

// isGrantableBy tells whether a role may grant the privilege: as the owner, or by an item of its own WITH GRANT OPTION.
func (p privilegeOn) isGrantableBy(role string) bool {
	return role == p.object.Owner && p.ownerMayGrant() || p.object.ACL.HasOption(role, p.privilege) || p.object.ACLOf(p.column).HasOption(role, p.privilege)
}

// ownerMayGrant tells whether the owner's right to grant is one that members of the owner have.
func (p privilegeOn) ownerMayGrant() bool {
	return p.object.ID.Kind != catalog.SettingParameter || hasRow(p.object)
}

// onObject is the same privilege on the whole object.
func (p privilegeOn) onObject() privilegeOn { return privilegeOn{p.object, "", p.privilege} }

// holder gives the place in a walk of the nearest role that holds the privilege.
func (p privilegeOn) holder(w *walk) int {
	if isBarred(p.object, p.privilege) {
		return nobody
	}
	nearest := nearer(p.inACL(p.object.ACL, w), p.inACL(p.object.ID.Kind.Info().Implied, w))
	if p.column != "" {
		nearest = nearer(nearest, p.inACL(p.object.Columns[p.column], w))
	}
	return nearest
}

func nearer(a, b int) int {
	if a == nobody || b != nobody && b < a {
		return b
	}
	return a
}

// inACL gives the place of the nearest role that an ACL gives the privilege to. An ACL may have thousands of items
// and a walk thousands of roles: it goes through the shorter of the two.
func (p privilegeOn) inACL(acl catalog.ACL, w *walk) int {
	const searching = 8 // what finding a role in an ACL takes, in items
	if len(w.roles)*searching < len(acl) {
		for place, role := range w.roles {
			if acl.Has(role, p.privilege) {
				return place
			}
		}
		return nobody
	}
	nearest := nobody
	for i := range acl {
		if acl[i].Privilege != p.privilege {
			continue
		}
		if place, found := w.at[acl[i].Grantee]; found {
			nearest = nearer(nearest, place)
		}
	}
	return nearest
}

// shortest says by which path the role that a walk starts with has a privilege that it has.
func (r *Reach) shortest(w *walk, p privilegeOn) Path {
	holder := p.holder(w)
	switch {
	case r.catalog.IsSuperuser(w.start()):
		return Path{Kind: BySuperuser}
	case holder != 0 && p.isPublic():
		return Path{Kind: ByPublic}
	}
	return p.path(w, holder)
}

// path says how the privilege comes from the role at a place.
func (p privilegeOn) path(w *walk, holder int) Path {
	role, way := w.roles[holder], w.way(holder)
	switch {
	case holder > 0 && catalog.IsOwnRole(role):
		return Path{Kind: ByPrivilegeRole, Via: way[:len(way)-1]}
	case role == p.object.Owner:
		return Path{Kind: ByOwnership, Via: way}
	case isImplied(role, p.object.ID.Kind, p.privilege):
		return Path{Kind: ByPredefined, Via: way}
	}
	return Path{Kind: ByGrant, Via: way}
}

// namedPath is the same with the name of the privilege role.
func (p privilegeOn) namedPath(w *walk, holder int) Path {
	path := p.path(w, holder)
	if path.Kind == ByPrivilegeRole {
		path.PrivilegeRole = w.roles[holder]
	}
	return path
}

// isOrdinary tells whether a role is one that people know: no privilege role and none of PostgreSQL's own. One that is
// named as ours, and can log in in one of the states, is somebody who has chosen that name.
func isOrdinary(name string, states ...*catalog.Catalog) bool {
	logsIn := func(c *catalog.Catalog) bool { return attributes(c, name).Login }
	return !catalog.IsReserved(name) && (!catalog.IsOwnRole(name) || slices.ContainsFunc(states, logsIn))
}
