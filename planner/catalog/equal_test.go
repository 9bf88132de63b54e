package catalog_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgsr/planner/catalog"
)

// full is a catalog of one role, one membership and one object that say something in every field.
func full() *catalog.Catalog {
	until := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c := sample(16)
	c.Roles = map[string]*catalog.Role{"a": {
		Name: "a", OID: 5, ValidUntil: &until, Verifier: "v", Comment: "c", Holds: &catalog.Held{Privilege: catalog.Select, Object: table}, Administers: 1,
	}}
	c.Members = map[string][]catalog.Membership{"a": {{Member: "b", Grantor: "a"}, {Member: "c", Grantor: "a"}}}
	c.Objects = map[catalog.ObjectID]*catalog.Object{table: {
		ID: table, OID: 7, Owner: "a", ACL: catalog.NewACL(item("a", "a", true)), Columns: map[string]catalog.ACL{"x": catalog.NewACL(item("a", "a", false))},
		Relkind: "r", OwnedBy: sequence,
	}}
	return c
}

// fields calls something for each field within a value, by its path, also those within what it points at.
func fields(path string, v reflect.Value, do func(path string, field reflect.Value)) {
	switch {
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeOf(time.Time{}):
		for i := range v.NumField() {
			fields(path+"."+v.Type().Field(i).Name, v.Field(i), do)
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		fields(path, v.Elem(), do)
		do(path, v)
	case v.Kind() == reflect.Slice && v.Len() > 0:
		fields(path+"[]", v.Index(0), do)
		do(path, v)
	default:
		do(path, v)
	}
}

// alter makes a field another one.
func alter(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int:
		v.SetInt(v.Int() + 1)
	case reflect.Uint32:
		v.SetUint(v.Uint() + 1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	default:
		v.SetZero()
	}
}

// TestEqualSeesEveryField: also one that is added later. What a desired catalog can not know is all that does not
// count for Fulfils.
func TestEqualSeesEveryField(t *testing.T) {
	parts := map[string]func(*catalog.Catalog) any{
		"server":     func(c *catalog.Catalog) any { return &c.Server },
		"role":       func(c *catalog.Catalog) any { return c.Roles["a"] },
		"membership": func(c *catalog.Catalog) any { return &c.Members["a"][0] },
		"object":     func(c *catalog.Catalog) any { return c.Objects[table] },
	}
	unknowable := []string{"role.Administers"}
	seen := 0
	for name, part := range parts {
		var paths []string
		fields(name, reflect.ValueOf(part(full())).Elem(), func(path string, _ reflect.Value) { paths = append(paths, path) })
		for at, path := range paths {
			other, n := full(), 0
			fields(name, reflect.ValueOf(part(other)).Elem(), func(_ string, field reflect.Value) {
				if n == at {
					alter(field)
				}
				n++
			})
			if catalog.Equal(full(), other) {
				t.Errorf("another %s makes no difference", path)
			}
			if got, want := catalog.Fulfils(full(), other), slices.Contains(unknowable, path); got != want {
				t.Errorf("another %s: fulfilled is %v", path, got)
			}
			seen++
		}
	}
	if !catalog.Equal(full(), full()) || !catalog.Fulfils(full(), full()) || seen < 40 {
		t.Errorf("two of the same differ, or only %d fields were looked at", seen)
	}
}

// TestFulfilsWhatCouldNotBeKnown: OIDs of what is new, passwords that can not be read, and the order in which
// memberships come.
func TestFulfilsWhatCouldNotBeKnown(t *testing.T) {
	for name, c := range map[string]struct {
		edit    func(desired, now *catalog.Catalog)
		fulfils bool
	}{
		"a new role":               {func(desired, _ *catalog.Catalog) { desired.Roles["a"].OID = 0 }, true},
		"a new object":             {func(desired, _ *catalog.Catalog) { desired.Objects[table].OID = 0 }, true},
		"no password can be read":  {func(_, now *catalog.Catalog) { now.Roles["a"].Verifier = "" }, true},
		"a password that was read": {func(desired, _ *catalog.Catalog) { desired.Roles["a"].Verifier = "" }, false},
		"no password":              {func(_, now *catalog.Catalog) { now.Roles["a"].Verifier = catalog.NoPassword }, false},
		"another order":            {func(_, now *catalog.Catalog) { slices.Reverse(now.Members["a"]) }, true},
		"a member less":            {func(_, now *catalog.Catalog) { now.Members["a"] = now.Members["a"][:1] }, false},
		"a role less":              {func(_, now *catalog.Catalog) { delete(now.Roles, "a") }, false},
		"a role more":              {func(_, now *catalog.Catalog) { now.Roles["b"] = now.Roles["a"] }, false},
		"an object more":           {func(_, now *catalog.Catalog) { now.Objects[sequence] = now.Objects[table] }, false},
		"members of a role more":   {func(_, now *catalog.Catalog) { now.Members["b"] = now.Members["a"] }, false},
	} {
		desired, now := full(), full()
		c.edit(desired, now)
		if got := catalog.Fulfils(desired, now); got != c.fulfils {
			t.Errorf("%s: fulfilled is %v", name, got)
		}
		if catalog.Equal(desired, now) {
			t.Errorf("%s: the same in everything", name)
		}
	}
}
