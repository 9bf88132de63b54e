package resolve

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// decidePrivileges sets every ACL: it drops what the spec's roles should not have, and adds their direct grants. On the
// way it finds the existing privilege roles.
func (r *resolver) decidePrivileges() {
	for id, object := range r.desired.Objects {
		if object.Refused != "" || r.ignored.has(object) { // of what is refused nothing can be revoked either
			continue
		}
		if r.spec.Local && id.Kind.Info().Shared {
			continue
		}
		declared := r.declared[id]
		r.findPrivilegeRoles(object, declared)
		acl := r.decideACL(object, "", declared, nil)
		columns, changed := r.decideColumns(object, declared, acl)
		if changed || !slices.Equal(acl, object.ACL) {
			decided := *object
			decided.ACL, decided.Columns = acl, columns
			r.desired.Objects[id] = &decided
		}
	}
}

// decideACL gives the ACL that the declarations want for an object, or for one of its columns. For a column, ofTable is
// the ACL decided for its table.
func (r *resolver) decideACL(object *catalog.Object, column string, declared *declaration, ofTable catalog.ACL) catalog.ACL {
	acl := object.ACLOf(column)
	if r.isDecided(object, column, declared) && r.isPublicDecided(object, column, declared) && (column == "" || slices.Equal(ofTable, object.ACL)) {
		return acl
	}
	kept := r.keepItems(object, column, declared)
	all := slices.Clone(kept)
	for d := declared; d != nil; d = d.next {
		if d.column != column {
			continue
		}
		for _, at := range d.direct {
			name := r.nameAt(at)
			if column != "" && name == object.Owner && ofTable.Has(name, d.privilege) { // which nothing takes from it
				continue
			}
			_, withOption := slices.BinarySearch(d.withOption, at)
			withOption = withOption && name != object.Owner // who can grant it anyway
			if !kept.Has(name, d.privilege) || withOption && !kept.HasOption(name, d.privilege) {
				all = append(all, catalog.Item{Grantee: name, Grantor: r.grantor(object, column, d.privilege), Privilege: d.privilege, Grantable: withOption})
			}
		}
	}
	return r.regrantByOwner(object, column, r.decidePublic(catalog.NewACL(all...), object, column, declared), ofTable)
}

// isDecided tells whether an ACL is already as it is to be, as most are. It relies on the order of an ACL: by grantee,
// then privilege.
func (r *resolver) isDecided(object *catalog.Object, column string, declared *declaration) bool {
	lacking := 0
	for d := declared; d != nil; d = d.next {
		if d.column == column {
			lacking += len(d.direct)
		}
	}
	acl := object.ACLOf(column)
	var place int
	var inScope, decides, isFulfilled bool
	for i, item := range acl {
		isNewGrantee := i == 0 || acl[i-1].Grantee != item.Grantee
		if isNewGrantee {
			place, inScope = r.scope[item.Grantee]
			decides = inScope && r.decidesOver(object, item.Grantee)
		}
		isDeclared, withOption := false, false
		if inScope {
			isDeclared, withOption = declared.directly(specRoleIndex(place), column, item.Privilege)
		}
		if decides && (!isDeclared || item.Grantable && !withOption) {
			if may, mayGrant := r.mayKeep(object, column, declared, item); !may || item.Grantable && !mayGrant {
				return false
			}
		}
		if isNewGrantee || acl[i-1].Privilege != item.Privilege {
			isFulfilled = false
		}
		if isDeclared && !isFulfilled && (!withOption || item.Grantable || item.Grantee == object.Owner) {
			lacking, isFulfilled = lacking-1, true
		}
	}
	return lacking == 0
}

// keepItems gives the items that may stay: those of grantees over whom the spec does not decide, and the declared ones.
// The grant option goes where it is not declared.
func (r *resolver) keepItems(object *catalog.Object, column string, declared *declaration) catalog.ACL {
	var kept catalog.ACL
	for _, item := range object.ACLOf(column) {
		if r.decidesOver(object, item.Grantee) {
			may, withOption := r.mayKeep(object, column, declared, item)
			if !may {
				continue
			}
			item.Grantable = item.Grantable && withOption
		}
		kept = append(kept, item)
	}
	return kept
}

// mayKeep tells whether a role of the spec may keep an item, and whether with grant option. It may where the item is
// declared, where default privileges give it (these know no columns), and where the script of an extension granted it.
//
// A privilege that only a later version has stays: no statement of pgsr could name it.
func (r *resolver) mayKeep(object *catalog.Object, column string, declared *declaration, item catalog.Item) (may, withOption bool) {
	if _, leaves := r.leavers[item.Grantee]; !leaves && !isKnown(object.ID.Kind, column, item.Privilege) {
		return true, item.Grantable
	}
	may, withOption = declared.directly(specRoleIndex(r.scope[item.Grantee]), column, item.Privilege)
	if column == "" && !withOption {
		comes, option := r.comesByDefault(object, item.Grantee, item.Privilege)
		may, withOption = may || comes, option
	}
	return may || object.Init.Has(item.Grantee, item.Privilege), withOption || object.Init.HasOption(item.Grantee, item.Privilege)
}

