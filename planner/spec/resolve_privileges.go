package spec

import (
	"slices"

	"pgsr/planner/catalog"
)

// slotKey is one privilege on one object.
type slotKey struct {
	object    catalog.ObjectID
	privilege catalog.Privilege
}

// slot holds who is declared to have one privilege on one object, in the order of the spec.
type slot struct {
	// viaRole by way of a privilege role, direct on the object's ACL.
	viaRole, direct []roleAt
}

// roleAt is the place of a role in the spec. There may be a million of them, and a name takes four times the room.
type roleAt uint32

func (r *resolver) nameAt(at roleAt) string { return r.spec.Roles[at].Name }

// collectPrivileges writes every grant of the spec out as objects and privileges.
func (r *resolver) collectPrivileges() {
	for i, role := range r.spec.Roles {
		for _, grant := range role.Grants {
			for _, s := range r.slotsOf(grant, role.Name) {
				s.viaRole = appendNew(s.viaRole, roleAt(i))
			}
		}
		for _, grant := range role.DirectGrants {
			for _, s := range r.slotsOf(grant, role.Name) {
				s.direct = appendNew(s.direct, roleAt(i))
			}
		}
	}
}

// appendNew appends a role unless it was the last to be appended: the grants of a role come one after the other.
func appendNew(roles []roleAt, role roleAt) []roleAt {
	if len(roles) > 0 && roles[len(roles)-1] == role {
		return roles
	}
	return append(roles, role)
}

// slotsOf gives the slots that a grant stands for.
func (r *resolver) slotsOf(grant Grant, role string) []*slot {
	var out []*slot
	privileges := r.privileges(grant)
	named := r.named(grant.Target, role, grant.At)
	schemas := r.schemas(grant.Target, role, grant.At)
	for _, privilege := range privileges {
		for _, id := range named {
			out = append(out, r.slot(id, privilege))
		}
		for _, schema := range schemas {
			out = append(out, r.slotsIn(grant.Target, schema, privilege)...)
		}
	}
	return out
}

func (r *resolver) slot(id catalog.ObjectID, privilege catalog.Privilege) *slot {
	key := slotKey{id, privilege}
	s := r.slots[key]
	if s == nil {
		s = &slot{}
		r.slots[key] = s
	}
	return s
}

// slotsIn gives those of a schema's contents, looked up once for each pattern.
func (r *resolver) slotsIn(t Target, schema string, privilege catalog.Privilege) []*slot {
	key := contentSlotsKey{contentsOf(t, schema), privilege}
	found, known := r.contentSlots[key]
	if !known {
		for _, id := range r.contents(t, schema) {
			found = append(found, r.slot(id, privilege))
		}
		r.contentSlots[key] = found
	}
	return found
}

