package catalog_test

import (
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// What is written is read again, of every kind and privilege, and of those with several words.
func TestNamesOfPrivilegeRoles(t *testing.T) {
	all := map[catalog.Kind][]catalog.Privilege{"FOREIGN DATA WRAPPER": {"USAGE"}, "PARAMETER": {"SET", "ALTER SYSTEM"}}
	for _, kind := range catalog.Kinds() {
		all[kind.Kind] = kind.Privileges
	}
	const largest = 1<<32 - 1
	here, elsewhere := catalog.RoleNamesOf(largest), catalog.RoleNamesOf(429496729)
	for kind, privileges := range all {
		for _, privilege := range privileges {
			name := here.PrivilegeRole(catalog.Held{Privilege: privilege, Object: catalog.ObjectID{Kind: kind}}, 16384, 0)
			if len(name) > 63 || strings.ToLower(name) != name || strings.ContainsRune(name, ' ') {
				t.Errorf("%s on %s: %s", privilege, kind, name)
			}
			shared := kind.Info().Shared
			if !here.IsPrivilegeRole(name) || here.IsLocal(name) == shared || here.IsOfOther(name) || elsewhere.IsPrivilegeRole(name) != shared ||
				elsewhere.IsOfOther(name) == shared || elsewhere.IsLocal(name) || catalog.IsAdministratorName(name) || !catalog.IsOwnRole(name) {
				t.Errorf("%s is not read as what it is", name)
			}
		}
	}
	// As pg-sync-roles names them, with which we share databases.
	for held, want := range map[catalog.Held]string{
		{Privilege: catalog.Connect, Object: catalog.ObjectID{Kind: catalog.Database}}: "_pgsr_global_database_connect_",
		{Privilege: catalog.Select, Object: catalog.ObjectID{Kind: catalog.Table}}:     "_pgsr_local_4294967295_table_select_",
		{Privilege: "USAGE", Object: catalog.ObjectID{Kind: "FOREIGN DATA WRAPPER"}}:   "_pgsr_local_4294967295_foreign_data_wrapper_usage_",
	} {
		if name := here.PrivilegeRole(held, 16384, 0); len(name) != len(want)+8 || !strings.HasPrefix(name, want) {
			t.Errorf("%s, want %s and 8 digits", name, want)
		}
	}
}

// TestDigitsOfPrivilegeRoles: the same for the same, and others for whatever else.
func TestDigitsOfPrivilegeRoles(t *testing.T) {
	table, schema := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}, catalog.ObjectID{Kind: catalog.Schema, Name: "s"}
	name := func(database uint32, held catalog.Held, oid uint32, n int) string {
		name := catalog.RoleNamesOf(database).PrivilegeRole(held, oid, n)
		return name[len(name)-8:]
	}
	seen := map[string]bool{}
	for i, digits := range []string{
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 16384, 0),
		name(6, catalog.Held{Privilege: catalog.Select, Object: table}, 16384, 0),
		name(5, catalog.Held{Privilege: catalog.Insert, Object: table}, 16384, 0),
		name(5, catalog.Held{Privilege: catalog.Select, Object: table, Column: "a"}, 16384, 0),
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 16385, 0),
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 0xd800, 0), // is no character
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 0xd801, 0),
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 0x110000, 0),
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 0x110001, 0),
		name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 16384, 1),
		name(5, catalog.Held{Privilege: catalog.Usage, Object: schema}, 16384, 0),
		name(5, catalog.Held{Privilege: catalog.Usage, Object: schema}, 0, 0), // is to be created
		name(5, catalog.Held{Privilege: catalog.Usage, Object: catalog.ObjectID{Kind: catalog.Schema, Name: "other"}}, 0, 0),
	} {
		if seen[digits] {
			t.Errorf("%d: %s once more", i, digits)
		}
		seen[digits] = true
	}
	renamed := catalog.ObjectID{Kind: catalog.Table, Schema: "other", Name: "t2"}
	for _, same := range [][2]string{
		{name(5, catalog.Held{Privilege: catalog.Select, Object: table}, 16384, 0), name(5, catalog.Held{Privilege: catalog.Select, Object: renamed}, 16384, 0)},
		// What is shared is the same seen from each database.
		{name(5, catalog.Held{Privilege: catalog.Connect, Object: catalog.ObjectID{Kind: catalog.Database, Name: "d"}}, 7, 0),
			name(6, catalog.Held{Privilege: catalog.Connect, Object: catalog.ObjectID{Kind: catalog.Database, Name: "d"}}, 7, 0)},
	} {
		if same[0] != same[1] {
			t.Errorf("%s and %s", same[0], same[1])
		}
	}
}

func TestOtherNamesAreNoPrivilegeRoles(t *testing.T) {
	names := catalog.RoleNamesOf(16384)
	for _, name := range []string{
		"alice", "_pgsr_", "_pgsr_global_", "_pgsr_local_16384_", "_pgsr_local_16384_table_select_0123abc", "_pgsr_local_16384_table_select_0123ABCD",
		"_pgsr_local_16384_table_0123abcd", "_pgsr_local_16384_0123abcd", "_pgsr_local_16384_TABLE_select_0123abcd", "_pgsr_local_16384_table_select0123abcd",
		"_pgsr_local_16384_ta ble_select_0123abcd", "_pgsr_local__table_select_0123abcd", "_pgsr_local_163845_table_select_0123abcd", "_pgsr_administrator_0123abcd",
	} {
		if names.IsPrivilegeRole(name) || names.IsLocal(name) {
			t.Errorf("%s is taken for one", name)
		}
	}
	for name, whole := range map[string]bool{catalog.AdministratorName("ci", 0): true, "_pgsr_administrator_": false, "_pgsr_administrator_0123abcdx": false} {
		if !catalog.IsAdministratorName(name) || catalog.IsWholeAdministratorName(name) != whole {
			t.Errorf("%s is not read as what it is", name)
		}
	}
}
