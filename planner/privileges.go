package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// changePrivileges makes every ACL what it is to be. Of each object what is granted comes first, so that nobody is without
// a privilege that they have before and after; but on columns last, where a REVOKE on the table would take it away again.
func (b *builder) changePrivileges() {
	for _, id := range b.changed() {
		b.grantMissing(id, "")
		b.revokeColumns(id)
		b.revokeExcess(id)
		for _, column := range b.desired.Objects[id].ColumnNames() {
			b.grantMissing(id, column)
		}
	}
	b.takeBack(script.Privileges)
}

// doOn adds a statement on an object that counts as one by the given grantor.
func (b *builder) doOn(object *catalog.Object, grantor, act string, change catalog.Change, reason string) {
	as := b.authority.actAs(grantor, object, act, change)
	b.letSee(object, as, script.Privileges, act)
	b.do(script.Privileges, as, change, reason)
}

// itemGroup is a set of items that one statement can grant or revoke.
type itemGroup struct {
	grantor    string
	grantable  bool
	optionOnly bool
}

// grantMissing grants what the ACL of an object, or of one of its columns, lacks.
func (b *builder) grantMissing(id catalog.ObjectID, column string) {
	object := b.working.Objects[id]
	have := aclOf(object, column)
	groups := map[itemGroup][]catalog.Item{}
	for _, item := range aclOf(b.desired.Objects[id], column).Without(have) {
		if item.Grantable || !have.Contains(withOption(item)) {
			key := itemGroup{grantor: item.Grantor, grantable: item.Grantable}
			groups[key] = append(groups[key], item)
		}
	}
	for _, key := range sortedGroups(groups) {
		for _, g := range gather(groups[key]) {
			act := fmt.Sprintf("grant %s on %s to %s", words(g.privileges), on(id, column), people(g.grantees))
			b.doOn(object, key.grantor, act, catalog.Grant{
				Privileges: g.privileges, Object: id, Column: column, Grantees: g.grantees, Grantor: key.grantor, WithOption: key.grantable,
			}, b.grantReason(g.grantees))
		}
	}
}

// aclOf gives the ACL of an object, or of one of its columns.
func aclOf(object *catalog.Object, column string) catalog.ACL {
	if column == "" {
		return object.ACL
	}
	return object.Columns[column]
}

// on names an object, or one of its columns, in a message.
func on(id catalog.ObjectID, column string) string {
	if column == "" {
		return id.String()
	}
	return "column " + column + " of " + id.String()
}

func withOption(item catalog.Item) catalog.Item {
	item.Grantable = true
	return item
}

// grantReason tells privilege roles, roles of the spec, and roles that only keep what they had apart.
func (b *builder) grantReason(grantees []string) string {
	for _, grantee := range grantees {
		if role := b.desired.Roles[grantee]; role != nil && role.Holds != nil {
			return "what the privilege role is for"
		}
	}
	return "declared, or kept from a grantor who is to lose the grant option"
}

