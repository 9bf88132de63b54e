package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// clubs is a catalog with roles to grant, which the connecting role has made, and roles to grant them to.
func clubs(major int, user string, clubs, people int) *catalog.Catalog {
	c := catalog.New(catalog.Server{VersionNum: major * 10000, CurrentUser: user, SessionUser: user, Bootstrap: bootstrap})
	c.Roles[bootstrap] = &catalog.Role{Name: bootstrap, Attributes: catalog.Attributes{Superuser: true, Inherit: true}}
	c.Roles[admin] = &catalog.Role{Name: admin, Attributes: catalog.Attributes{CreateRole: true, Inherit: true}}
	for i := range clubs {
		name := fmt.Sprintf("club%02d", i)
		catalog.CreateRole{Name: name}.Apply(c)
		c.Roles[name].Holds = &catalog.Held{Privilege: catalog.Select, Object: catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: fmt.Sprintf("t%02d", i)}}
	}
	for i := range people {
		catalog.CreateRole{Name: fmt.Sprintf("person%02d", i)}.Apply(c)
	}
	return c
}

// joined gives the catalog with everybody in each of the clubs.
func joined(c *catalog.Catalog) *catalog.Catalog {
	out := c.Clone()
	var roles, members []string
	for name := range c.Roles {
		if strings.HasPrefix(name, "club") {
			roles = append(roles, name)
		}
		if strings.HasPrefix(name, "person") {
			members = append(members, name)
		}
	}
	catalog.GrantRole{Roles: roles, Members: members, Grantor: c.GrantorOfOwn(c.Server.CurrentUser)}.Apply(out)
	return out
}

// TestMembershipsInTheFewestStatements: by member or by role, but for a role to whom each GRANT costs the more the
// more it has created.
func TestMembershipsInTheFewestStatements(t *testing.T) {
	for _, c := range []struct {
		major         int
		user          string
		clubs, people int
		statements    int
	}{
		{15, bootstrap, 10, 3, 3}, {15, bootstrap, 3, 10, 3}, {15, admin, 10, 3, 3}, {15, admin, 1, 1, 1}, {15, bootstrap, 2500, 2, 6},
		{18, bootstrap, 10, 3, 3}, {18, bootstrap, 3, 10, 3}, {18, bootstrap, 2500, 2, 2}, {18, admin, 10, 3, 10}, {18, admin, 3, 10, 3},
	} {
		without := clubs(c.major, c.user, c.clubs, c.people)
		with := joined(without)
		for _, way := range []struct{ from, to *catalog.Catalog }{{without, with}, {with, without}} {
			plan, err := planner.Build(way.from, way.to)
			if err != nil || len(plan.Statements) != c.statements {
				t.Errorf("%+v: %v, %d statements", c, err, len(plan.Statements))
				continue
			}
			after := way.from.Clone()
			plan.Apply(after)
			sameCatalog(t, fmt.Sprintf("%+v", c), after, way.to)
		}
	}
}

// TestReasonOfManyMemberships: it names what privilege roles hold, as far as it can be read.
func TestReasonOfManyMemberships(t *testing.T) {
	for n, want := range map[int]string{
		2:  "SELECT on TABLE s.t00, SELECT on TABLE s.t01: the spec lists them",
		12: "SELECT on TABLE s.t00, SELECT on TABLE s.t01, SELECT on TABLE s.t02, SELECT on TABLE s.t03, SELECT on TABLE s.t04, SELECT on TABLE s.t05, SELECT on TABLE s.t06, SELECT on TABLE s.t07, SELECT on TABLE s.t08, SELECT on TABLE s.t09 and 2 more: the spec lists them",
	} {
		without := clubs(15, bootstrap, n, 1)
		plan, err := planner.Build(without, joined(without))
		if err != nil || len(plan.Statements) != 1 || plan.Statements[0].Reason != want {
			t.Errorf("%v: %+v", err, plan)
		}
	}
}

// TestManyRolesOfAMemberComeInParts where each of them takes a lock: a statement about several is divided with what
// else there is about each.
func TestManyRolesOfAMemberComeInParts(t *testing.T) {
	without := clubs(18, bootstrap, 60, 2)
	without.Server.Locks = catalog.LockTable{PerTransaction: 10, Transactions: 9}
	with := joined(without)
	room := without.Server.Locks.Room()
	for _, way := range []struct{ from, to *catalog.Catalog }{{without, with}, {with, without}} {
		plan, err := planner.Build(way.from, way.to)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Parts) < 60/room || len(plan.Statements) != 2*len(plan.Parts) {
			t.Errorf("%d statements in %d parts", len(plan.Statements), len(plan.Parts))
		}
		for i, part := range partsOf(plan) {
			if part.Locks() > room {
				t.Errorf("part %d takes %d locks, and there is room for %d", i, part.Locks(), room)
			}
		}
		after := way.from.Clone()
		plan.Apply(after)
		sameCatalog(t, "in parts", after, way.to)
	}
}

// TestShapeInRandomWorlds: there are statements about several roles, though never for who needs administrator roles,
// and in cascade.
func TestShapeInRandomWorlds(t *testing.T) {
	several := 0
	eachWorld(t, func(t *testing.T, w *world) {
		_, plan := w.plan(t, w.spec())
		if plan == nil {
			return
		}
		needsAdministrators := plan.Server.MembershipsHaveOptions() && plan.Server.CurrentUser != bootstrap
		for _, s := range plan.Statements {
			roles, cascade := grantedRoles(s)
			if len(roles) < 2 {
				continue
			}
			several++
			if needsAdministrators || cascade {
				t.Errorf("one statement about %v", roles)
			}
		}
	})
	if several < 10 {
		t.Errorf("only %d statements are about several roles: this proves little", several)
	}
}

func grantedRoles(s script.Statement) (roles []string, cascade bool) {
	switch ch := s.Change.(type) {
	case catalog.GrantRole:
		return ch.Roles, false
	case catalog.RevokeRole:
		return ch.Roles, ch.Cascade
	}
	return nil, false
}
