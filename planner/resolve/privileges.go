package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// collectPrivileges writes every grant of the spec out as objects and privileges.
func (r *resolver) collectPrivileges() {
	for i := range r.spec.Roles {
		role, at := &r.spec.Roles[i], roleAt(i)
		for i := range role.Grants {
			r.collect(&role.Grants[i], role.Name, func(s *slot) { s.viaRole = appendNew(s.viaRole, at) })
		}
		for i := range role.DirectGrants {
			r.collect(&role.DirectGrants[i], role.Name, func(s *slot) { s.direct = appendNew(s.direct, at) })
		}
	}
}

// collect gives each slot that a grant stands for to add.
func (r *resolver) collect(grant *spec.Grant, role string, add func(*slot)) {
	privileges := r.privileges(grant)
	for i := range grant.Target.Objects {
		id := &grant.Target.Objects[i]
		first := r.firstSlot(id)
		if first == nil && r.desired.Objects[*id] == nil {
			r.missObject(*id, role, grant.At)
			continue
		}
		for _, privilege := range privileges {
			var s *slot
			s, first = r.slot(first, id, privilege)
			add(s)
		}
	}
	for _, schema := range r.schemas(grant.Target, role, grant.At) {
		for _, privilege := range privileges {
			slots := r.slotsIn(grant.Target, schema, privilege)
			if grant.Target.Matching != nil && len(slots) == 0 {
				r.missMatches(grant.Target, schema, role, grant.At)
				break
			}
			for _, s := range slots {
				add(s)
			}
		}
	}
}

// slotsIn gives those of a schema's contents, looked up once for each pattern.
func (r *resolver) slotsIn(t spec.Target, schema string, privilege catalog.Privilege) []*slot {
	key := contentSlotsKey{contentsOf(t, schema), privilege}
	found, known := r.contentSlots[key]
	if !known {
		for _, id := range r.contents(t, schema) {
			s, _ := r.slot(r.firstSlot(&id), &id, privilege)
			found = append(found, s)
		}
		r.contentSlots[key] = found
	}
	return found
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

// decidePrivileges sets every ACL: what the spec's roles should not have goes, what they are declared to have
// directly comes. On the way it finds the privilege roles that there are.
func (r *resolver) decidePrivileges() {
	for id, object := range r.desired.Objects {
		declared := r.firstSlot(&id)
		r.findHolders(object.ACL, declared)
		acl := r.decideACL(object, object.ACL, declared)
		columns, changed := r.decideColumns(object)
		if changed || !slices.Equal(acl, object.ACL) {
			decided := *object
			decided.ACL, decided.Columns = acl, columns
			r.desired.Objects[id] = &decided
		}
	}
}

// decideACL gives the ACL that an object is to have, by the slots of what is declared on it.
func (r *resolver) decideACL(object *catalog.Object, acl catalog.ACL, declared *slot) catalog.ACL {
	if r.isDecided(object, acl, declared) {
		return acl
	}
	kept := r.keep(object, acl, declared)
	all := kept
	for s := declared; s != nil; s = s.next {
		for _, at := range s.direct {
			item := catalog.Item{Grantee: r.nameAt(at), Privilege: s.privilege}
			if !kept.Has(item.Grantee, item.Privilege) {
				item.Grantor = r.grantor(object, item.Privilege)
				all = append(all, item)
			}
		}
	}
	return r.reanchor(object, acl, catalog.NewACL(all...))
}

// isDecided tells whether an ACL is what it is to be already, which most are. An ACL has its items by grantee and
// privilege.
func (r *resolver) isDecided(object *catalog.Object, acl catalog.ACL, declared *slot) bool {
	lacking := 0
	for s := declared; s != nil; s = s.next {
		lacking += len(s.direct)
	}
	var place int
	var inScope, decides bool
	for i, item := range acl {
		isNewGrantee := i == 0 || acl[i-1].Grantee != item.Grantee
		if isNewGrantee {
			place, inScope = r.scope[item.Grantee]
			decides = inScope && r.decidesOver(object, item.Grantee)
		}
		isDeclared := inScope && declared.isDirect(roleAt(place), item.Privilege)
		if decides && (!isDeclared || item.Grantable) {
			return false
		}
		if isDeclared && (isNewGrantee || acl[i-1].Privilege != item.Privilege) {
			lacking--
		}
	}
	return lacking == 0
}

// keep gives the items that may stay: those of other roles, and those that are declared, without grant option.
func (r *resolver) keep(object *catalog.Object, acl catalog.ACL, declared *slot) catalog.ACL {
	var kept catalog.ACL
	for _, item := range acl {
		if r.decidesOver(object, item.Grantee) {
			if !declared.isDirect(roleAt(r.scope[item.Grantee]), item.Privilege) {
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
	if len(object.Columns) == 0 {
		return object.Columns, false
	}
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

// decidesOver tells whether the spec decides what a grantee has on an object. An owner's own entries are inherent:
// taking them away breaks the owner's work and foreign-key checks.
func (r *resolver) decidesOver(object *catalog.Object, grantee string) bool {
	return r.inScope(grantee) && grantee != object.Owner && !r.preserves(grantee, object.ID)
}

// grantor gives who will grant a privilege: the owner, or the connecting role by its grant option where it can not
// act for the owner.
func (r *resolver) grantor(object *catalog.Object, privilege catalog.Privilege) string {
	if !r.actor.MayActFor(object.Owner) && object.ACL.HasOption(r.actor.Name, privilege) {
		return r.actor.Name
	}
	return object.Owner
}

// reanchor lets the owner grant what was granted by someone who is to lose the grant option: a REVOKE would else
// fail, or take the privilege from roles that the spec does not decide over. The same goes for a grantor as whom
// nothing can be revoked: its grant option is taken away for the moment, and all that it granted with it; and for one
// who has lost it already, and gets it for the moment.
func (r *resolver) reanchor(object *catalog.Object, before, after catalog.ACL) catalog.ACL {
	owner := object.Owner
	if !slices.ContainsFunc(after, func(i catalog.Item) bool { return i.Grantor != owner }) {
		return after
	}
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
