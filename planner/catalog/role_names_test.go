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
			name := here.PrivilegeRole(catalog.Held{Privilege: privilege, Object: catalog.ObjectID{Kind: kind}}, "0123abcd")
			if len(name) > 63 || strings.ToLower(name) != name || strings.ContainsRune(name, ' ') || !strings.HasSuffix(name, "_0123abcd") {
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
		{Privilege: catalog.Connect, Object: catalog.ObjectID{Kind: catalog.Database}}: "_pgsr_global_database_connect_0123abcd",
		{Privilege: catalog.Select, Object: catalog.ObjectID{Kind: catalog.Table}}:     "_pgsr_local_4294967295_table_select_0123abcd",
		{Privilege: "USAGE", Object: catalog.ObjectID{Kind: "FOREIGN DATA WRAPPER"}}:   "_pgsr_local_4294967295_foreign_data_wrapper_usage_0123abcd",
	} {
		if name := here.PrivilegeRole(held, "0123abcd"); name != want {
			t.Errorf("%s, want %s", name, want)
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
	for name, whole := range map[string]bool{catalog.AdministratorName("0123abcd"): true, "_pgsr_administrator_": false, "_pgsr_administrator_0123abcdx": false} {
		if !catalog.IsAdministratorName(name) || catalog.IsWholeAdministratorName(name) != whole {
			t.Errorf("%s is not read as what it is", name)
		}
	}
}
