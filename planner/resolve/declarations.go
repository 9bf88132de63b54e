package resolve

import (
	"cmp"
	"iter"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// declaration says which roles of the spec are to have one privilege on one object, or on one of its columns. Roles are
// in the order of the spec. There may be hundreds of thousands of declarations, so the fields that are read for each
// grant come first, close together in memory.
type declaration struct {
	privilege catalog.Privilege
	// column is empty for the object itself.
	column string
	// viaRole are to have it by way of a privilege role, direct on the object's ACL.
	viaRole []specRoleIndex
	// next is the declaration of another privilege on the same object. The list is short, and one look-up of the object
	// finds all of it.
	next   *declaration
	direct []specRoleIndex
	// withOption are those of direct that are to have the grant option.
	withOption []specRoleIndex
	// privilegeRoles are the existing privilege roles that hold this privilege on this object.
	privilegeRoles []string
	// public is what PUBLIC is to have or to lose; nil: the spec does not say.
	public *publicClaim
	object catalog.ObjectID
}

// declarations are what the spec's phrases give and take.
type declarations struct {
	// declared holds the head of each object's list. DeclaredContents remembers the declarations of patterns and ALL.
	declared         map[catalog.ObjectID]*declaration
	declaredContents map[privilegeOnContents][]*declaration
	futures          futures
	// futureRevokes are the default privileges that PUBLIC is to lose, each with the first phrase that says so.
	futureRevokes map[futurePrivilege]*spec.Grant
}

func newDeclarations() declarations {
	return declarations{
		declared: map[catalog.ObjectID]*declaration{}, declaredContents: map[privilegeOnContents][]*declaration{},
		futures: futures{}, futureRevokes: map[futurePrivilege]*spec.Grant{},
	}
}

// specRoleIndex is the place of a role in the spec. There may be a million of them, and a name takes four times the
// room.
type specRoleIndex uint32

func (r *resolver) nameAt(at specRoleIndex) string { return r.spec.Roles[at].Name }

// of finds the declaration of a privilege on the object or on one of its columns, in an object's list; nil: there is
// none.
func (d *declaration) of(column string, privilege catalog.Privilege) *declaration {
	for d != nil && (d.privilege != privilege || d.column != column) {
		d = d.next
	}
	return d
}

// compare orders declarations by object, column and privilege.
func (d *declaration) compare(other *declaration) int {
	return cmp.Or(d.object.Compare(other.object), cmp.Compare(d.column, other.column), cmp.Compare(d.privilege, other.privilege))
}

// directly tells whether a role is to have a privilege by an item of the object's own ACL, and whether with grant
// option.
func (d *declaration) directly(at specRoleIndex, column string, privilege catalog.Privilege) (declared, withOption bool) {
	found := d.of(column, privilege)
	if found == nil {
		return false, false
	}
	_, declared = slices.BinarySearch(found.direct, at)
	_, withOption = slices.BinarySearch(found.withOption, at)
	return declared, withOption
}

// collectDeclarations writes every grant of the spec out as objects and privileges.
func (r *resolver) collectDeclarations() {
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		for grant := range r.lasting(role.Grants) {
			r.collect(grant, role.Name, func(d *declaration) { r.declareViaRole(d, specRoleIndex(i), grant) })
		}
		for grant := range r.lasting(role.DirectGrants) {
			r.collect(grant, role.Name, func(d *declaration) { r.declareDirect(d, specRoleIndex(i), grant) })
			if grant.Target.Future != nil {
				r.collectFuture(grant, role.Name)
			}
		}
	}
	r.collectPublic()
	r.noteUnfoundExceptions()
}

// anyLasts tells whether one of the grants has not ended.
func (r *resolver) anyLasts(grants []spec.Grant) bool {
	return slices.ContainsFunc(grants, func(g spec.Grant) bool { return !r.hasEnded(g.Until) })
}

// lasting gives the grants that have not ended: first those that never end, then those that end last. So what a later
// grant adds to the earlier ones is what its role loses when that grant ends.
func (r *resolver) lasting(grants []spec.Grant) iter.Seq[*spec.Grant] {
	return func(yield func(*spec.Grant) bool) {
		var ending []*spec.Grant
		for i := range grants {
			switch grant := &grants[i]; {
			case grant.Until == nil:
				if !yield(grant) {
					return
				}
			case !r.hasEnded(grant.Until):
				ending = append(ending, grant)
			}
		}
		slices.SortStableFunc(ending, func(a, b *spec.Grant) int { return b.Until.Compare(*a.Until) })
		for _, grant := range ending {
			if !yield(grant) {
				return
			}
		}
	}
}

// declareViaRole declares that a role is to have something by way of a privilege role.
func (r *resolver) declareViaRole(d *declaration, at specRoleIndex, grant *spec.Grant) {
	var isNew bool
	if d.viaRole, isNew = appendNew(d.viaRole, at); isNew && grant.Until != nil {
		r.noteEndOf(grant, at, func() bool {
			return !slices.ContainsFunc(d.privilegeRoles, func(role string) bool {
				_, is := r.currentMembers(role)[r.nameAt(at)]
				return is
			})
		})
	}
}

