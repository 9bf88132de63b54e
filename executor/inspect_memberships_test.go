package executor

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// membershipsOf lists those of a catalog as role<member(options)/grantor, in order.
func membershipsOf(c *catalog.Catalog) string {
	var all []string
	for role, members := range c.Members {
		for _, m := range members {
			text := fmt.Sprintf("%s<%s", role, m.Member)
			if m.Admin {
				text += "+admin"
			}
			if !m.Inherit {
				text += "-inherit"
			}
			if !m.Set {
				text += "-set"
			}
			all = append(all, text+"/"+m.Grantor)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestInspectShowsMembershipsUpwards(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE c`, `CREATE ROLE d`, `CREATE ROLE e`, `CREATE ROLE wanted`, `CREATE ROLE above`,
		`GRANT b TO a`, `GRANT c TO b`, `GRANT d TO c WITH ADMIN OPTION`, `GRANT a TO e`, `GRANT b TO e`, `GRANT above TO wanted`)
	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"a"}, Mentioned: []string{"wanted"}})
	expect(t, "memberships", membershipsOf(got), "above<wanted/postgres b<a/postgres c<b/postgres d<c+admin/postgres")
	for _, name := range []string{"a", "b", "c", "d", "wanted", "above"} {
		if got.Roles[name] == nil {
			t.Errorf("role %s is not shown", name)
		}
	}
	if got.Roles["e"] != nil {
		t.Error("a member of the role is shown")
	}
	got = inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"a", "e"}})
	expect(t, "memberships", membershipsOf(got), "a<e/postgres b<a/postgres b<e/postgres c<b/postgres d<c+admin/postgres")
}

func TestInspectReadsTheOptionsOfMemberships(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE a`, `CREATE ROLE noinherit NOINHERIT`, `CREATE ROLE g`, `GRANT g TO a`, `GRANT g TO noinherit WITH ADMIN OPTION`)
	scope := catalog.Scope{Roles: []string{"a", "noinherit"}}
	expect(t, "memberships", membershipsOf(inspectBothWays(t, c.super, scope)), "g<a/postgres g<noinherit+admin-inherit/postgres")
	if c.major < 16 {
		return
	}
	c.exec(`GRANT g TO a WITH INHERIT FALSE, SET FALSE`, `SET ROLE noinherit`, `GRANT g TO a WITH SET FALSE`)
	expect(t, "memberships", membershipsOf(inspectBothWays(t, c.super, scope)), "g<a-inherit-set/postgres g<a-set/noinherit g<noinherit+admin-inherit/postgres")
}

func TestInspectShowsWhatTheConnectingRoleMayActAs(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN`, `CREATE ROLE team`, `CREATE ROLE owner`, `CREATE ROLE unrelated`, `CREATE ROLE a`,
		`GRANT team TO boss`, `GRANT owner TO team`, `GRANT unrelated TO a`)
	got := inspectBothWays(t, c.connect("boss", warehouse, ""), catalog.Scope{Roles: []string{"nobody"}})
	expect(t, "memberships", membershipsOf(got), "owner<team/postgres team<boss/postgres")
	if got.Roles["owner"] == nil || got.Roles["team"] == nil {
		t.Error("what the connecting role may act as is not shown")
	}
}

// TestInspectShowsOnlyWhatMattersOfWhatACreatorAdministers is about the creator of all roles of a cluster, who from
// 16 on administers all of them.
func TestInspectShowsOnlyWhatMattersOfWhatACreatorAdministers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE`)
	if c.major < 16 {
		return
	}
	boss := c.connect("boss", warehouse, "")
	for _, name := range []string{"a", "wanted", "g", "holder", "unrelated"} {
		mustExec(t, boss, `CREATE ROLE `+name)
	}
	mustExec(t, boss, `GRANT g TO a`)
	c.exec(`CREATE SCHEMA s`, `GRANT USAGE ON SCHEMA s TO holder`, `CREATE ROLE deep`, `CREATE ROLE mid`, `GRANT mid TO boss WITH INHERIT FALSE, SET TRUE`,
		`GRANT a TO mid WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`, `GRANT unrelated TO mid WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
	got := inspectBothWays(t, boss, catalog.Scope{Roles: []string{"a"}, Mentioned: []string{"wanted"}, Objects: []catalog.ObjectID{schemaID("s")}})
	expect(t, "memberships", membershipsOf(got), "a<boss+admin-inherit-set/postgres a<mid+admin-inherit-set/postgres g<a/boss g<boss+admin-inherit-set/postgres "+
		"holder<boss+admin-inherit-set/postgres mid<boss-inherit/postgres wanted<boss+admin-inherit-set/postgres")
	if got.Roles["unrelated"] != nil {
		t.Error("a role that has nothing to do with it is shown")
	}
}

func TestInspectShowsWhatTheScopesRolesHaveGranted(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE c`, `CREATE ROLE g`, `CREATE ROLE other`, `GRANT g TO a, other WITH ADMIN OPTION`)
	if c.major < 16 {
		return
	}
	c.exec(`SET ROLE a`, `GRANT g TO b WITH ADMIN OPTION`, `SET ROLE b`, `GRANT g TO c`, `SET ROLE other`, `GRANT g TO c`, `RESET ROLE`)
	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"a"}})
	expect(t, "memberships", membershipsOf(got), "g<a+admin/postgres g<b+admin/a g<c/b g<c/other")
	if got.Roles["b"] == nil {
		t.Error("a member is not shown")
	}
}

func TestInspectReadsMembershipsInOrder(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE g`, `CREATE ROLE b`, `CREATE ROLE a`, `CREATE ROLE "C"`, `GRANT g TO b`, `GRANT g TO a`, `GRANT g TO "C"`)
	var members []string
	for _, m := range inspected(t, c.super, catalog.Scope{Roles: []string{"a", "b", "C"}}).Members["g"] {
		members = append(members, m.Member)
	}
	expect(t, "members", strings.Join(members, " "), "C a b")
}
