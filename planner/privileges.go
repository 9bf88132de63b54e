package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// changePrivileges makes every ACL what it is to be. For each object it grants before it revokes, so that nobody is
// without a privilege that they have before and after. It grants on columns last, since a REVOKE on the table would
// take that again. If there may be no room for old and new grantees together, it revokes first.
func (b *builder) changePrivileges() {
	all := func(_, _ *catalog.Object) bool { return true }
	for _, id := range b.changedObjects(all) {
		b.about = subject{object: id}
		b.noteCrowded(id)
		if b.exchangesMany(id) {
			b.revokeColumns(id)
			b.revokeExcess(id, "")
		}
		b.grantMissing(id, "")
		b.revokeColumns(id)
		b.revokeExcess(id, "")
		for _, column := range b.desired.Objects[id].ColumnNames() {
			b.grantMissing(id, column)
		}
	}
	b.revokeTemporary(script.Privileges)
}

// addObjectStatement adds a statement on an object for which the server is to record the given grantor.
func (b *builder) addObjectStatement(object *catalog.Object, grantor string, act intent, change catalog.Change, reason string) {
	as := b.authority.actAs(grantor, object, act, change)
	b.letLookUp(object, as, script.Privileges, act)
	b.addStatement(script.Privileges, as, change, reason)
}

// itemStatementKey is what ACL items need to have in common for one GRANT or REVOKE of all of them.
type itemStatementKey struct {
	grantor    string
	grantable  bool
	optionOnly bool
	// isPublic separates items of PUBLIC from those of roles.
	isPublic bool
}

func (x itemStatementKey) compare(y itemStatementKey) int { //nolint:unused // groups calls it
	return cmp.Or(cmp.Compare(x.grantor, y.grantor), lists.CompareBools(x.grantable, y.grantable), lists.CompareBools(x.optionOnly, y.optionOnly),
		lists.CompareBools(x.isPublic, y.isPublic))
}

// itemGroups are ACL items by their itemStatementKey.
type itemGroups = groups[itemStatementKey, catalog.Item]

// grantMissing grants what the ACL of an object, or of a column, lacks. It works out anew after each statement who may
// grant: what a CASCADE took comes back in the order in which it was granted.
func (b *builder) grantMissing(id catalog.ObjectID, column string) {
	for {
		object := b.working.Objects[id]
		have := object.ACLOf(column)
		groups := lacking(have, b.desired.Objects[id].ACLOf(column))
		if len(groups) == 0 {
			return
		}
		slices.SortStableFunc(groups, func(x, y group[itemStatementKey, catalog.Item]) int {
			return lists.CompareBools(!mayGrant(have, x.key.grantor, object.Owner, x.of), !mayGrant(have, y.key.grantor, object.Owner, y.of))
		})
		first := groups[0]
		for _, g := range mergeByPrivileges(first.of) {
			object := b.working.Objects[id] // the statement before may have given others a grant option
			grant := catalog.Grant{
				Privileges: g.privileges, Object: id, Column: column, Grantees: g.grantees, Grantor: first.key.grantor, WithOption: first.key.grantable,
			}
			act := intent{"grant " + catalog.JoinPrivileges(g.privileges) + " on " + on(id, column) + " to " + nameGrantees(g.grantees), grant}
			b.addObjectStatement(object, first.key.grantor, act, grant, b.grantReason(g.grantees))
		}
	}
}

// lacking groups the items that are missing, and those that lack the grant option.
func lacking(have, want catalog.ACL) itemGroups {
	var groups itemGroups
	for _, item := range want.Without(have) {
		if item.Grantable || !have.Contains(withOption(item)) {
			groups.add(itemStatementKey{grantor: item.Grantor, grantable: item.Grantable, isPublic: item.Grantee == catalog.Public}, item)
		}
	}
	return groups
}