// holdsUnknown tells whether a privilege role holds a privilege, or is on a kind of object, that only a later version
// has. Its members stay, as everything does that only a later version has.
func holdsUnknown(role *catalog.Role) bool {
	return role != nil && (role.HoldsUnknown || holdsUnknownPrivilege(role))
}

func holdsUnknownPrivilege(role *catalog.Role) bool {
	return role != nil && role.Holds != nil && !isKnown(role.Holds.Object.Kind, role.Holds.Column, role.Holds.Privilege)
}

// isKnown tells whether a privilege on objects of a kind, or on their columns, is one that pgsr knows.
func isKnown(kind catalog.Kind, column string, privilege catalog.Privilege) bool {
	known := kind.Info().Privileges
	if column != "" {
		known = kind.Info().ColumnPrivileges
	}
	return slices.Contains(known, privilege)
}

// decideColumns gives the ACLs of those columns that have one or are to have one.
func (r *resolver) decideColumns(object *catalog.Object, declared *declaration, ofTable catalog.ACL) (columns map[string]catalog.ACL, changed bool) {
	columns = object.Columns
	decide := func(name string) {
		decided := r.decideACL(object, name, declared, ofTable)
		if slices.Equal(decided, columns[name]) {
			return
		}
		if !changed {
			columns, changed = maps.Clone(columns), true
		}
		if len(decided) == 0 {
			delete(columns, name)
			return
		}
		if columns == nil {
			columns = map[string]catalog.ACL{}
		}
		columns[name] = decided
	}
	for name := range object.Columns {
		decide(name)
	}
	for d := declared; d != nil; d = d.next {
		if d.column != "" && (len(d.direct) > 0 || d.public != nil) && object.Columns[d.column] == nil {
			decide(d.column)
		}
	}
	return columns, changed
}

// decidesOver tells whether the spec decides what a grantee has on an object. It does not decide over the owner's own
// items: without them the owner's work and foreign-key checks fail.
func (r *resolver) decidesOver(object *catalog.Object, grantee string) bool {
	return r.inScope(grantee) && grantee != object.Owner && !r.preserves(grantee, object.ID)
}

// grantor gives the grantor of a new item: the owner, or the connecting role if it cannot act for the owner and has the
// grant option itself.
func (r *resolver) grantor(object *catalog.Object, column string, privilege catalog.Privilege) string {
	if !r.actor.MayActFor(object.Owner) && hasOptionOn(object, column, r.actor.Name, privilege) {
		return r.actor.Name
	}
	return object.Owner
}

type grantOption struct {
	grantor   string
	privilege catalog.Privilege
}

// hasOptionOn tells whether a role has the grant option for a privilege on an object or a column. For a column, the
// grant option on the table will do.
func hasOptionOn(object *catalog.Object, column, role string, privilege catalog.Privilege) bool {
	return object.ACL.HasOption(role, privilege) || object.ACLOf(column).HasOption(role, privilege)
}

// regrantByOwner makes the owner the grantor of items that depend on a grant option which goes, now or for the moment.
// The REVOKE of that option would else fail, or CASCADE would take the privilege from roles over which the spec does
// not decide. An item on a column that depends on an option on the table would stay behind, and nobody could revoke it.
// https://www.postgresql.org/docs/current/sql-revoke.html
func (r *resolver) regrantByOwner(object *catalog.Object, column string, after, ofTable catalog.ACL) catalog.ACL {
	owner, before := object.Owner, object.ACLOf(column)
	if !slices.ContainsFunc(after, func(i catalog.Item) bool { return i.Grantor != owner }) {
		return after
	}
	interrupted := r.interruptedOptions(object, before, after)
	items := slices.Clone(after)
	for i, item := range items {
		grantor, privilege := item.Grantor, item.Privilege
		isLost := !after.HasOption(grantor, privilege) && (before.HasOption(grantor, privilege) ||
			column != "" && object.ACL.HasOption(grantor, privilege) && !ofTable.HasOption(grantor, privilege))
		if grantor != owner && (isLost || interrupted[grantOption{grantor, privilege}]) {
			items[i].Grantor = owner
		}
	}
	return catalog.NewACL(items...)
}

// interruptedOptions are the grant options by which an item was granted that is to go, where nobody can act as the
// grantor to revoke it. Such an option is revoked with CASCADE and given back. An option that is already lost counts,
// too: its holder gets it for the moment.
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
