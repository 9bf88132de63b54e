package resolve

import (
	"cmp"
	"iter"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// declaration says which roles of the spec are to have one privilege on one object, in the order of the spec. There may
// be hundreds of thousands: the fields that are looked at for each grant come first, in one place of memory.
type declaration struct {
	privilege catalog.Privilege
	// viaRole are to have it by way of a privilege role, direct on the object's ACL.
	viaRole []specRoleIndex
	// next is that of another privilege on the object: there are few, and an object is looked up once for all of them.
	next   *declaration
	direct []specRoleIndex
	// privilegeRoles are the privilege roles that there are for it.
	privilegeRoles []string
	object         catalog.ObjectID
}

// specRoleIndex is the place of a role in the spec. There may be a million of them, and a name takes four times the
// room.
type specRoleIndex uint32

func (r *resolver) nameAt(at specRoleIndex) string { return r.spec.Roles[at].Name }

// of gives the declaration of a privilege among those of an object; nil if there is none.
func (d *declaration) of(privilege catalog.Privilege) *declaration {
	for d != nil && d.privilege != privilege {
		d = d.next
	}
	return d
}

// compare orders declarations by object and privilege.
func (d *declaration) compare(other *declaration) int {
	return cmp.Or(d.object.Compare(other.object), cmp.Compare(d.privilege, other.privilege))
}

// isDirect tells, of an object's declarations, whether a role is to have the privilege on the object's ACL.
func (d *declaration) isDirect(at specRoleIndex, privilege catalog.Privilege) bool {
	found := d.of(privilege)
	if found == nil {
		return false
	}
	_, is := slices.BinarySearch(found.direct, at)
	return is
}

// collectDeclarations writes every grant of the spec out as objects and privileges.
func (r *resolver) collectDeclarations() {
	for i := range r.spec.Roles {
		role, at := &r.spec.Roles[i], specRoleIndex(i)
		for i := range role.Grants {
			r.collect(&role.Grants[i], role.Name, func(d *declaration) { d.viaRole = appendNew(d.viaRole, at) })
		}
		for i := range role.DirectGrants {
			r.collect(&role.DirectGrants[i], role.Name, func(d *declaration) { d.direct = appendNew(d.direct, at) })
			if role.DirectGrants[i].Target.Future != nil {
				r.collectFuture(&role.DirectGrants[i], role.Name)
			}
		}
	}
}

// collect gives each declaration that a grant stands for to add.
func (r *resolver) collect(grant *spec.Grant, role string, add func(*declaration)) {
	privileges := r.privileges(grant)
	for _, id := range r.objectsOf(&grant.Target, role, grant.At) {
		first := r.declared[id]
		if first == nil && !r.isGrantable(id, role, grant.At) {
			continue
		}
		for _, privilege := range privileges {
			var d *declaration
			d, first = r.declare(first, id, privilege)
			add(d)
		}
	}
	for _, schema := range r.schemas(grant.Target, role, grant.At) {
		for _, privilege := range privileges {
			found := r.declareContents(grant.Target, schema, privilege)
			if grant.Target.Matching != nil && len(found) == 0 {
				r.noteNoMatch(grant.Target, schema, role, grant.At)
				break
			}
			for _, d := range found {
				add(d)
			}
		}
	}
}

// isGrantable tells whether an object is there on which something can be granted, and notes if not.
func (r *resolver) isGrantable(id catalog.ObjectID, role string, at spec.Position) bool {
	object := r.desired.Objects[id]
	switch {
	case object == nil:
		r.noteMissingObject(id, role, at)
	case object.Refused != "":
		r.fail(at, "nothing can be granted on %s: %s", id, object.Refused)
	default:
		return true
	}
	return false
}

// declare gives the declaration of a privilege on an object whose first one is known, nil if there is none yet; and
// which is the first then.
func (r *resolver) declare(first *declaration, id catalog.ObjectID, privilege catalog.Privilege) (found, newFirst *declaration) {
	if found = first.of(privilege); found != nil {
		return found, first
	}
	found = &declaration{object: id, privilege: privilege, next: first}
	r.declared[id] = found
	return found, found
}

// privilegeOnContents is a privilege on what a target means in one schema.
type privilegeOnContents struct {
	contentsKey
	privilege catalog.Privilege
}

// declareContents gives the declarations on what a target means in a schema, looked up once for each pattern.
func (r *resolver) declareContents(t spec.Target, schema string, privilege catalog.Privilege) []*declaration {
	key := privilegeOnContents{contentsOf(t, schema), privilege}
	found, known := r.declaredContents[key]
	if !known {
		for _, id := range r.contents(t, schema) {
			d, _ := r.declare(r.declared[id], id, privilege)
			found = append(found, d)
		}
		r.declaredContents[key] = found
	}
	return found
}

// eachDeclaration gives all declarations, in no order.
func (r *resolver) eachDeclaration() iter.Seq[*declaration] {
	return func(yield func(*declaration) bool) {
		for _, first := range r.declared {
			for d := first; d != nil; d = d.next {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// appendNew appends a role unless it was the last to be appended: the grants of a role come one after the other.
func appendNew(roles []specRoleIndex, role specRoleIndex) []specRoleIndex {
	switch {
	case roles == nil:
		roles = make([]specRoleIndex, 0, 8) // where one role has something, some others mostly have it as well
	case roles[len(roles)-1] == role:
		return roles
	}
	return append(roles, role)
}

// privileges gives the privileges of a grant that the server has. The owner's default ACL says which there are:
// MAINTAIN, for one, came with 17.
func (r *resolver) privileges(grant *spec.Grant) []catalog.Privilege {
	kind := grant.Target.Kind
	if !grant.AllPrivileges {
		for _, privilege := range grant.Privileges {
			if !r.serverHas(kind, privilege) {
				r.fail(grant.At, "PostgreSQL %d has no privilege %s on a %s", r.current.Server.Major(), privilege, kind)
			}
		}
		return grant.Privileges
	}
	var all []catalog.Privilege
	for _, privilege := range kind.Info().Privileges {
		if r.serverHas(kind, privilege) {
			all = append(all, privilege)
		}
	}
	return all
}

func (r *resolver) serverHas(kind catalog.Kind, privilege catalog.Privilege) bool {
	return r.current.Server.Defaults[kind].Has(catalog.Owner, privilege)
}
