package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// isImplied tells whether a predefined role has a privilege without an ACL item.
func isImplied(grantee string, kind catalog.Kind, privilege catalog.Privilege) bool {
	return slices.ContainsFunc(kind.Info().Implied, func(i catalog.Item) bool { return i.Grantee == grantee && i.Privilege == privilege })
}

// eachHolding calls do for each grantee of an object and each privilege, maybe more than once. Column is empty but
// for those of columns.
func eachHolding(o *catalog.Object, do func(grantee, column string, privilege catalog.Privilege)) {
	for _, item := range o.ACL {
		do(item.Grantee, "", item.Privilege)
	}
	for _, item := range o.ID.Kind.Info().Implied {
		do(item.Grantee, "", item.Privilege)
	}
	for _, column := range o.ColumnNames() {
		for _, item := range o.Columns[column] {
			do(item.Grantee, column, item.Privilege)
		}
	}
}

// privilegesOf lists the privileges that there are on objects of a kind: the server's own list, so that it knows what
// the server does.
func privilegesOf(c *catalog.Catalog, kind catalog.Kind) []catalog.Privilege {
	var all []catalog.Privilege
	for _, item := range c.Server.Defaults[kind] {
		if item.Grantee == catalog.Owner {
			all = append(all, item.Privilege)
		}
	}
	if all == nil {
		all = kind.Info().Privileges
	}
	return all
}

// firstUnpinned is the first OID that is not part of what every database is made of (FirstUnpinnedObjectId in
// access/transam.h).
const firstUnpinned = 12000

// hasRow tells whether there is a row for the ACL of a setting: else the members of its owner have nothing by it.
// https://www.postgresql.org/docs/current/catalog-pg-parameter-acl.html
func hasRow(o *catalog.Object) bool {
	return slices.ContainsFunc(o.ACL, func(i catalog.Item) bool { return i.Grantee != o.Owner })
}

// isBarred tells whether a privilege does nothing for anybody but superusers: nobody else can write to system
// catalogs, whatever their ACLs say. It is so in pg_class_aclmask of
// https://github.com/postgres/postgres/blob/master/src/backend/catalog/aclchk.c
func isBarred(o *catalog.Object, privilege catalog.Privilege) bool {
	if o.ID.Kind == catalog.SettingParameter {
		return !hasRow(o)
	}
	isRelation := o.ID.Kind == catalog.Table || o.ID.Kind == catalog.Sequence
	if !isRelation || o.ID.Schema != "pg_catalog" || o.OID == 0 || o.OID >= firstUnpinned || o.Relkind == "v" {
		return false
	}
	switch privilege {
	case catalog.Insert, catalog.Update, catalog.Delete, catalog.Truncate, catalog.Usage:
		return true
	}
	return false
}
