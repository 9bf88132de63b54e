package planner_test

import (
	"slices"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// asRead is a catalog as it is read from a server that has run a plan: everything has an OID and the order in which
// it is read.
func (w *world) asRead(desired *catalog.Catalog) *catalog.Catalog {
	now := desired.Clone()
	for name, role := range now.Roles {
		read := *role
		if read.OID == 0 {
			read.OID = 9000 + uint32(w.IntN(1000))
		}
		now.Roles[name] = &read
	}
	for role := range now.Members {
		now.Members[role] = shuffled(w, now.Members[role])
	}
	for id, object := range now.Objects {
		read := *object
		now.Objects[id] = &read
	}
	return now
}

// meddle changes something about one of the spec's roles, or about any other.
func (w *world) meddle(c *catalog.Catalog) catalog.Change {
	role, other, object := choose(w, w.roles), choose(w, w.roles), choose(w, w.objects)
	privileges := []catalog.Privilege{choose(w, object.Kind.Info().Privileges[:2])}
	no := !c.Roles[role].Attributes.Login
	changes := []catalog.Change{
		catalog.AlterRole{Name: role, Login: &no},
		catalog.AlterRole{Name: role, SetValidUntil: true},
		catalog.CommentOnRole{Name: role, Comment: "meddled"},
		catalog.DropRole{Name: role},
		catalog.GrantRole{Roles: []string{role}, Members: []string{other}, Grantor: bootstrap, Options: &catalog.Options{Set: true}},
		catalog.SetOwner{Object: object, Owner: role},
		catalog.Grant{Privileges: privileges, Object: object, Grantees: []string{role}, Grantor: c.Objects[object].Owner},
		catalog.Revoke{Privileges: privileges, Object: object, Grantees: []string{role}, Grantor: c.Objects[object].Owner},
	}
	for _, of := range append(slices.Clone(w.roles), roleNames(c)...) {
		for _, m := range c.Members[of] {
			changes = append(changes, catalog.RevokeRole{Roles: []string{of}, Members: []string{m.Member}, Grantor: m.Grantor})
		}
	}
	return choose(w, changes)
}

func roleNames(c *catalog.Catalog) []string {
	var names []string
	for name, role := range c.Roles {
		if role.Holds != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestFulfilledMeansNothingLeft: what counts as what was planned is what a spec, resolved and planned once more,
// finds nothing to do in; and what was meddled with so that there is something to do never counts.
func TestFulfilledMeansNothingLeft(t *testing.T) {
	meddled, harmless := 0, 0
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.spec()
		desired, plan := w.plan(t, s)
		if plan == nil {
			return
		}
		if now := w.asRead(desired); !catalog.Fulfils(desired, now) || !w.isInSync(t, s, now) {
			t.Errorf("what was planned does not count, or is not in sync:\n%s", textOf(t, plan))
		}
		for range 10 {
			now := w.asRead(desired)
			change := w.meddle(now)
			change.Apply(now)
			switch fulfils, inSync := catalog.Fulfils(desired, now), w.isInSync(t, s, now); {
			case fulfils && !inSync:
				t.Errorf("%+v counts as planned", change)
			case inSync:
				harmless++
			default:
				meddled++
			}
		}
	})
	t.Logf("%d times something was left to do, %d times nothing", meddled, harmless)
	if meddled < 500 || harmless < 100 {
		t.Errorf("this proves little: %d times something was left to do, %d times nothing", meddled, harmless)
	}
}

// isInSync resolves and plans anew; also an error is something that is left to do.
func (w *world) isInSync(t *testing.T, s *spec.Spec, now *catalog.Catalog) bool {
	t.Helper()
	resolution, err := resolve.Resolve(s, now, w.means())
	if err != nil {
		return false
	}
	plan, err := planner.Build(now, resolution.Desired)
	return err == nil && plan.InSync()
}
