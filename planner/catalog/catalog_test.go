package catalog_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

var (
	table    = catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	sequence = catalog.ObjectID{Kind: catalog.Sequence, Schema: "s", Name: "q"}
	schema   = catalog.ObjectID{Kind: catalog.Schema, Name: "s"}
)

// sample is a small catalog, the same each time.
func sample(major int) *catalog.Catalog {
	c := catalog.New(catalog.Server{
		VersionNum: major * 10000, CurrentUser: "admin", SessionUser: "admin", Bootstrap: "postgres",
		Defaults: map[catalog.Kind]catalog.ACL{catalog.Schema: catalog.NewACL(
			catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: catalog.Usage},
			catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: catalog.Create},
		)},
	})
	for _, name := range []string{"postgres", "admin", "owner", "a", "b", "c"} {
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Superuser: name == "postgres", Inherit: name != "b", ConnectionLimit: -1}}
	}
	c.Members["a"] = []catalog.Membership{
		{Member: "b", Grantor: "postgres", Options: catalog.Options{Admin: true, Inherit: true, Set: true}},
		{Member: "c", Grantor: "b", Options: catalog.Options{Set: true}},
	}
	acl := catalog.NewACL(item("owner", "owner", true), item("a", "owner", true), item("b", "a", true), item("c", "b", false), item("c", "owner", false))
	c.Objects[schema] = &catalog.Object{ID: schema, Owner: "owner", ACL: c.DefaultACL(catalog.Schema, "owner")}
	c.Objects[table] = &catalog.Object{ID: table, Owner: "owner", ACL: acl, Columns: map[string]catalog.ACL{"x": catalog.NewACL(item("a", "owner", false))}}
	c.Objects[sequence] = &catalog.Object{ID: sequence, Owner: "owner", ACL: acl, OwnedBy: table}
	return c
}

func item(grantee, grantor string, grantable bool) catalog.Item {
	return catalog.Item{Grantee: grantee, Grantor: grantor, Privilege: catalog.Select, Grantable: grantable}
}

// someChange makes one up.
func someChange(r *rand.Rand) catalog.Change {
	name := func() string { return []string{"owner", "a", "b", "c", "new"}[r.IntN(5)] }
	privileges, id := []catalog.Privilege{catalog.Select}, []catalog.ObjectID{table, sequence, schema}[r.IntN(3)]
	yes, until := r.IntN(2) == 0, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	column := []string{"", "", "x", "y"}[r.IntN(4)]
	future := catalog.Future{Owner: name(), Schema: []string{"", "s"}[r.IntN(2)], Kind: "TABLES"}
	switch r.IntN(14) {
	case 12:
		return catalog.GrantDefault{Privileges: privileges, Future: future, Grantees: []string{name()}, WithOption: yes}
	case 13:
		return catalog.RevokeDefault{Privileges: privileges, Future: future, Grantees: []string{name()}, OptionOnly: yes}
	case 0:
		return catalog.CreateRole{Name: "new"}
	case 1:
		return catalog.DropRole{Name: name()}
	case 2:
		return catalog.AlterRole{Name: name(), Login: &yes, Verifier: "v", SetValidUntil: true, ValidUntil: &until}
	case 3:
		return catalog.CommentOnRole{Name: name(), Comment: "x"}
	case 4:
		return catalog.GrantRole{Roles: []string{name()}, Members: []string{name(), name()}, Grantor: "postgres"}
	case 5:
		return catalog.GrantRole{Roles: []string{name()}, Members: []string{name()}, Grantor: name(), Options: &catalog.Options{Admin: yes}}
	case 6:
		return catalog.RevokeRole{Roles: []string{name()}, Members: []string{name()}, Grantor: "postgres", AdminOnly: yes, Cascade: r.IntN(2) == 0}
	case 7:
		return catalog.CreateSchema{Name: name(), Owner: name()}
	case 8:
		return catalog.DropSchema{Name: "s"}
	case 9:
		return catalog.SetOwner{Object: id, Owner: name()}
	case 10:
		return catalog.Grant{Privileges: privileges, Object: id, Column: column, Grantees: []string{name(), name()}, Grantor: name(), WithOption: yes}
	}
	return catalog.Revoke{Privileges: privileges, Object: id, Column: column, Grantees: []string{name(), name()}, Grantor: name(), OptionOnly: yes, Cascade: r.IntN(2) == 0}
}