// mayGrant tells whether a grantor has the grant option for all of the items.
func mayGrant(have catalog.ACL, grantor, owner string, items []catalog.Item) bool {
	return grantor == owner || !slices.ContainsFunc(items, func(i catalog.Item) bool { return !have.HasOption(grantor, i.Privilege) })
}

// on names an object, or one of its columns, in a message.
func on(id catalog.ObjectID, column string) string {
	return catalog.InColumn(column) + id.String()
}

func withOption(item catalog.Item) catalog.Item {
	item.Grantable = true
	return item
}

// grantReason says whether a GRANT is for PUBLIC, for a privilege role, or for other roles.
func (b *builder) grantReason(grantees []string) string {
	for _, grantee := range grantees {
		if grantee == catalog.Public {
			return givenToEveryone
		}
		if role := b.desired.Roles[grantee]; role != nil && role.Holds != nil {
			return "what the privilege role is for"
		}
	}
	return "declared, or kept from a grantor who is to lose the grant option"
}

// revokeExcess revokes what the ACL of an object, or of a column, has too much. It works out anew after each statement
// what is left, since a CASCADE takes more.
func (b *builder) revokeExcess(id catalog.ObjectID, column string) {
	for {
		object := b.working.Objects[id]
		have := object.ACLOf(column)
		groups := excess(have, b.desired.Objects[id].ACLOf(column))
		if len(groups) == 0 {
			return
		}
		slices.SortStableFunc(groups, func(x, y group[itemStatementKey, catalog.Item]) int {
			return cmp.Compare(b.revokeOrder(x.key.grantor, object, have), b.revokeOrder(y.key.grantor, object, have))
		})
		b.revoke(object, column, groups[0].key, mergeByPrivileges(groups[0].of)[0], have)
	}
}

// revokeOrder says when the items of a grantor are revoked. 0: the grantor has another right to grant as well, so
// CASCADE would leave them, and they go while it still has its grant option. 1: the owner is the grantor. 2: all
// others, many of which a CASCADE has taken by then.
func (b *builder) revokeOrder(grantor string, object *catalog.Object, acl catalog.ACL) int {
	hasOption := func(role string) bool {
		return slices.ContainsFunc(acl.Of(role), func(i catalog.Item) bool { return i.Grantable })
	}
	switch {
	case grantor == object.Owner:
		return 1
	case b.authority.hasTemporarily(grantor, object.Owner) || slices.ContainsFunc(b.authority.Inherited(grantor)[1:], hasOption):
		return 0
	case b.reachedAfter().HasPrivilegesOf(grantor, object.Owner) || slices.ContainsFunc(b.reachedAfter().Inherited(grantor)[1:], hasOption):
		return 0 // it may have these memberships by then where the plan is applied in parts
	}
	return 2
}

// reachedAfter gives what roles reach in the desired state.
func (b *builder) reachedAfter() *access.Reach {
	if b.reachAfter == nil {
		b.reachAfter = access.NewReach(b.desired)
	}
	return b.reachAfter
}

// revokeColumns revokes on all columns. It comes before the REVOKE on the table, which reaches the columns, too.
func (b *builder) revokeColumns(id catalog.ObjectID) {
	for _, column := range b.working.Objects[id].ColumnNames() {
		b.revokeExcess(id, column)
	}
}

// excess groups the items that are too much, and those whose grant option is.
func excess(have, want catalog.ACL) itemGroups {
	var groups itemGroups
	for _, item := range have.Without(want) {
		plain := item
		plain.Grantable = false
		key := itemStatementKey{grantor: item.Grantor, optionOnly: item.Grantable && want.Contains(plain), isPublic: item.Grantee == catalog.Public}
		if key.optionOnly || !want.Contains(withOption(item)) {
			groups.add(key, item)
		}
	}
	return groups
}

