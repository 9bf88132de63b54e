package planner_test

import (
	"slices"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// TestStatesAreSeen: what a part relies on and leads to is seen in the catalog of then, and not in one in which a
// single thing that it names is another.
func TestStatesAreSeen(t *testing.T) {
	seen := 0
	eachDivided(t, func(t *testing.T, w *world, _ *catalog.Catalog, plan *planner.Plan) {
		moment := w.catalog.Clone()
		for i, part := range partsOf(plan) {
			seen += isSeen(t, w, plan.Parts[i].ReliesOn, plan.Server, moment)
			part.Apply(moment)
			seen += isSeen(t, w, plan.Parts[i].LeadsTo, plan.Server, moment)
		}
	})
	if seen == 0 {
		t.Error("no state was plain: this proves nothing")
	}
}

func isSeen(t *testing.T, w *world, s script.State, server catalog.Server, c *catalog.Catalog) int {
	t.Helper()
	if !s.IsPlain() {
		return 0
	}
	if !planner.IsSeen(s, server, c) {
		t.Errorf("%+v is not seen", s)
	}
	for what, spoil := range spoils(w, s) {
		other := c.Clone()
		if spoil(other) && planner.IsSeen(s, server, other) {
			t.Errorf("%s is not seen to be another", what)
		}
	}
	elsewhere := server
	elsewhere.DatabaseOID++
	if planner.IsSeen(s, elsewhere, c) {
		t.Error("another database is taken for the one")
	}
	return 1
}

// spoils are ways to change one thing that a state names; false: it cannot be changed so.
func spoils(w *world, s script.State) map[string]func(*catalog.Catalog) bool {
	role := choose(w, s.Roles).Name
	ways := map[string]func(*catalog.Catalog) bool{
		"a role that is there or not": func(c *catalog.Catalog) bool {
			if c.Roles[role] == nil {
				c.Roles[role] = &catalog.Role{Name: role}
			} else {
				delete(c.Roles, role)
			}
			return true
		},
		"another role of the name": func(c *catalog.Catalog) bool {
			was := c.Roles[role]
			if was == nil || was.OID == 0 {
				return false
			}
			is := *was
			is.OID++
			c.Roles[role] = &is
			return true
		},
		"a role's attributes": func(c *catalog.Catalog) bool {
			was := c.Roles[role]
			if was == nil {
				return false
			}
			is := *was
			is.Attributes.CreateDB = !is.Attributes.CreateDB
			c.Roles[role] = &is
			return true
		},
	}
	if len(s.Memberships) > 0 {
		m := choose(w, s.Memberships)
		ways["a membership"] = func(c *catalog.Catalog) bool {
			more := catalog.Membership{Member: choose(w, m.Members), Grantor: "somebody else"}
			c.Members[m.Role] = append(slices.Clone(c.Members[m.Role]), more)
			return true
		}
	}
	if len(s.Objects) > 0 {
		id := catalog.ObjectID(choose(w, s.Objects).ID)
		ways["who has what on an object"] = spoilObject(id, func(o *catalog.Object) { o.ACL = o.ACL.Without(o.ACL[:1]) })
		ways["an owner"] = spoilObject(id, func(o *catalog.Object) { o.Owner += "2" })
		ways["an object of the name"] = spoilObject(id, func(o *catalog.Object) { o.OID++ })
	}
	if len(s.Code) > 0 {
		id := catalog.ObjectID(choose(w, s.Code).Object)
		ways["what runs with its owner's rights"] = spoilObject(id, func(o *catalog.Object) {
			if o.RunsAsOwner() != "" {
				o.Code, o.Relkind = "", "r"
			} else {
				o.Code = "r"
			}
		})
	}
	return ways
}

func spoilObject(id catalog.ObjectID, spoil func(*catalog.Object)) func(*catalog.Catalog) bool {
	return func(c *catalog.Catalog) bool {
		if c.Objects[id] == nil || len(c.Objects[id].ACL) == 0 {
			return false
		}
		is := *c.Objects[id]
		spoil(&is)
		c.Objects[id] = &is
		return true
	}
}
