package resolve

import (
	"slices"

	"pgsr/planner/catalog"
)

// decidePrivileges sets every ACL: what the spec's roles should not have goes, what they are declared to have directly
// comes. On the way it finds the privilege roles that there are.
func (r *resolver) decidePrivileges() {
	for id, object := range r.desired.Objects {
		if object.Refused != "" { // neither can anything be revoked
			continue
		}
		declared := r.declared[id]
		r.findPrivilegeRoles(object.ACL, declared)
		acl := r.decideACL(object, object.ACL, declared)
		columns, changed := r.decideColumns(object)
		if changed || !slices.Equal(acl, object.ACL) {
			decided := *object
			decided.ACL, decided.Columns = acl, columns
			r.desired.Objects[id] = &decided
		}
	}
}

// decideACL gives the ACL that an object is to have by its declarations.
func (r *resolver) decideACL(object *catalog.Object, acl catalog.ACL, declared *declaration) catalog.ACL {
	if r.isDecided(object, acl, declared) {
		return acl
	}
	kept := r.keepItems(object, acl, declared)
	all := kept
	for d := declared; d != nil; d = d.next {
		for _, at := range d.direct {
			item := catalog.Item{Grantee: r.nameAt(at), Privilege: d.privilege}
			if !kept.Has(item.Grantee, item.Privilege) {
				item.Grantor = r.grantor(object, item.Privilege)
				all = append(all, item)
			}
		}
	}
	return r.regrantByOwner(object, acl, catalog.NewACL(all...))
}

// isDecided tells whether an ACL is what it is to be already, which most are. An ACL has its items by grantee and
// privilege.
func (r *resolver) isDecided(object *catalog.Object, acl catalog.ACL, declared *declaration) bool {
	lacking := 0
	for d := declared; d != nil; d = d.next {
		lacking += len(d.direct)
	}
	var place int
	var inScope, decides bool
	for i, item := range acl {
		isNewGrantee := i == 0 || acl[i-1].Grantee != item.Grantee
		if isNewGrantee {
			place, inScope = r.scope[item.Grantee]
			decides = inScope && r.decidesOver(object, item.Grantee)
		}
		isDeclared := inScope && declared.isDirect(specRoleIndex(place), item.Privilege)
		if decides && (!isDeclared || item.Grantable) {
			if comes, withOption := r.comesByDefault(object, item.Grantee, item.Privilege); !comes && !isDeclared || item.Grantable && !withOption {
				return false
			}
		}
		if isDeclared && (isNewGrantee || acl[i-1].Privilege != item.Privilege) {
			lacking--
		}
	}
	return lacking == 0
}

// keepItems gives the items that may stay: those of other roles, and those that are declared, without grant option.
func (r *resolver) keepItems(object *catalog.Object, acl catalog.ACL, declared *declaration) catalog.ACL {
	var kept catalog.ACL
	for _, item := range acl {
		if r.decidesOver(object, item.Grantee) {
			comes, withOption := r.comesByDefault(object, item.Grantee, item.Privilege)
			if !comes && !declared.isDirect(specRoleIndex(r.scope[item.Grantee]), item.Privilege) {
				continue
			}
			item.Grantable = item.Grantable && withOption
		}
		kept = append(kept, item)
	}
	return kept
}

// decideColumns takes the spec's roles out of the columns' ACLs: a spec declares no privileges on columns.
func (r *resolver) decideColumns(object *catalog.Object) (columns map[string]catalog.ACL, changed bool) {
	if len(object.Columns) == 0 {
		return object.Columns, false
	}
	columns = make(map[string]catalog.ACL, len(object.Columns))
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

// grantor gives who will grant a privilege: the owner. The connecting role grants by its own grant option if it can not
// act for the owner.
func (r *resolver) grantor(object *catalog.Object, privilege catalog.Privilege) string {
	if !r.actor.MayActFor(object.Owner) && object.ACL.HasOption(r.actor.Name, privilege) {
		return r.actor.Name
	}
	return object.Owner
}

// grantOption is the grant option that someone has on a privilege.
type grantOption struct {
	grantor   string
	privilege catalog.Privilege
}

// regrantByOwner lets the owner grant what depends on a grant option that goes, or that is taken away for the moment.
// A REVOKE of the option would else fail, or take the privilege from roles that the spec does not decide over.
// https://www.postgresql.org/docs/current/sql-revoke.html
func (r *resolver) regrantByOwner(object *catalog.Object, before, after catalog.ACL) catalog.ACL {
	owner := object.Owner
	if !slices.ContainsFunc(after, func(i catalog.Item) bool { return i.Grantor != owner }) {
		return after
	}
	interrupted := r.interruptedOptions(object, before, after)
	items := slices.Clone(after)
	for i, item := range items {
		isLost := before.HasOption(item.Grantor, item.Privilege) && !after.HasOption(item.Grantor, item.Privilege)
		if item.Grantor != owner && (isLost || interrupted[grantOption{item.Grantor, item.Privilege}]) {
			items[i].Grantor = owner
		}
	}
	return catalog.NewACL(items...)
}

// interruptedOptions are grant options by which something was granted that is to go. They are revoked with CASCADE and
// given back, because nobody can act as their holder to revoke what it granted. An option that is lost already is one
// of them: its holder gets it for the moment.
func (r *resolver) interruptedOptions(object *catalog.Object, before, after catalog.ACL) map[grantOption]bool {
	interrupted := map[grantOption]bool{}
	for _, item := range before.Without(after) {
		hasOption := before.HasOption(item.Grantor, item.Privilege) || object.ACL.HasOption(item.Grantor, item.Privilege)
		if item.Grantor != object.Owner && !(hasOption && r.actor.MayRevokeAs(item.Grantor, object.Owner)) {
			interrupted[grantOption{item.Grantor, item.Privilege}] = true
		}
	}
	return interrupted
}