// declareDirect declares that a role is to have something on the object's ACL.
func (r *resolver) declareDirect(d *declaration, at specRoleIndex, grant *spec.Grant) {
	var isNew, isNewOption bool
	d.direct, isNew = appendNew(d.direct, at)
	if grant.WithOption {
		d.withOption, isNewOption = appendNew(d.withOption, at)
	}
	if grant.Until != nil && (isNew || isNewOption) {
		r.noteEndOf(grant, at, func() bool {
			object, acl := r.current.Objects[d.object], catalog.ACL(nil)
			if object != nil {
				acl = object.ACLOf(d.column)
			}
			return !acl.Has(r.nameAt(at), d.privilege) || isNewOption && !acl.HasOption(r.nameAt(at), d.privilege)
		})
	}
}

func (r *resolver) noteEndOf(grant *spec.Grant, at specRoleIndex, isNew func() bool) {
	r.noteEnd(End{At: grant.At, Role: r.nameAt(at), What: grant.Text, Until: *grant.Until}, isNew)
}

// collect calls add with each declaration that a grant stands for.
func (r *resolver) collect(grant *spec.Grant, role string, add func(*declaration)) {
	if grant.Columns != nil {
		r.collectColumns(grant, role, add)
		return
	}
	privileges := r.privileges(grant)
	for _, id := range r.objectsOf(&grant.Target, grant.At) {
		first := r.declared[id]
		if first == nil && !r.isGrantable(id, role, &grant.Target, grant.At) {
			continue
		}
		for _, privilege := range privileges {
			var d *declaration
			d, first = r.declare(first, id, "", privilege)
			add(d)
		}
	}
	for _, schema := range r.places(grant.Target, role, grant.At) {
		if r.contents(grant.Target, schema).isNothing {
			r.noteNoMatch(grant.Target, schema, role, grant.At)
			continue
		}
		for _, privilege := range privileges {
			for _, d := range r.declareContents(grant.Target, schema, privilege) {
				add(d)
			}
		}
	}
}

// isGrantable tells whether an object exists and allows GRANT, and notes the problem if not.
func (r *resolver) isGrantable(id catalog.ObjectID, role string, t *spec.Target, at spec.Position) bool {
	object := r.desired.Objects[id]
	switch {
	case object == nil:
		r.noteMissingObject(id, role, t, at)
	case r.ignored.has(object):
		r.fail(at, "%s is under ignore, so that nothing can be granted on it: take one of both out", id)
	case object.Refused != "":
		r.fail(at, "nothing can be granted on %s: %s", id, object.Refused)
	default:
		return true
	}
	return false
}

// declare finds or makes the declaration of a privilege on an object. It takes and gives the head of the object's list,
// which a new declaration becomes.
func (all *declarations) declare(first *declaration, id catalog.ObjectID, column string, privilege catalog.Privilege) (found, newFirst *declaration) {
	if found = first.of(column, privilege); found != nil {
		return found, first
	}
	found = &declaration{object: id, column: column, privilege: privilege, next: first}
	all.declared[id] = found
	return found, found
}

// privilegeOnContents is one privilege on all objects that a target matches in one schema.
type privilegeOnContents struct {
	contentsKey
	privilege catalog.Privilege
}

// declareContents gives the declarations for all objects that a target matches in a schema, and remembers them by
// pattern.
func (r *resolver) declareContents(t spec.Target, schema string, privilege catalog.Privilege) []*declaration {
	key := privilegeOnContents{contentsOf(t, schema), privilege}
	found, known := r.declaredContents[key]
	if !known {
		for _, id := range r.contents(t, schema).objects {
			d, _ := r.declare(r.declared[id], id, "", privilege)
			found = append(found, d)
		}
		r.declaredContents[key] = found
	}
	return found
}

// eachDeclaration gives all declarations, in no order.
func (all *declarations) eachDeclaration() iter.Seq[*declaration] {
	return func(yield func(*declaration) bool) {
		for _, first := range all.declared {
			for d := first; d != nil; d = d.next {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// appendNew appends a role unless it is the last one already, and tells whether it did. That finds all duplicates, for
// the grants of a role come one after the other.
func appendNew(roles []specRoleIndex, role specRoleIndex) (all []specRoleIndex, isNew bool) {
	switch {
	case roles == nil:
		roles = make([]specRoleIndex, 0, 8) // where one role has something, some others mostly have it as well
	case roles[len(roles)-1] == role:
		return roles, false
	}
	return append(roles, role), true
}

// privileges gives those privileges of a grant that the server knows. The owner's default ACL shows which it knows:
// MAINTAIN, for one, came with 17.
func (r *resolver) privileges(grant *spec.Grant) []catalog.Privilege {
	kind := grant.Target.Kind
	if !grant.AllPrivileges {
		for _, privilege := range grant.Privileges {
			if !r.serverHas(kind, privilege) && kind.Info().From <= r.current.Server.Major() {
				r.fail(grant.At, "PostgreSQL %d has no privilege %s on a %s", r.current.Server.Major(), privilege, kind)
			}
		}
		return grant.Privileges
	}
	return lists.Filter(kind.Info().Privileges, func(privilege catalog.Privilege) bool { return r.serverHas(kind, privilege) })
}

func (r *resolver) serverHas(kind catalog.Kind, privilege catalog.Privilege) bool {
	return r.current.Server.Defaults[kind].Has(catalog.Owner, privilege)
}
