package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"pgsr/planner/catalog"
)

// Access is a privilege that a role has, or could come to have, and why.
type Access struct {
	// Role is catalog.Public for what everybody has.
	Role      string
	Privilege catalog.Privilege
	Object    catalog.ObjectID
	// Column is the one that the privilege is confined to; empty: it is on the object.
	Column string
	// Paths lists by which paths it has it, the shortest first: one for each role that the privilege comes from.
	Paths []Path
	// Options lists by which it has it WITH GRANT OPTION, which an owner always has.
	Options []Path
	// Could says how it could come to have it without anybody's help, if it does not; nil: it has it, or could not.
	Could *Path
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
	// Obtainable are those of which it could make itself a member by ADMIN OPTION. Before 16 a role with CREATEROLE could
	// of all but superusers, which are not listed.
	Obtainable []string
	// Access lists all privileges on what the catalog shows, by object.
	Access []Access
	// Futures lists what it will have on objects that others make.
	Futures []FutureAccess
	// Marks say what of all that lets it become more than it is.
	Marks []Mark
}

// Explain says what a role can do with all objects of a catalog, or with one of them, and why. What it could only come
// to have is listed of the one object alone, and of what it may grant. The catalog has to show all that the role
// reaches.
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
	b := r.become(role)
	if !out.Attributes.Superuser {
		out.Obtainable = r.obtainable(b)
	}
	w := r.walk(role, inheriting)
	for id, o := range c.Objects {
		if object == nil || id == *object {
			out.Access = append(out.Access, r.accessTo(w, b, o, object != nil)...)
		}
	}
	slices.SortFunc(out.Access, Access.compare)
	if object == nil {
		out.Futures = r.futureAccess(w)
	}
	out.Marks = r.marksOf(b, out.Access, object == nil)
	return out
}

// accessTo lists what the role that a walk starts with has on an object, or could have: of all its privileges, or only
// of those that it may grant.
func (r *Reach) accessTo(w *walk, b *becoming, o *catalog.Object, all bool) []Access {
	seen := map[privilegeOn]bool{}
	if all || r.catalog.IsSuperuser(w.start()) || w.has(o.Owner) {
		for _, privilege := range privilegesOf(r.catalog, o.ID.Kind) {
			seen[privilegeOn{o, "", privilege}] = true
		}
	}
	eachHolding(o, func(grantee, column string, privilege catalog.Privilege) {
		if all || grantee == catalog.Public || w.has(grantee) {
			seen[privilegeOn{o, column, privilege}] = true
		}
	})
	var out []Access
	for p := range seen {
		a := Access{Role: w.start(), Privilege: p.privilege, Object: o.ID, Column: p.column, Paths: r.paths(w, p), Options: r.optionPaths(w, p)}
		if !r.has(w, p) && (all || len(a.Options) > 0) {
			a.Could = r.couldHave(b, p)
		}
		if len(a.Paths) > 0 || a.Could != nil {
			out = append(out, a)
		}
	}
	return out
}

// optionPaths lists how a role has exactly this privilege WITH GRANT OPTION.
func (r *Reach) optionPaths(w *walk, p privilegeOn) []Path {
	var out []Path
	if r.catalog.IsSuperuser(w.start()) && p.column == "" {
		out = append(out, Path{Kind: BySuperuser})
	}
	for place, role := range w.roles {
		if p.column == "" && role == p.object.Owner && p.ownerMayGrant() || p.object.ACLOf(p.column).HasOption(role, p.privilege) {
			out = append(out, p.namedPath(w, place))
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
	acl := p.object.ACLOf(p.column)
	everybody := acl.Has(catalog.Public, p.privilege)
	for place, role := range w.roles {
		if place == 1 && everybody {
			out, everybody = append(out, Path{Kind: ByPublic}), false
		}
		if acl.Has(role, p.privilege) || p.column == "" && isImplied(role, p.object.ID.Kind, p.privilege) {
			out = append(out, p.namedPath(w, place))
		}
	}
	if everybody && w.start() != catalog.Public {
		out = append(out, Path{Kind: ByPublic})
	}
	return out
}

// Question is who has some privileges on an object.
type Question struct {
	Object catalog.ObjectID
	// Columns are those that are asked for; none: the object, and all columns on which something was granted.
	Columns    []string
	Privileges []catalog.Privilege
	// WithOption tells whether it is asked who may grant them.
	WithOption bool
}

// Who lists who has some privileges on an object, or on some of its columns, or could come to have them, and why: by
// role, PUBLIC first. Roles that have one only because everybody has it are not listed beside PUBLIC. The catalog has
// to show the members of all who hold something on the object, and the superusers.
func Who(c *catalog.Catalog, q Question) []Access {
	o := c.Objects[q.Object]
	if o == nil {
		return nil
	}
	columns := q.Columns
	if len(columns) == 0 {
		columns = append([]string{""}, o.ColumnNames()...)
	}
	r := NewReach(c)
	var out []Access
	for _, role := range append([]string{catalog.Public}, slices.Sorted(maps.Keys(c.Roles))...) {
		if !isOrdinary(role, c) {
			continue
		}
		asked := asking{Question: q, walk: r.newWalk(role, inheriting), become: sync.OnceValue(func() *becoming { return r.become(role) })}
		for _, column := range columns {
			for _, privilege := range q.Privileges {
				if a := r.answer(&asked, privilegeOn{o, column, privilege}); len(a.Paths) > 0 || a.Could != nil {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// asking is a question about one role. Most have no need to become another.
type asking struct {
	Question
	walk   *walk
	become func() *becoming
}

// answer says how a role has a privilege, or could come to have it. What of a column was not asked for by its name is
// told of the column alone.
func (r *Reach) answer(q *asking, p privilegeOn) Access {
	a := Access{Role: q.walk.start(), Privilege: p.privilege, Object: p.object.ID, Column: p.column}
	if !slices.Contains(privilegesOf(r.catalog, p.object.ID.Kind), p.privilege) {
		return a
	}
	places := []privilegeOn{p}
	if p.column != "" && len(q.Columns) > 0 {
		places = []privilegeOn{p.onObject(), p}
	}
	for _, at := range places {
		a.Paths = append(a.Paths, r.ownPaths(q.walk, at)...)
		a.Options = append(a.Options, r.optionPaths(q.walk, at)...)
	}
	if q.WithOption {
		a.Paths = a.Options
	}
	isAsked := p.column == "" || len(q.Columns) > 0
	switch {
	case len(a.Paths) > 0 || !isAsked || a.Role == catalog.Public:
	case q.WithOption:
		a.Could = r.couldGrant(q.become(), p)
	case !r.has(q.walk, p):
		a.Could = r.couldHave(q.become(), p)
	}
	return a
}

// ownPaths leaves out the one that all roles have.
func (r *Reach) ownPaths(w *walk, p privilegeOn) []Path {
	return slices.DeleteFunc(r.paths(w, p), func(path Path) bool { return path.Kind == ByPublic })
}

// key tells paths apart. No name holds a NUL.
func (p Path) key() string { return string(p.Kind) + "\x00" + strings.Join(p.Via, "\x00") }
