package report

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Objects that differ only in the types of their arguments are two, wherever they are named.
func TestArgumentsAreOfTheIdentity(t *testing.T) {
	one := catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "f", Arguments: "(integer)"}
	other := one
	other.Arguments = `(integer, s."B c")`
	if one.Compare(other) >= 0 || other.Compare(one) <= 0 || one.Compare(one) != 0 {
		t.Error("they are in no order")
	}
	for what, say := range map[string]func(catalog.ObjectID) string{
		"message": catalog.ObjectID.String, "display": catalog.DisplayObject, "phrase": catalog.ObjectID.String,
		"saved": func(id catalog.ObjectID) string { data, _ := json.Marshal(id); return string(data) },
		"state": func(id catalog.ObjectID) string { data, _ := json.Marshal(script.StateObject(id)); return string(data) },
		"guard": func(id catalog.ObjectID) string {
			return script.DifferencesSQL(catalog.Server{}, script.State{Objects: []script.ObjectState{{ID: script.StateObject(id)}}})
		},
	} {
		if text := say(one); text == say(other) || !strings.Contains(text, "(integer)") && !strings.Contains(text, `pg_catalog\\".\\"int4`) {
			t.Errorf("%s: %s", what, text)
		}
	}
	var back catalog.ObjectID
	data, _ := json.Marshal(other)
	if err := json.Unmarshal(data, &back); err != nil || back != other {
		t.Errorf("%s was read as %v: %v", data, back, err)
	}
}

// The schema knows every kind and privilege, and no other.
func TestSchemaHasAllKinds(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	type words struct{ Enum []string }
	var schema struct {
		Defs struct {
			Privilege words
			Object    struct{ Properties struct{ Kind words } }
			Future    struct{ Properties struct{ Kind words } }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	var kinds, futures, privileges []string
	for _, kind := range slices.Concat(catalog.Kinds(), catalog.OwnedOnly()) {
		kinds = append(kinds, string(kind.Kind))
		for _, p := range kind.Privileges {
			privileges = append(privileges, string(p))
		}
	}
	for _, kind := range catalog.FutureKinds() {
		futures = append(futures, string(kind.Kind))
		for _, p := range kind.Privileges {
			privileges = append(privileges, string(p))
		}
	}
	for _, c := range []struct{ has, want []string }{{schema.Defs.Object.Properties.Kind.Enum, kinds}, {schema.Defs.Future.Properties.Kind.Enum, futures}, {schema.Defs.Privilege.Enum, privileges}} {
		slices.Sort(c.has)
		slices.Sort(c.want)
		if want := slices.Compact(c.want); !slices.Equal(c.has, want) {
			t.Errorf("it has %v, want %v", c.has, want)
		}
	}
}