// revokeExcess revokes what the ACL has too much. What one statement takes away in cascade need not be taken away again, so
// that what is left is worked out anew after each.
func (b *builder) revokeExcess(id catalog.ObjectID) {
	want := b.desired.Objects[id].ACL
	for {
		object := b.working.Objects[id]
		groups := excess(object.ACL, want, object.Owner)
		keys := sortedGroups(groups)
		if len(keys) == 0 {
			return
		}
		// Those that the owner granted go first: the others may depend on them.
		slices.SortStableFunc(keys, func(x, y itemGroup) int {
			return cmp.Compare(b2i(x.grantor != object.Owner), b2i(y.grantor != object.Owner))
		})
		g := gather(groups[keys[0]])[0]
		b.revoke(object, "", keys[0], g, object.ACL)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// revokeColumns revokes what columns' ACLs have too much. It comes before the table's own, whose REVOKE reaches the columns too.
func (b *builder) revokeColumns(id catalog.ObjectID) {
	for _, column := range b.working.Objects[id].ColumnNames() {
		for {
			object := b.working.Objects[id]
			acl := object.Columns[column]
			groups := excess(acl, b.desired.Objects[id].Columns[column], object.Owner)
			keys := sortedGroups(groups)
			if len(keys) == 0 {
				break
			}
			b.revoke(object, column, keys[0], gather(groups[keys[0]])[0], acl)
		}
	}
}

// excess groups the items that have to go, and those that have to lose their grant option.
func excess(have, want catalog.ACL, owner string) map[itemGroup][]catalog.Item {
	groups := map[itemGroup][]catalog.Item{}
	for _, item := range have.Without(want) {
		plain := item
		plain.Grantable = false
		key := itemGroup{grantor: item.Grantor, optionOnly: item.Grantable && want.Contains(plain)}
		if key.optionOnly || !want.Contains(withOption(item)) {
			groups[key] = append(groups[key], item)
		}
	}
	return groups
}

// revoke adds one REVOKE.
func (b *builder) revoke(object *catalog.Object, column string, key itemGroup, g gathered, acl catalog.ACL) {
	act := fmt.Sprintf("revoke %s on %s from %s", words(g.privileges), on(object.ID, column), people(g.grantees))
	change := catalog.Revoke{
		Privileges: g.privileges, Object: object.ID, Column: column, Grantees: g.grantees, Grantor: key.grantor,
		OptionOnly: key.optionOnly, Cascade: g.grantedOn(acl, object.Owner),
	}
	if key.grantor != object.Owner && !b.authority.MayRevokeAs(key.grantor, object.Owner) {
		b.shake(object, change, act, acl)
		return
	}
	b.doOn(object, key.grantor, act, change, revokeReason(key, object.Owner))
}

// shake revokes what was granted by a role as which nothing can be revoked: the owner takes the grant option from that role, in
// cascade, and gives it back. Whoever is to keep what that role granted has by now got it from the owner.
func (b *builder) shake(object *catalog.Object, revoke catalog.Revoke, act string, acl catalog.ACL) {
	grantor := revoke.Grantor
	for _, privilege := range revoke.Privileges {
		if !acl.Contains(catalog.Item{Grantee: grantor, Grantor: object.Owner, Privilege: privilege, Grantable: true}) || revoke.Column != "" {
			b.refuse(Reason{Act: act, Why: fmt.Sprintf("role %q granted it, as which it can not be revoked, and role %q has its grant option from another role than the owner", grantor, grantor)})
		}
	}
	reason := fmt.Sprintf("what %s granted and the spec does not list goes with it", grantor)
	b.doOn(object, object.Owner, act, catalog.Revoke{
		Privileges: revoke.Privileges, Object: object.ID, Grantees: []string{grantor}, Grantor: object.Owner, OptionOnly: true, Cascade: true,
	}, reason)
	b.doOn(object, object.Owner, act, catalog.Grant{
		Privileges: revoke.Privileges, Object: object.ID, Grantees: []string{grantor}, Grantor: object.Owner, WithOption: true,
	}, "given back at once: only what it granted had to go")
	revoke.Apply(b.working) // a refused one must not be found again
}

func revokeReason(key itemGroup, owner string) string {
	reason := "not in the spec"
	if key.optionOnly {
		reason = "the spec gives it without grant option"
	}
	if key.grantor != owner {
		reason += "; granted by " + key.grantor
	}
	return reason
}

// gathered is a product of privileges and grantees.
type gathered struct {
	privileges []catalog.Privilege
	grantees   []string
}

// grantedOn tells whether one of the grantees has granted one of the privileges on.
func (g gathered) grantedOn(acl catalog.ACL, owner string) bool {
	return slices.ContainsFunc(acl, func(item catalog.Item) bool {
		return item.Grantor != owner && slices.Contains(g.grantees, item.Grantor) && slices.Contains(g.privileges, item.Privilege)
	})
}

// gather makes few statements of many items: grantees with the same privileges together.
func gather(items []catalog.Item) []gathered {
	byGrantee := map[string][]catalog.Privilege{}
	for _, item := range items {
		byGrantee[item.Grantee] = append(byGrantee[item.Grantee], item.Privilege)
	}
	var out []gathered
	place := map[string]int{}
	for _, grantee := range slices.Sorted(maps.Keys(byGrantee)) {
		privileges := byGrantee[grantee]
		slices.Sort(privileges)
		privileges = slices.Compact(privileges)
		key := words(privileges)
		if _, known := place[key]; !known {
			place[key] = len(out)
			out = append(out, gathered{privileges: privileges})
		}
		at := place[key]
		out[at].grantees = append(out[at].grantees, grantee)
	}
	return out
}

func sortedGroups(groups map[itemGroup][]catalog.Item) []itemGroup {
	return slices.SortedFunc(maps.Keys(groups), func(x, y itemGroup) int {
		return cmp.Or(cmp.Compare(x.grantor, y.grantor), cmp.Compare(b2i(x.grantable), b2i(y.grantable)), cmp.Compare(b2i(x.optionOnly), b2i(y.optionOnly)))
	})
}

func words(privileges []catalog.Privilege) string {
	text := make([]string, len(privileges))
	for i, p := range privileges {
		text[i] = string(p)
	}
	return strings.Join(text, ", ")
}

// people names grantees in a message, only the first few of many.
func people(grantees []string) string {
	const most = 3
	names := make([]string, 0, most+1)
	for i, g := range grantees {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(grantees)-most))
			break
		}
		if g == catalog.Public {
			g = "PUBLIC"
		}
		names = append(names, g)
	}
	return strings.Join(names, ", ")
}