// revoke adds one REVOKE.
func (b *builder) revoke(object *catalog.Object, column string, key itemStatementKey, g statementParts, acl catalog.ACL) {
	change := catalog.Revoke{
		Privileges: g.privileges, Object: object.ID, Column: column, Grantees: g.grantees, Grantor: key.grantor,
		OptionOnly: key.optionOnly, Cascade: g.grantedOn(acl, object.Owner) || column == "" && g.grantedOnColumns(object),
	}
	act := intent{fmt.Sprintf("revoke %s on %s from %s", catalog.JoinPrivileges(g.privileges), on(object.ID, column), nameGrantees(g.grantees)), change}
	if key.grantor != object.Owner && !b.authority.MayRevokeAs(key.grantor, object.Owner) {
		b.revokeThroughOption(object, change, act, acl)
		return
	}
	b.restoreOption(object, change, act, acl)
	b.addObjectStatement(object, key.grantor, act, change, revokeReason(key, object.Owner)+b.dependentsOf(change, acl))
}

// restoreOption gives a grantor the grant option again that it has lost, so that it can revoke what it granted by it.
// The server leaves such grants where the grantor has the owner's privileges. The option is then too much, and is
// revoked, too.
func (b *builder) restoreOption(object *catalog.Object, revoke catalog.Revoke, act intent, acl catalog.ACL) {
	dead := slices.DeleteFunc(slices.Clone(revoke.Privileges), func(p catalog.Privilege) bool {
		return revoke.Grantor == object.Owner || acl.HasOption(revoke.Grantor, p) || object.ACL.HasOption(revoke.Grantor, p)
	})
	if len(dead) > 0 {
		b.addObjectStatement(object, object.Owner, act, catalog.Grant{
			Privileges: dead, Object: object.ID, Column: revoke.Column, Grantees: []string{revoke.Grantor}, Grantor: object.Owner, WithOption: true,
		}, "for the moment, to revoke what it granted before it lost its grant option")
	}
}

// revokeThroughOption revokes the grants of a role that the connecting role cannot act for. The owner revokes that
// role's grant option with CASCADE and gives it back. Those who are to keep what it granted have it from the owner by
// now.
func (b *builder) revokeThroughOption(object *catalog.Object, revoke catalog.Revoke, act intent, acl catalog.ACL) {
	grantor := revoke.Grantor
	for _, privilege := range revoke.Privileges {
		b.requireMayRevokeThroughOption(grantor, privilege, object, act, acl)
	}
	reason := fmt.Sprintf("what %s granted and the spec does not list goes with it", catalog.QuoteIfNeeded(grantor))
	b.addObjectStatement(object, object.Owner, act, catalog.Revoke{
		Privileges: revoke.Privileges, Object: object.ID, Column: revoke.Column, Grantees: []string{grantor}, Grantor: object.Owner, OptionOnly: true, Cascade: true,
	}, reason)
	b.addObjectStatement(object, object.Owner, act, catalog.Grant{
		Privileges: revoke.Privileges, Object: object.ID, Column: revoke.Column, Grantees: []string{grantor}, Grantor: object.Owner, WithOption: true,
	}, "given back at once: only what it granted had to go")
	revoke.Apply(b.working) // a refused one must not be found again
}

// requireMayRevokeThroughOption refuses where CASCADE would leave what the role granted. The server leaves the grants
// of a role that has the owner's privileges, as a superuser has. It also leaves those of a role that has its grant
// option from others as well, or inherits one, even from the very role to which it granted the privilege.
func (b *builder) requireMayRevokeThroughOption(grantor string, privilege catalog.Privilege, object *catalog.Object, act intent, acl catalog.ACL) {
	option := catalog.Item{Grantee: grantor, Grantor: object.Owner, Privilege: privilege, Grantable: true}
	switch {
	case b.working.IsSuperuser(grantor):
		why := fmt.Sprintf("role %q granted it, and is a superuser now, whom the server takes for the owner", grantor)
		b.refuse(act, why, denial{rights: []right{{kind: noSuperuser, role: grantor}}, subject: b.about})
	case b.authority.hasTemporarily(grantor, object.Owner):
		b.authority.refuseActing(grantor, object, act, nil)
	case !acl.Contains(option):
		why := fmt.Sprintf("role %q granted it, as which it can not be revoked, and role %q does not have its grant option from the owner", grantor, grantor)
		b.refuse(act, why, denial{subject: b.about})
	case b.working.KeepsOption(grantor, privilege, acl.Without(catalog.ACL{option}), object.Owner):
		why := fmt.Sprintf("role %q granted it, as which it can not be revoked, and role %q has the grant option from others, too, or from a role that it inherits from", grantor, grantor)
		b.refuse(act, why, denial{subject: b.about})
	}
}