// TestChangesReplaceWhatTheyChange: nothing that a catalog shares with its clone is changed in place, by any sequence
// of changes.
func TestChangesReplaceWhatTheyChange(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		major := []int{14, 18}[seed%2]
		original, untouched := sample(major), sample(major)
		clone := original.Clone()
		for range 12 {
			change := someChange(r)
			before := clone.Clone()
			lines := catalogtest.AllDifferences(catalog.New(before.Server), before)
			change.Apply(clone)
			if now := catalogtest.AllDifferences(catalog.New(before.Server), before); !slices.Equal(lines, now) {
				t.Fatalf("seed %d: %+v changed a clone of what it was applied to", seed, change)
			}
		}
		said := func(c *catalog.Catalog) []any {
			return []any{c.Server, c.Roles, c.Members, c.Objects, c.DefaultPrivileges}
		}
		if !reflect.DeepEqual(said(original), said(untouched)) {
			t.Fatalf("seed %d: the original was changed: %s", seed, strings.Join(catalogtest.AllDifferences(untouched, original), "\n"))
		}
	}
}

func TestACLIsAnOrderedSet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var before catalog.ACL
	for range 500 {
		var items []catalog.Item
		for range r.IntN(12) {
			items = append(items, catalog.Item{
				Grantee: []string{catalog.Public, "a", "ab", "b"}[r.IntN(4)], Grantor: []string{"o", "a"}[r.IntN(2)],
				Privilege: []catalog.Privilege{catalog.Select, catalog.Insert}[r.IntN(2)], Grantable: r.IntN(3) == 0,
			})
		}
		acl := catalog.NewACL(items...)
		if !slices.IsSortedFunc(acl, catalog.Item.Compare) || !slices.Equal(acl, catalog.NewACL(acl...)) || len(acl.Without(acl)) > 0 {
			t.Fatalf("%+v", acl)
		}
		for i := 1; i < len(acl); i++ {
			if acl[i].Compare(acl[i-1]) == 0 {
				t.Fatalf("twice: %+v", acl[i])
			}
		}
		checkACL(t, acl, items)
		left := slices.DeleteFunc(slices.Clone(acl), before.Contains)
		if got := acl.Without(before); !slices.Equal(got, left) {
			t.Fatalf("%+v without %+v is %+v", acl, before, got)
		}
		before = acl
	}
}

// checkACL compares what an ACL answers with a plain walk through what it was made of.
func checkACL(t *testing.T, acl catalog.ACL, items []catalog.Item) {
	t.Helper()
	for _, grantee := range []string{catalog.Public, "a", "ab", "b", "nobody"} {
		of := 0
		for _, i := range acl {
			if i.Grantee == grantee {
				of++
			}
		}
		if len(acl.Of(grantee)) != of {
			t.Fatalf("Of(%q) gives %d of %d", grantee, len(acl.Of(grantee)), of)
		}
		for _, privilege := range []catalog.Privilege{catalog.Select, catalog.Insert, catalog.Usage} {
			has := slices.ContainsFunc(items, func(i catalog.Item) bool { return i.Grantee == grantee && i.Privilege == privilege })
			option := slices.ContainsFunc(items, func(i catalog.Item) bool {
				return i.Grantee == grantee && i.Privilege == privilege && i.Grantable
			})
			if acl.Has(grantee, privilege) != has || acl.HasOption(grantee, privilege) != option {
				t.Fatalf("%q %s: has %v, option %v, of %+v", grantee, privilege, acl.Has(grantee, privilege), acl.HasOption(grantee, privilege), items)
			}
		}
	}
}

