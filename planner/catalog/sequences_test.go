package catalog_test

import (
	"fmt"
	"testing"

	"pgsr/planner/catalog"
)

// TestSequencesGoWithTheirTable, in a catalog, in what is made of it, and in one that was not made by New.
func TestSequencesGoWithTheirTable(t *testing.T) {
	id := func(kind catalog.Kind, name string) catalog.ObjectID {
		return catalog.ObjectID{Kind: kind, Schema: "s", Name: name}
	}
	c := catalog.New(catalog.Server{})
	for _, o := range []*catalog.Object{
		{ID: id(catalog.Table, "t")}, {ID: id(catalog.Table, "u")}, {ID: id(catalog.Sequence, "free")},
		{ID: id(catalog.Sequence, "t_b"), OwnedBy: id(catalog.Table, "t")}, {ID: id(catalog.Sequence, "t_a"), OwnedBy: id(catalog.Table, "t")},
	} {
		o.Owner = "before"
		c.Objects[o.ID] = o
	}
	for what, of := range map[string]*catalog.Catalog{"catalog": c, "clone": c.Clone(), "literal": {Objects: c.Objects}} {
		after := of.Clone()
		catalog.SetOwner{Object: id(catalog.Table, "t"), Owner: "after"}.Apply(after)
		for name, want := range map[catalog.ObjectID]string{
			id(catalog.Table, "t"): "after", id(catalog.Sequence, "t_a"): "after", id(catalog.Sequence, "t_b"): "after",
			id(catalog.Table, "u"): "before", id(catalog.Sequence, "free"): "before",
		} {
			if got := after.Objects[name].Owner; got != want {
				t.Errorf("%s: %s belongs to %s", what, name, got)
			}
		}
		if got := fmt.Sprint(of.SequencesOf(id(catalog.Table, "t"))); got != "[SEQUENCE s.t_a SEQUENCE s.t_b]" {
			t.Errorf("%s: the sequences of the table are %s", what, got)
		}
	}
}
