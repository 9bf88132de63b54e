package planner

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// withoutCircularOptions takes those grant options out of the state to go back to that the server would refuse, and
// names them. The server refuses a grant option to a role on which the grantor's own option depends. Such options
// exist, because the grantor had the option by a membership, too, at that time.
// https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-OBJECTS
func withoutCircularOptions(before, after *catalog.Catalog) (*catalog.Catalog, []string) {
	var said []string
	out := before
	isChanged := func(id catalog.ObjectID, was *catalog.Object) bool {
		return after.Objects[id] != nil && after.Objects[id] != was
	}
	for _, id := range lists.Keys(before.Objects, catalog.ObjectID.Compare, isChanged) {
		was, is := before.Objects[id], after.Objects[id]
		acl, lost := withoutCircular(was, is, "")
		columns := maps.Clone(was.Columns)
		for _, name := range was.ColumnNames() {
			column, lostThere := withoutCircular(was, is, name)
			columns[name], lost = column, append(lost, lostThere...)
		}
		if len(lost) == 0 {
			continue
		}
		if out == before {
			out = before.Clone()
		}
		decided := *was
		decided.ACL, decided.Columns = acl, columns
		out.Objects[id], said = &decided, append(said, lost...)
	}
	return out, said
}

// withoutCircular does it for one ACL of an object.
func withoutCircular(was, is *catalog.Object, column string) (catalog.ACL, []string) {
	acl := was.ACLOf(column)
	var said []string
	var out catalog.ACL
	for _, item := range acl.Without(is.ACLOf(column)) {
		if !item.Grantable || !isCircular(acl, was.Owner, item) {
			continue
		}
		if out == nil {
			out = slices.Clone(acl)
		}
		out[slices.Index(out, item)].Grantable = false
		said = append(said, fmt.Sprintf("the grant option of %s for %s on %s does not come back: role %q gave it, whose own one depends on it",
			nameGrantees([]string{item.Grantee}), item.Privilege, on(was.ID, column), item.Grantor))
	}
	if out == nil {
		return acl, nil
	}
	return out, said
}

// isCircular tells whether the grantor of an item has its grant option only by way of the grantee.
func isCircular(acl catalog.ACL, owner string, item catalog.Item) bool {
	if item.Grantor == owner {
		return false
	}
	grounded := map[string]bool{owner: true}
	for grew := true; grew; {
		grew = false
		for _, other := range acl {
			if other.Privilege == item.Privilege && other.Grantable && grounded[other.Grantor] && other.Grantee != item.Grantee && !grounded[other.Grantee] {
				grounded[other.Grantee], grew = true, true
			}
		}
	}
	return !grounded[item.Grantor]
}