// TestOwnersGoInThePlaceOfOwners: also in the ACLs of columns and of the sequences that belong to a table, where
// entries are merged.
func TestOwnersGoInThePlaceOfOwners(t *testing.T) {
	c := sample(15)
	catalog.SetOwner{Object: table, Owner: "c"}.Apply(c)
	want := catalog.NewACL(item("c", "c", true), item("a", "c", true), item("b", "a", true), item("c", "b", false))
	for _, id := range []catalog.ObjectID{table, sequence} {
		if o := c.Objects[id]; o.Owner != "c" || !slices.Equal(o.ACL, want) {
			t.Errorf("%s belongs to %s: %+v", id, o.Owner, o.ACL)
		}
	}
	if got := c.Objects[table].Columns["x"]; !slices.Equal(got, catalog.NewACL(item("a", "c", false))) {
		t.Errorf("the column's: %+v", got)
	}
}

func TestCascadeFollowsTheGrantOption(t *testing.T) {
	for name, test := range map[string]struct {
		change catalog.Revoke
		want   []catalog.Item
	}{
		"all": {
			catalog.Revoke{Grantees: []string{"a"}, Grantor: "owner", Cascade: true},
			[]catalog.Item{item("c", "owner", false)},
		},
		"the option": {
			catalog.Revoke{Grantees: []string{"a"}, Grantor: "owner", OptionOnly: true, Cascade: true},
			[]catalog.Item{item("a", "owner", false), item("c", "owner", false)},
		},
		"without": {
			catalog.Revoke{Grantees: []string{"c"}, Grantor: "b"},
			[]catalog.Item{item("a", "owner", true), item("b", "a", true), item("c", "owner", false)},
		},
		"of another grantor": {
			catalog.Revoke{Grantees: []string{"b"}, Grantor: "owner", Cascade: true},
			[]catalog.Item{item("a", "owner", true), item("b", "a", true), item("c", "b", false), item("c", "owner", false)},
		},
	} {
		c := sample(15)
		test.change.Privileges, test.change.Object = []catalog.Privilege{catalog.Select}, table
		test.change.Apply(c)
		if want := catalog.NewACL(append(test.want, item("owner", "owner", true))...); !slices.Equal(c.Objects[table].ACL, want) {
			t.Errorf("%s: %+v", name, c.Objects[table].ACL)
		}
	}
}

// TestMembershipsBeforeAndFrom16: before, a role has a member once, whoever granted it, and granting it again changes
// nothing.
func TestMembershipsBeforeAndFrom16(t *testing.T) {
	for major, want := range map[int]int{15: 2, 16: 3} {
		c := sample(major)
		catalog.GrantRole{Roles: []string{"a"}, Members: []string{"b"}, Grantor: "admin"}.Apply(c)
		if got := c.Members["a"]; len(got) != want || !got[0].Admin {
			t.Errorf("%d: %+v", major, got)
		}
	}
	c := sample(16)
	catalog.GrantRole{Roles: []string{"a"}, Members: []string{"b"}, Grantor: "postgres", Options: &catalog.Options{Inherit: true}}.Apply(c)
	if got := c.Members["a"][0].Options; got != (catalog.Options{Inherit: true}) {
		t.Errorf("options that are named replace those there are: %+v", got)
	}
	c = sample(16)
	catalog.RevokeRole{Roles: []string{"a"}, Members: []string{"b"}, Grantor: "postgres", Cascade: true}.Apply(c)
	if _, has := c.Members["a"]; has {
		t.Errorf("what b granted is still there: %+v", c.Members["a"])
	}
	c = sample(16)
	catalog.GrantRole{Roles: []string{"c"}, Members: []string{"a", "b"}, Grantor: "postgres"}.Apply(c)
	if got := c.Members["c"]; got[0].Options != (catalog.Options{Inherit: true, Set: true}) || got[1].Options != (catalog.Options{Set: true}) {
		t.Errorf("the members' own INHERIT decides: %+v", got)
	}
}

