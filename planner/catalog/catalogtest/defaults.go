package catalogtest

import "pgsr/planner/catalog"

// Defaults is what acldefault() gives on servers of a major version: all to the owner, and some to everyone.
// https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE
func Defaults(major int) map[catalog.Kind]catalog.ACL {
	out := map[catalog.Kind]catalog.ACL{}
	for _, kind := range catalog.Kinds() {
		if kind.From > major {
			continue
		}
		var items []catalog.Item
		for _, privilege := range kind.Privileges {
			if privilege != catalog.Maintain || major >= 17 {
				items = append(items, catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: privilege})
			}
		}
		for _, privilege := range ofEveryone[kind.Kind] {
			items = append(items, catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: privilege})
		}
		out[kind.Kind] = catalog.NewACL(items...)
	}
	for _, kind := range catalog.FutureKinds() {
		if out[kind.Of] == nil {
			out[kind.Of] = futureDefault(kind)
		}
	}
	return out
}

var ofEveryone = map[catalog.Kind][]catalog.Privilege{
	catalog.Database: {catalog.Connect, catalog.Temporary},
	catalog.Language: {catalog.Usage},
	catalog.Routine:  {catalog.Execute},
	catalog.Type:     {catalog.Usage},
}

// futureDefault gives it for what is no kind of objects by itself.
func futureDefault(kind catalog.FutureKindInfo) catalog.ACL {
	var items []catalog.Item
	for _, privilege := range kind.Privileges {
		items = append(items, catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: privilege})
	}
	return catalog.NewACL(items...)
}
