package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

// TestEveryChangeIsWalked: the tests of all packages that walk [catalogtest.Changes] forget none.
func TestEveryChangeIsWalked(t *testing.T) {
	var walked []string
	for _, change := range catalogtest.Changes("x", "x") {
		walked = append(walked, reflect.TypeOf(change).Name())
	}
	changes := changesInSource(t)
	if len(changes) < 12 {
		t.Errorf("only %v are changes: is this package catalog?", changes)
	}
	for _, name := range changes {
		if !slices.Contains(walked, name) {
			t.Errorf("catalogtest.Changes has no %s", name)
		}
	}
}

// changesInSource lists the types of this package that say what they touch.
func changesInSource(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv != nil && f.Name.Name == "Touches" {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	return names
}

// TestChangesTouchWhatTheyChange: a change does nothing to what it does not say that it touches, and locks nothing
// else.
func TestChangesTouchWhatTheyChange(t *testing.T) {
	for _, major := range []int{14, 15, 16, 17, 18} {
		for _, change := range catalogtest.Changes("x", "a comment") {
			before := changeable(major)
			after := before.Clone()
			change.Apply(after)
			touched := newTouched(change.Touches(before))
			if len(touched.roles)+len(touched.objects) == 0 {
				t.Errorf("%+v touches nothing", change)
			}
			touched.check(t, before, after, change)
			locks := catalog.Locks{}
			change.Lock(locks, before.Server)
			for lock := range locks {
				if !touched.roles[lock.Role] && !touched.objects[lock.Object] {
					t.Errorf("%+v locks %+v and does not touch it", change, lock)
				}
			}
		}
	}
}

// changeable has everything that [catalogtest.Changes] of x is about, and as much that it is not.
func changeable(major int) *catalog.Catalog {
	c := catalog.New(catalog.Server{VersionNum: major * 10000, CurrentUser: "deploy", Bootstrap: "postgres"})
	for _, name := range []string{"x", "y", "deploy", "postgres"} {
		c.Roles[name] = &catalog.Role{Name: name}
		c.Members[name] = []catalog.Membership{{Member: "x", Grantor: "x"}, {Member: "y", Grantor: "x"}, {Member: "y", Grantor: "y"}}
	}
	for _, name := range []string{"x", "y"} {
		table := catalog.ObjectID{Kind: catalog.Table, Schema: name, Name: name}
		for _, id := range []catalog.ObjectID{{Kind: catalog.Database, Name: name}, {Kind: catalog.Schema, Name: name}, table, {Kind: catalog.Sequence, Schema: name, Name: name}} {
			o := &catalog.Object{ID: id, Owner: "y", ACL: catalog.NewACL(catalog.Item{Grantee: "x", Grantor: "x", Privilege: id.Kind.Info().Privileges[0]})}
			if id.Kind == catalog.Sequence {
				o.OwnedBy = table
			}
			c.Objects[id] = o
		}
		for _, kind := range catalog.FutureKinds() {
			f := catalog.Future{Owner: name, Kind: kind.Kind}
			if kind.InSchema {
				f.Schema = name
			}
			c.DefaultPrivileges[f] = catalog.NewACL(catalog.Item{Grantee: "x", Grantor: name, Privilege: kind.Privileges[0]})
		}
	}
	return c
}

type touched struct {
	roles   map[string]bool
	objects map[catalog.ObjectID]bool
	futures map[catalog.Future]bool
}

func newTouched(names catalog.Touched) touched {
	t := touched{map[string]bool{}, map[catalog.ObjectID]bool{}, map[catalog.Future]bool{}}
	for _, name := range slices.Concat(names.Roles, names.Granted, names.Members) {
		t.roles[name] = true
	}
	for _, id := range names.Objects {
		t.objects[id] = true
	}
	for _, f := range names.Futures {
		t.futures[f] = true
	}
	return t
}

// check finds what a change did to what it does not touch.
func (of touched) check(t *testing.T, before, after *catalog.Catalog, change catalog.Change) {
	t.Helper()
	for name, role := range before.Roles {
		if after.Roles[name] != role && !of.roles[name] {
			t.Errorf("%+v changes role %s and does not touch it", change, name)
		}
	}
	for id, object := range before.Objects {
		if after.Objects[id] != object && !of.objects[id] {
			t.Errorf("%+v changes %s and does not touch it", change, id)
		}
	}
	for f, acl := range before.DefaultPrivileges {
		if !slices.Equal(acl, after.DefaultPrivileges[f]) && !of.futures[f] {
			t.Errorf("%+v changes %+v and does not touch it", change, f)
		}
	}
	for role, rows := range before.Members {
		less, more := catalog.DifferentMemberships(rows, after.Members[role])
		for _, row := range slices.Concat(less, more) {
			if !of.roles[role] && !of.roles[row.Member] {
				t.Errorf("%+v changes %+v in %s and touches neither", change, row, role)
			}
		}
	}
}