// TestCreatorsMemberships: from 16 on, for those who are no superusers.
func TestCreatorsMemberships(t *testing.T) {
	creators := catalog.Membership{Member: "admin", Grantor: "postgres", Options: catalog.Options{Admin: true}}
	own := catalog.Membership{Member: "admin", Grantor: "admin", Options: catalog.Options{Set: true}}
	for name, test := range map[string]struct {
		major     int
		user      string
		selfGrant catalog.SelfGrant
		want      []catalog.Membership
	}{
		"15":                       {15, "admin", catalog.SelfGrant{}, nil},
		"16":                       {16, "admin", catalog.SelfGrant{}, []catalog.Membership{creators}},
		"16, a superuser":          {16, "postgres", catalog.SelfGrant{Set: true}, nil},
		"16, createrole_self_gr..": {16, "admin", catalog.SelfGrant{Set: true}, []catalog.Membership{creators, own}},
	} {
		c := sample(test.major)
		c.Server.CurrentUser, c.Server.SelfGrant = test.user, test.selfGrant
		catalog.CreateRole{Name: "new"}.Apply(c)
		if !slices.Equal(c.Members["new"], test.want) {
			t.Errorf("%s: %+v", name, c.Members["new"])
		}
		if test.want != nil && (!c.IsCreators(test.want[0]) || c.IsCreators(own)) {
			t.Errorf("%s: which is the creator's is not told", name)
		}
	}
}

func TestDropRoleTakesItsMemberships(t *testing.T) {
	c := sample(15)
	catalog.GrantRole{Roles: []string{"b"}, Members: []string{"a"}, Grantor: "postgres"}.Apply(c)
	catalog.DropRole{Name: "b"}.Apply(c)
	if c.Roles["b"] != nil || c.Members["b"] != nil || len(c.Members["a"]) != 1 || c.Members["a"][0].Member != "c" {
		t.Errorf("%+v", c.Members)
	}
}

func TestDefaultACLNamesTheOwner(t *testing.T) {
	c := sample(15)
	if got := c.DefaultACL(catalog.Schema, "a"); len(got) != 2 || !got.Has("a", catalog.Create) || got[0].Grantor != "a" {
		t.Errorf("%+v", got)
	}
	if c.DefaultACL(catalog.Schema, "a").Has(catalog.Owner, catalog.Create) || !c.Server.Defaults[catalog.Schema].Has(catalog.Owner, catalog.Create) {
		t.Error("the defaults themselves were changed")
	}
}

func TestDifferencesSayWhatDiffers(t *testing.T) {
	if got := catalogtest.AllDifferences(sample(16), sample(16)); len(got) != 0 {
		t.Errorf("%v", got)
	}
	other := sample(16)
	catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"c"}, Grantor: "b"}.Apply(other)
	catalog.CreateSchema{Name: "new", Owner: "a"}.Apply(other)
	got := catalogtest.AllDifferences(sample(16), other)
	if len(got) != 4 || !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, `- "TABLE s.t" acl`) }) ||
		!slices.Contains(got, `+ "SCHEMA new" owner "a"`) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestVerifiersPrintMasked(t *testing.T) {
	secret := catalog.Verifier("SCRAM-SHA-256$4096:salt$stored:server")
	role := catalog.Role{Name: "a", Verifier: secret}
	asJSON, err := json.Marshal(role)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q %x", secret, secret, secret, secret, secret, secret), fmt.Sprintf("%v %+v %#v", role, &role, role), string(asJSON),
	} {
		if strings.Contains(text, "stored") || strings.Contains(text, fmt.Sprintf("%x", "stored")) {
			t.Error(text)
		}
	}
	if none := fmt.Sprint(catalog.NoPassword, catalog.Verifier("")); none != "NULL" && none != "NULL " {
		t.Errorf("%q", none)
	}
}
