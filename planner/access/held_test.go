package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// heldNaively asks of each role and privilege, one at a time.
func (n naive) heldNaively(role string, id catalog.ObjectID, column string, p catalog.Privilege) heldLevel {
	o := n.Objects[id]
	if o == nil {
		return notHeld
	}
	level := notHeld
	for _, item := range o.ACLOf(column) {
		if item.Privilege == p && item.Grantee == role {
			return isHeld
		}
		for _, m := range n.Members[item.Grantee] {
			if item.Privilege == p && catalog.IsOwnRole(item.Grantee) && m.Member == role && !n.IsCreators(m) {
				level = max(level, isHeldAfterSetRole)
				if m.Inherit {
					level = isHeld
				}
			}
		}
	}
	return level
}

// heldLines says what differs, a line for each role and privilege.
func heldLines(before, after *catalog.Catalog) []string {
	var out []string
	roles := map[string]bool{}
	for _, c := range []*catalog.Catalog{before, after} {
		for name := range c.Roles {
			roles[name] = true
		}
		for _, rows := range c.Members {
			for _, m := range rows {
				roles[m.Member] = true
			}
		}
		for _, o := range c.Objects {
			for _, acl := range append(slices.Collect(maps.Values(o.Columns)), o.ACL) {
				for _, item := range acl {
					roles[item.Grantee] = true
				}
			}
		}
	}
	objects := maps.Clone(before.Objects)
	maps.Copy(objects, after.Objects)
	for role := range roles {
		if catalog.IsOwnRole(role) {
			continue
		}
		for id := range objects {
			was, is := before.Objects[id], after.Objects[id]
			if is != nil && is.Owner == role && (was == nil || was.Owner != role) {
				continue
			}
			for _, column := range []string{"", "a", "b"} {
				for _, p := range id.Kind.Info().Privileges {
					had, has := (naive{before}).heldNaively(role, id, column, p), (naive{after}).heldNaively(role, id, column, p)
					if was != nil && is != nil && was.Owner == role && is.Owner != role {
						had = notHeld
					}
					mark := ""
					_, can := naive{after}.can(role, id, column, p)
					switch {
					case had == has, has < had && can:
						continue
					case has == isHeld:
						mark = "+"
					case has == isHeldAfterSetRole && had == notHeld:
						mark = "+ after SET ROLE"
					case has == isHeldAfterSetRole:
						mark = "- but after SET ROLE"
					default:
						mark = "-"
					}
					out = append(out, fmt.Sprintf("%q %s %s %s %s", role, mark, p, id, column))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func (e *Effect) heldLines() []string {
	var out []string
	for _, h := range e.Held {
		mark := "+"
		if h.Lost && h.AfterSetRole {
			mark = "- but after SET ROLE"
		} else if h.Lost {
			mark = "-"
		} else if h.AfterSetRole {
			mark = "+ after SET ROLE"
		}
		columns := h.Columns
		if len(columns) == 0 {
			columns = []string{""}
		}
		for _, role := range h.Roles {
			for _, id := range h.Objects {
				for _, p := range h.Privileges {
					for _, column := range columns {
						out = append(out, fmt.Sprintf("%q %s %s %s %s", role, mark, p, id, column))
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestHeldIsThatOfEveryPair(t *testing.T) {
	differing := 0
	for seed := range seeds(400) {
		c := newChaos(seed)
		before := c.catalog()
		after := c.mess(before)
		if c.chance(20) {
			after = c.catalog()
			after.Server = before.Server
		}
		got, want := CompareHeld(before, after), heldLines(before, after)
		if !slices.Equal(got.heldLines(), want) {
			t.Fatalf("seed %d\n got %s\nwant %s", seed, strings.Join(got.heldLines(), "\n     "), strings.Join(want, "\n     "))
		}
		n := 0
		for _, h := range got.Held {
			n += len(h.Roles) * len(h.Privileges) * max(1, len(h.Columns)) * len(h.Objects)
		}
		if n != len(want) {
			t.Fatalf("seed %d: counted %d of %d", seed, n, len(want))
		}
		if again := CompareHeld(before.Clone(), after.Clone()); said(t, again) != said(t, got) {
			t.Fatalf("seed %d: the same says something else:\n%s\n%s", seed, said(t, got), said(t, again))
		}
		differing += min(1, len(want))
	}
	if uint64(2*differing) < seeds(400) {
		t.Errorf("only %d differ", differing)
	}
}

// What a role had directly and has by a privilege role is nothing to it; of a privilege role that nothing is known
// of, it is said that it is left.
func TestWhatMovesToAPrivilegeRoleIsNoChange(t *testing.T) {
	const holder, stranger = "_pgsr_local_1_table_select_0a1b2c3d", "_pgsr_local_2_table_select_0a1b2c3d"
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	before := catalog.New(catalog.Server{VersionNum: 180000})
	before.Roles["bob"] = &catalog.Role{Name: "bob", Attributes: catalog.NewAttributes()}
	before.Roles[stranger] = &catalog.Role{Name: stranger}
	before.Members[stranger] = []catalog.Membership{{Member: "bob", Grantor: "o", Options: catalog.Options{Inherit: true}}}
	items := func(grantee string) catalog.ACL {
		return catalog.NewACL(catalog.Item{Grantee: grantee, Grantor: "o", Privilege: catalog.Select})
	}
	before.Objects[table] = &catalog.Object{ID: table, Owner: "o", ACL: items("bob")}
	after := before.Clone()
	for _, ch := range []catalog.Change{
		catalog.CreateRole{Name: holder, Holds: &catalog.Held{Privilege: catalog.Select, Object: table}, Members: []string{"bob"}},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{holder}, Grantor: "o"},
		catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"bob"}, Grantor: "o"},
		catalog.RevokeRole{Roles: []string{stranger}, Members: []string{"bob"}, Grantor: "o"},
	} {
		ch.Apply(after)
	}
	for _, c := range []*catalog.Catalog{before, after} {
		c.Roles[stranger].Attributes.Superuser = true
	}
	if e := CompareHeld(before, after); len(e.Held) != 1 || e.Held[0].Attributes != "SUPERUSER" {
		t.Errorf("got %+v", e.Held)
	}
	for _, c := range []*catalog.Catalog{before, after} {
		c.Roles[stranger].Attributes.Superuser = false
	}
	e := CompareHeld(before, after)
	if want := `[{"roles":["bob"],"lost":true,"unknown":1}]`; e.Moved != 1 || said(t, &Effect{Held: e.Held}) != said(t, &Effect{Held: []HeldChange{{Roles: []string{"bob"}, Lost: true, Unknown: 1}}}) {
		t.Errorf("%d moved, %+v, not %s", e.Moved, e.Held, want)
	}
}
