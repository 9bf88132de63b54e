package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// shop is a small catalog in which things can change.
func shop() *catalog.Catalog {
	c := catalog.New(catalog.Server{VersionNum: 180000, Database: "shop"})
	for _, name := range []string{"alice", "bob", "carol", "dave", "analysts", "owner", "boss", "pg_read_all_data"} {
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Inherit: true, Superuser: name == "boss"}}
	}
	for i := range 12 {
		id := catalog.ObjectID{Kind: catalog.Table, Schema: "sales", Name: fmt.Sprintf("fact_%02d", i)}
		c.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(item("owner", catalog.Select), item("bob", catalog.Select), item("bob", catalog.Insert))}
	}
	c.Objects[sales] = &catalog.Object{ID: sales, Owner: "owner"}
	c.Objects[orders] = &catalog.Object{ID: orders, Owner: "owner", ACL: catalog.NewACL(item("owner", catalog.Select), item("owner", catalog.Insert))}
	return c
}

func item(grantee string, p catalog.Privilege) catalog.Item {
	return catalog.Item{Grantee: grantee, Grantor: "owner", Privilege: p}
}

const reader = "_pgsr_local_1_table_select_0a1b2c3d"

// TestEffectStory has a bit of everything, which is to be read in a few lines.
func TestEffectStory(t *testing.T) {
	before, after := shop(), shop()
	login := true
	changes := []catalog.Change{
		catalog.CreateRole{Name: reader},
		catalog.CreateRole{Name: "eve"},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: orders, Grantees: []string{reader}, Grantor: "owner"},
		catalog.GrantRole{Roles: []string{reader}, Members: []string{"analysts"}, Grantor: "owner"},
		catalog.GrantRole{Roles: []string{"analysts"}, Members: []string{"alice", "carol"}, Grantor: "owner"},
		catalog.GrantRole{Roles: []string{"pg_read_all_data"}, Members: []string{"dave"}, Grantor: "boss"},
		catalog.GrantRole{Roles: []string{"boss"}, Members: []string{"Weird\n\"name\""}, Grantor: "boss"},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Usage}, Object: sales, Grantees: []string{catalog.Public}, Grantor: "owner"},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Update}, Object: orders, Column: "total", Grantees: []string{"bob"}, Grantor: "owner"},
		catalog.SetOwner{Object: orders, Owner: "eve"},
		catalog.AlterRole{Name: "eve", Login: &login},
	}
	for id := range before.Objects {
		if strings.HasPrefix(id.Name, "fact_") {
			changes = append(changes, catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Object: id, Grantees: []string{"bob"}, Grantor: "owner"})
		}
	}
	odd := &catalog.Role{Name: "Weird\n\"name\"", Attributes: catalog.Attributes{Inherit: true}}
	before.Roles[odd.Name], after.Roles[odd.Name] = odd, odd
	for _, change := range changes {
		change.Apply(after)
	}
	golden(t, "effect", "What a change means for people, in a few lines whatever is behind them.\n\n"+strings.Join(EffectLines(access.Compare(before, after), 0), "\n")+
		"\n\n== and back, at most two lines of each ==\n\n"+strings.Join(EffectLines(access.Compare(after, before), 2), "\n")+"\n")
}

// TestEffectOfManyIsShort gives 500 roles 100 tables each.
func TestEffectOfManyIsShort(t *testing.T) {
	before := shop()
	for i := range 500 {
		before.Roles[fmt.Sprintf("role%03d", i)] = &catalog.Role{Name: fmt.Sprintf("role%03d", i)}
	}
	after := before.Clone()
	for i := range 200 {
		id := catalog.ObjectID{Kind: catalog.Table, Schema: "many", Name: fmt.Sprintf("t%03d", i)}
		o := &catalog.Object{ID: id, Owner: "owner"}
		before.Objects[id], after.Objects[id] = o, o
		var grantees []string
		for r := range 500 {
			if r%2 == i%2 {
				grantees = append(grantees, fmt.Sprintf("role%03d", r))
			}
		}
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: id, Grantees: grantees, Grantor: "owner"}.Apply(after)
	}
	want := []string{
		"507 roles compared: 50,000 privileges gained, 0 lost",
		"+ role000, role002, role004, role006, role008, role010 and 244 more gain SELECT on TABLE many.t000, TABLE many.t002, TABLE many.t004, TABLE many.t006, TABLE many.t008, TABLE many.t010 and 94 more (granted directly)",
		"+ role001, role003, role005, role007, role009, role011 and 244 more gain SELECT on TABLE many.t001, TABLE many.t003, TABLE many.t005, TABLE many.t007, TABLE many.t009, TABLE many.t011 and 94 more (granted directly)",
	}
	if got := EffectLines(access.Compare(before, after), 10); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// TestLosingSuperuser says what no list has: other databases, and objects that were not read.
func TestLosingSuperuser(t *testing.T) {
	t.Parallel()
	lines := EffectLines(&access.Effect{Attributes: []access.AttributeChange{
		{Role: "boss", Lost: []catalog.AttributeWord{catalog.Superuser}}, {Role: "etl", Lost: []catalog.AttributeWord{catalog.CreateDB}},
	}}, 100)
	want := []string{"- boss loses SUPERUSER, and with it all that it was not granted, in every database of the cluster", "- etl loses CREATEDB"}
	if got := lines[len(lines)-2:]; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
