// Package catalogtest has what the tests of several packages share: catalogs as text, where two of them differ, every
// change in each of its forms, and names that try to be something else.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package catalogtest

import (
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// Names are such as somebody has, or would like to have.
var Names = []string{
	"plain", "With Space", "dot.ted", "CAPITAL", "select", "user", "PUBLIC", "ünïcødé", "日本語", "emoji😀",
	strings.Repeat("é", 31) + "x", `back\slash`, `trail\`, "$dollar$", "$$", ";--", "a;b", "/* c", "*/", "-- x", "a,b",
	"x\n DROP ROLE y;", "\r\ncr", "tab\there", "\x00nul", "\x01", "\x7f", "nb\u00a0sp", "\u2028line", "\u202eevil", "z\u200dwj", "\U000E0001tag",
	`\!`, "x\n\\! rm -rf ~\n", ":x", ":'x'", `:"x"`, `"`, `""`, `'`, `a"b'c`, `e'\''`, `U&"x"`, `\000A`, "%s", "bad\xc3", "\xff'",
}

var (
	yes, no = true, false
	limit   = 20
	until   = time.Date(2027, 1, 31, 12, 30, 0, 5000, time.FixedZone("", 3600))
)

// Verifier is one that a server takes, of no password.
var Verifier = catalog.Verifier("SCRAM-SHA-256$4096:c2FsdHNhbHQ=$" + strings.Repeat("A", 43) + "=:" + strings.Repeat("B", 43) + "=")

// Changes gives each change in each of its forms, with one name in every place of a name and a text in that of a
// text.
func Changes(name, text string) []catalog.Change {
	table := catalog.ObjectID{Kind: catalog.Table, Schema: name, Name: name}
	schema := catalog.ObjectID{Kind: catalog.Schema, Name: name}
	names := []string{name, name}
	reading := []catalog.Privilege{catalog.Select, catalog.References}
	also := []catalog.ColumnPrivileges{{Column: name, Privileges: []catalog.Privilege{catalog.Update}}}
	return []catalog.Change{
		catalog.CreateRole{Name: name},
		catalog.CreateRole{Name: name, Holds: &catalog.Held{Privilege: catalog.Select, Object: table}},
		catalog.CreateRole{Name: name, CreateRole: true, Members: names, Creator: name, With: catalog.AlterRole{Login: &yes, SetValidUntil: true, Attributes: catalog.AttributeChanges{BypassRLS: &yes}}},
		catalog.DropRole{Name: name},
		catalog.AlterRole{Name: name, Login: &yes, Verifier: Verifier, SetValidUntil: true, ValidUntil: &until},
		catalog.AlterRole{Name: name, Verifier: "md5" + catalog.Verifier(strings.Repeat("0a", 16)), SetValidUntil: true},
		catalog.AlterRole{Name: name, Login: &no, Verifier: catalog.NoPassword},
		catalog.AlterRole{Name: name, Login: &yes},
		catalog.AlterRole{Name: name, Attributes: catalog.AttributeChanges{
			Superuser: &yes, CreateDB: &no, CreateRole: &yes, Inherit: &no, Replication: &yes, BypassRLS: &no, ConnectionLimit: &limit,
		}},
		catalog.AlterRoleSet{Role: name, Setting: catalog.Setting{Name: "search_path", Value: catalog.ListValue([]string{name, "", "a, b"})}},
		catalog.AlterRoleSet{Role: name, Setting: catalog.Setting{Database: name, Name: name, Value: text}},
		catalog.AlterRoleReset{SettingOf: catalog.SettingOf{Role: name, Database: name, Name: name}},
		catalog.AlterRoleReset{SettingOf: catalog.SettingOf{Role: name, Name: "DateStyle"}},
		catalog.CommentOnRole{Name: name, Comment: text},
		catalog.CommentOnRole{Name: name},
		catalog.GrantRole{Roles: []string{name}, Members: names, Grantor: name},
		catalog.GrantRole{Roles: []string{name}, Members: names, Options: &catalog.Options{Admin: true, Inherit: true, Set: true}, Grantor: name},
		catalog.GrantRole{Roles: names, Members: names, Options: &catalog.Options{Set: true}, Grantor: name, GrantedBy: true},
		catalog.RevokeRole{Roles: []string{name}, Members: names, Grantor: name},
		catalog.RevokeRole{Roles: names, Members: names, AdminOnly: true, Grantor: name, GrantedBy: true, Cascade: true},
		catalog.CreateSchema{Name: name, Owner: name}, catalog.CreateSchema{Name: name, Owner: name, Added: &catalog.Added{Decided: []string{name}}},
		catalog.DropSchema{Name: name},
		catalog.SetOwner{Object: schema, Owner: name},
		catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.Database, Name: name}, Owner: name},
		catalog.SetOwner{Object: table, Owner: name, Relkind: "r"},
		catalog.SetOwner{Object: table, Owner: name, Relkind: "p"},
		catalog.SetOwner{Object: table, Owner: name, Relkind: "v"},
		catalog.SetOwner{Object: table, Owner: name, Relkind: "m"},
		catalog.SetOwner{Object: table, Owner: name, Relkind: "f"},
		catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.Sequence, Schema: name, Name: name}, Owner: name, Relkind: "S"},
		catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.Collation, Schema: name, Name: name}, Owner: name},
		catalog.EndSessions{Role: name},
		catalog.DropOwned{Role: name},
		catalog.AlterPolicy{Policy: catalog.PolicyID{Table: table, Name: name}, Roles: names, Before: []string{name}},
		catalog.Grant{Privileges: reading, Object: table, Grantees: names, Grantor: name},
		catalog.Grant{Privileges: reading, Object: table, Grantees: names, Grantor: name, WithOption: true},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Usage}, Object: schema, Grantees: []string{catalog.Public, name}, Grantor: name},
		catalog.Revoke{Privileges: reading, Object: table, Grantees: names, Grantor: name},
		catalog.Revoke{Privileges: reading, Object: table, Column: name, Grantees: names, Grantor: name},
		catalog.Grant{Privileges: reading, Object: table, Column: name, Also: also, Grantees: names, Grantor: name},
		catalog.Revoke{Privileges: reading, Object: table, Column: name, Also: also, Grantees: names, Grantor: name},
		catalog.Revoke{Privileges: reading, Object: table, Grantees: names, Grantor: name, OptionOnly: true, Cascade: true},
		catalog.GrantDefault{Privileges: reading, Future: catalog.Future{Owner: name, Schema: name, Kind: "TABLES"}, Grantees: names, WithOption: true},
		catalog.GrantDefault{Privileges: []catalog.Privilege{catalog.Usage}, Future: catalog.Future{Owner: name, Kind: "SCHEMAS"}, Grantees: []string{catalog.Public, name}},
		catalog.RevokeDefault{Privileges: reading, Future: catalog.Future{Owner: name, Schema: name, Kind: "TABLES"}, Grantees: names, OptionOnly: true},
		catalog.RevokeDefault{Privileges: []catalog.Privilege{catalog.Execute}, Future: catalog.Future{Owner: name, Kind: "ROUTINES"}, Grantees: []string{catalog.Public}},
		catalog.Revoke{Privileges: []catalog.Privilege{catalog.Connect}, Object: catalog.ObjectID{Kind: catalog.Database, Name: name}, Grantees: []string{catalog.Public}, Grantor: name},
	}
}
