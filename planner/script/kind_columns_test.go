package script

import (
	"slices"
	"testing"

	"pgsr/planner/catalog"
)

// TestEveryKindHasItsColumns: without them a guard asks for a column without a name, which shows on servers alone.
func TestEveryKindHasItsColumns(t *testing.T) {
	for _, kind := range slices.Concat(catalog.Kinds(), catalog.OwnedOnly()) {
		columns := columnsOf[kind.Catalog]
		if columns.name == "" || columns.owner == "" && kind.Ownable || columns.acl == "" && len(kind.Privileges) > 0 || columns.schema == "" && kind.InSchema() {
			t.Errorf("%s: %s is not in columnsOf, or without a column that it needs: %+v", kind.Kind, kind.Catalog, columns)
		}
	}
}