// givenToEveryone is the reason of a GRANT to PUBLIC.
const givenToEveryone = "everyone is to have it"

// dependentsOf names the roles that lose something with a grant option, because one of the grantees granted it to them.
func (b *builder) dependentsOf(revoke catalog.Revoke, acl catalog.ACL) string {
	if !revoke.Cascade {
		return ""
	}
	want := b.desired.Objects[revoke.Object].ACLOf(revoke.Column)
	var losing []string
	for _, item := range acl {
		if slices.Contains(revoke.Grantees, item.Grantor) && slices.Contains(revoke.Privileges, item.Privilege) && !want.Has(item.Grantee, item.Privilege) {
			losing = append(losing, item.Grantee)
		}
	}
	if len(losing) == 0 {
		return ""
	}
	slices.Sort(losing)
	return "; with it goes what " + nameGrantees(revoke.Grantees) + " granted on to " + nameGrantees(slices.Compact(losing))
}

func revokeReason(key itemStatementKey, owner string) string {
	reason := "not in the spec"
	if key.isPublic {
		reason = "everyone is to lose it"
	}
	if key.optionOnly {
		reason = "the spec gives it without grant option"
	}
	if key.grantor != owner {
		reason += "; granted by " + key.grantor
	}
	return reason
}

// statementParts are the privileges and grantees of one statement: each grantee gets each privilege.
type statementParts struct {
	privileges []catalog.Privilege
	grantees   []string
}

// grantedOn tells whether one of the grantees has granted one of the privileges to others.
func (g statementParts) grantedOn(acl catalog.ACL, owner string) bool {
	return slices.ContainsFunc(acl, func(item catalog.Item) bool {
		return item.Grantor != owner && slices.Contains(g.grantees, item.Grantor) && slices.Contains(g.privileges, item.Privilege)
	})
}

// grantedOnColumns tells whether one of the grantees has granted one of the privileges on a column. A REVOKE on the
// table takes that along: https://www.postgresql.org/docs/current/sql-revoke.html
func (g statementParts) grantedOnColumns(object *catalog.Object) bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(object.Columns)), func(acl catalog.ACL) bool { return g.grantedOn(acl, object.Owner) })
}

// mergeByPrivileges puts grantees with the same privileges into one statement.
func mergeByPrivileges(items []catalog.Item) []statementParts {
	byGrantee := map[string][]catalog.Privilege{}
	for _, item := range items {
		byGrantee[item.Grantee] = append(byGrantee[item.Grantee], item.Privilege)
	}
	var out []statementParts
	place := map[string]int{}
	for _, grantee := range slices.Sorted(maps.Keys(byGrantee)) {
		privileges := byGrantee[grantee]
		slices.Sort(privileges)
		privileges = slices.Compact(privileges)
		at, isNew := lists.Place(place, catalog.JoinPrivileges(privileges))
		if isNew {
			out = append(out, statementParts{privileges: privileges})
		}
		out[at].grantees = append(out[at].grantees, grantee)
	}
	return out
}

// nameGrantees names grantees in a message, only the first few of many.
func nameGrantees(grantees []string) string {
	const most = 3
	return strings.Join(firstNamed(grantees, most, func(grantee string) string {
		if grantee == catalog.Public {
			return "PUBLIC"
		}
		return catalog.QuoteIfNeeded(grantee)
	}), ", ")
}
