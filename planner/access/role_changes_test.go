package access

import (
	"testing"

	"pgsr/planner/catalog"
)

// TestOwnershipOfRowTypes: the type of a table's rows goes with its table, which is said once.
func TestOwnershipOfRowTypes(t *testing.T) {
	before := catalog.New(catalog.Server{VersionNum: 180000})
	for _, name := range []string{"alice", "bob"} {
		before.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Inherit: true}}
	}
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	rows := catalog.ObjectID{Kind: catalog.Type, Schema: "s", Name: "t"}
	before.Objects[table] = &catalog.Object{ID: table, Owner: "alice"}
	before.Objects[rows] = &catalog.Object{ID: rows, Owner: "alice", Relkind: catalog.RowType, OwnedBy: table}
	after := before.Clone()
	for id, object := range before.Objects {
		moved := *object
		moved.Owner = "bob"
		after.Objects[id] = &moved
	}
	e := Compare(before, after)
	if len(e.Ownerships) != 1 || len(e.Ownerships[0].Objects) != 1 || e.Ownerships[0].Objects[0] != table {
		t.Errorf("the ownerships are %v", e.Ownerships)
	}
	if got := LossesOf(before, after).Ownerships; got != 1 {
		t.Errorf("%d ownerships are lost", got)
	}
}

// TestAttributesOfNewRoles: a role that is made NOINHERIT loses nothing by that, and one that becomes so does.
func TestAttributesOfNewRoles(t *testing.T) {
	before := catalog.New(catalog.Server{VersionNum: 180000})
	before.Roles["old"] = &catalog.Role{Name: "old", Attributes: catalog.NewAttributes()}
	after := before.Clone()
	for _, name := range []string{"new", "old"} {
		after.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{CreateDB: true, ConnectionLimit: catalog.NoConnectionLimit}}
	}
	for _, change := range Compare(before, after).Attributes {
		lost := len(change.Lost)
		if len(change.Gained) != 1 || (lost == 1) != (change.Role == "old") {
			t.Errorf("%s gains %v and loses %v", change.Role, change.Gained, change.Lost)
		}
	}
}
