package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// Access is a privilege that a role has, and why.
type Access struct {
	// Role is catalog.Public for what everybody has.
	Role      string
	Privilege catalog.Privilege
	Object    catalog.ObjectID
	// Column is the one that the privilege is confined to; empty: it is on the object.
	Column string
	// Paths lists by which paths, the shortest first: one for each role that the privilege comes from.
	Paths []Path
}

func (a Access) compare(other Access) int {
	return cmp.Or(
		cmp.Compare(a.Role, other.Role),
		a.Object.Compare(other.Object),
		cmp.Compare(a.Column, other.Column),
		comparePrivileges(a.Object.Kind, a.Privilege, other.Privilege),
	)
}

// comparePrivileges follows the order of PostgreSQL's manual; those that we do not know come last.
func comparePrivileges(kind catalog.Kind, a, b catalog.Privilege) int {
	known := kind.Info().Privileges
	place := func(p catalog.Privilege) int {
		if i := slices.Index(known, p); i >= 0 {
			return i
		}
		return len(known)
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}

// Explanation is what a role can do.
type Explanation struct {
	Role       string
	Attributes catalog.Attributes
	// Assumable are the roles that it may become by SET ROLE and whose privileges it does not have without. It can do
	// what these can.
	Assumable []string
	// Access lists all privileges on what the catalog shows, by object.
	Access []Access
}

// Explain says what a role can do with all objects of a catalog, or with one of them, and why. The catalog has to
// show all that the role reaches.
func Explain(c *catalog.Catalog, role string, object *catalog.ObjectID) *Explanation {
	r := NewReach(c)
	out := &Explanation{Role: role}
	if known := c.Roles[role]; known != nil {
		out.Attributes = known.Attributes
	}
	for _, other := range r.walk(role, setting).roles {
		if !out.Attributes.Superuser && !r.HasPrivilegesOf(role, other) && !catalog.IsOwnRole(other) {
			out.Assumable = append(out.Assumable, other)
		}
	}
	slices.Sort(out.Assumable)
	w := r.walk(role, inheriting)
	for id, o := range c.Objects {
		if object == nil || id == *object {
			out.Access = append(out.Access, r.accessTo(w, o)...)
		}
	}
	slices.SortFunc(out.Access, Access.compare)
	return out
}

// accessTo lists what the role that a walk starts with has on an object.
func (r *Reach) accessTo(w *walk, o *catalog.Object) []Access {
	seen := map[privilegeOn]bool{}
	if r.catalog.IsSuperuser(w.start()) {
		for _, privilege := range privilegesOf(r.catalog, o.ID.Kind) {
			seen[privilegeOn{o, "", privilege}] = true
		}
	}
	eachHolding(o, func(grantee, column string, privilege catalog.Privilege) {
		if grantee == catalog.Public || w.has(grantee) {
			seen[privilegeOn{o, column, privilege}] = true
		}
	})
	var out []Access
	for p := range seen {
		if paths := r.paths(w, p); len(paths) > 0 {
			out = append(out, Access{w.start(), p.privilege, o.ID, p.column, paths})
		}
	}
	return out
}

// paths lists how a role has exactly this privilege: for one on a column, not how it has the same on the table.
func (r *Reach) paths(w *walk, p privilegeOn) []Path {
	var out []Path
	if r.catalog.IsSuperuser(w.start()) && p.column == "" {
		out = append(out, Path{Kind: BySuperuser})
	}
	if isBarred(p.object, p.privilege) {
		return out
	}
	acl := p.object.ACL
	if p.column != "" {
		acl = p.object.Columns[p.column]
	}
	everybody := acl.Has(catalog.Public, p.privilege)
	for place, role := range w.roles {
		if place == 1 && everybody {
			out, everybody = append(out, Path{Kind: ByPublic}), false
		}
		if acl.Has(role, p.privilege) || p.column == "" && isImplied(role, p.object.ID.Kind, p.privilege) {
			out = append(out, p.path(w, place))
		}
	}
	if everybody && w.start() != catalog.Public {
		out = append(out, Path{Kind: ByPublic})
	}
	return out
}

// Who lists who has some privileges on an object, or on some of its columns, and why: by role, PUBLIC first. Roles
// that have one only because everybody has it are not listed beside PUBLIC. The catalog has to show the members of
// all who hold something on the object, and the superusers.
func Who(c *catalog.Catalog, object catalog.ObjectID, privileges ...catalog.Privilege) []Access {
	o := c.Objects[object]
	if o == nil {
		return nil
	}
	r := NewReach(c)
	var out []Access
	for _, role := range append([]string{catalog.Public}, slices.Sorted(maps.Keys(c.Roles))...) {
		if !isOrdinary(role) {
			continue
		}
		w := r.newWalk(role, inheriting)
		for _, column := range append([]string{""}, o.ColumnNames()...) {
			for _, privilege := range privileges {
				if paths := r.ownPaths(w, privilegeOn{o, column, privilege}); len(paths) > 0 {
					out = append(out, Access{role, privilege, object, column, paths})
				}
			}
		}
	}
	return out
}

// ownPaths leaves out the one that all roles have. A superuser has every privilege that there is.
func (r *Reach) ownPaths(w *walk, p privilegeOn) []Path {
	return slices.DeleteFunc(r.paths(w, p), func(path Path) bool {
		return path.Kind == ByPublic || path.Kind == BySuperuser && !slices.Contains(privilegesOf(r.catalog, p.object.ID.Kind), p.privilege)
	})
}

// key tells paths apart. No name holds a NUL.
func (p Path) key() string { return string(p.Kind) + "\x00" + strings.Join(p.Via, "\x00") }