// privileges gives the privileges of a grant that the server has. The owner's default ACL says which there are:
// MAINTAIN, for one, came with 17.
func (r *resolver) privileges(grant Grant) []catalog.Privilege {
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

// decidePrivileges sets every ACL: what the spec's roles should not have goes, what they are declared to have directly comes.
func (r *resolver) decidePrivileges() {
	direct := r.declaredDirect()
	for id, object := range r.desired.Objects {
		declared := direct[id]
		acl := r.decideACL(object, object.ACL, declared)
		columns, changed := r.decideColumns(object)
		if changed || !slices.Equal(acl, object.ACL) {
			decided := *object
			decided.ACL, decided.Columns = acl, columns
			r.desired.Objects[id] = &decided
		}
	}
}

// declaredDirect gives the declared items of each object, without their grantor.
func (r *resolver) declaredDirect() map[catalog.ObjectID]map[catalog.Item]bool {
	out := map[catalog.ObjectID]map[catalog.Item]bool{}
	for key, slot := range r.slots {
		for _, at := range slot.direct {
			if out[key.object] == nil {
				out[key.object] = map[catalog.Item]bool{}
			}
			out[key.object][catalog.Item{Grantee: r.nameAt(at), Privilege: key.privilege}] = true
		}
	}
	return out
}

// decideACL gives the ACL that an object is to have.
func (r *resolver) decideACL(object *catalog.Object, acl catalog.ACL, declared map[catalog.Item]bool) catalog.ACL {
	if len(declared) == 0 && !slices.ContainsFunc(acl, func(i catalog.Item) bool { return r.decidesOver(object, i.Grantee) }) {
		return acl
	}
	kept := r.keep(object, acl, declared)
	all := kept
	for item := range declared {
		if !kept.Has(item.Grantee, item.Privilege) {
			item.Grantor = r.grantor(object, item.Privilege)
			all = append(all, item)
		}
	}
	return r.reanchor(object, acl, catalog.NewACL(all...))
}

// keep gives the items that may stay: those of other roles, and those that are declared, without grant option.
func (r *resolver) keep(object *catalog.Object, acl catalog.ACL, declared map[catalog.Item]bool) catalog.ACL {
	var kept catalog.ACL
	for _, item := range acl {
		if r.decidesOver(object, item.Grantee) {
			if !declared[catalog.Item{Grantee: item.Grantee, Privilege: item.Privilege}] {
				continue
			}
			item.Grantable = false
		}
		kept = append(kept, item)
	}
	return kept
}

// decideColumns takes the spec's roles out of the columns' ACLs: a spec declares no privileges on columns.
func (r *resolver) decideColumns(object *catalog.Object) (map[string]catalog.ACL, bool) {
	changed := false
	columns := make(map[string]catalog.ACL, len(object.Columns))
	for name, acl := range object.Columns {
		decided := r.decideACL(object, acl, nil)
		if changed = changed || !slices.Equal(decided, acl); len(decided) > 0 {
			columns[name] = decided
		}
	}
	if !changed {
		return object.Columns, false
	}
	return columns, true
}

// decidesOver tells whether the spec decides what a grantee has on an object. An owner's own entries are inherent: taking
// them away breaks the owner's work and foreign-key checks.
func (r *resolver) decidesOver(object *catalog.Object, grantee string) bool {
	return r.inScope(grantee) && grantee != object.Owner && !r.preserves(grantee, object.ID)
}

// preserves tells whether what a role was granted on an object is to be left alone.
func (r *resolver) preserves(role string, id catalog.ObjectID) bool {
	place, in := r.scope[role]
	return in && id.Schema != "" && slices.Contains(r.spec.Roles[place].PreserveInSchemas, id.Schema)
}

// grantor gives who will grant a privilege: the owner, or the connecting role by its grant option where it can not act for the owner.
func (r *resolver) grantor(object *catalog.Object, privilege catalog.Privilege) string {
	if !r.actor.MayActFor(object.Owner) && object.ACL.HasOption(r.actor.Name, privilege) {
		return r.actor.Name
	}
	return object.Owner
}

// reanchor lets the owner grant what was granted by someone who is to lose the grant option: a REVOKE would else fail, or take the
// privilege from roles that the spec does not decide over. The same goes for a grantor as whom nothing can be revoked: its
// grant option is taken away for the moment, and all that it granted with it; and for one who has lost it already, and gets it for the moment.
func (r *resolver) reanchor(object *catalog.Object, before, after catalog.ACL) catalog.ACL {
	owner := object.Owner
	shaken := map[catalog.Item]bool{}
	key := func(i catalog.Item) catalog.Item { return catalog.Item{Grantor: i.Grantor, Privilege: i.Privilege} }
	for _, item := range before.Without(after) {
		mayRevoke := before.HasOption(item.Grantor, item.Privilege) || object.ACL.HasOption(item.Grantor, item.Privilege)
		if item.Grantor != owner && !(mayRevoke && r.actor.MayRevokeAs(item.Grantor, owner)) {
			shaken[key(item)] = true
		}
	}
	items := slices.Clone(after)
	for i, item := range items {
		lost := before.HasOption(item.Grantor, item.Privilege) && !after.HasOption(item.Grantor, item.Privilege)
		if item.Grantor != owner && (lost || shaken[key(item)]) {
			items[i].Grantor = owner
		}
	}
	return catalog.NewACL(items...)
}
