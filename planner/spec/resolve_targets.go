package spec

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
)

// expand gives the objects that a target stands for and that exist, in order, and notes those that do not exist.
func (r *resolver) expand(t Target, role string, at Position) []catalog.ObjectID {
	var found []catalog.ObjectID
	for _, id := range t.Objects {
		if r.desired.Objects[id] != nil {
			found = append(found, id)
		} else {
			r.miss(id, role, at)
		}
	}
	for _, schema := range t.Schemas {
		if id := (catalog.ObjectID{Kind: catalog.Schema, Name: schema}); r.desired.Objects[id] == nil {
			r.miss(id, role, at)
			continue
		}
		found = append(found, r.contents(t, schema)...)
	}
	return found
}

// contents gives a schema's objects of the target's kind whose names match, worked out once for each pattern.
func (r *resolver) contents(t Target, schema string) []catalog.ObjectID {
	key := fmt.Sprintf("%s\x00%s\x00%v", t.Kind, schema, t.Matching)
	if found, known := r.expanded[key]; known {
		return found
	}
	var found []catalog.ObjectID
	for id := range r.desired.Objects {
		if id.Kind == t.Kind && id.Schema == schema && (t.Matching == nil || t.Matching.MatchString(id.Name)) {
			found = append(found, id)
		}
	}
	slices.SortFunc(found, catalog.ObjectID.Compare)
	r.expanded[key] = found
	return found
}

func (r *resolver) miss(id catalog.ObjectID, role string, at Position) {
	r.missing = append(r.missing, Missing{At: at, Role: role, Object: id, Hint: r.hint(id)})
}

// hint finds an object of the same name and another kind, the usual reason why a name is not found.
func (r *resolver) hint(id catalog.ObjectID) string {
	for _, kind := range catalog.Kinds() {
		other := catalog.ObjectID{Kind: kind.Kind, Schema: id.Schema, Name: id.Name}
		if r.desired.Objects[other] != nil {
			return fmt.Sprintf("it is a %s: write ON %s", kind.Kind, kind.Kind)
		}
	}
	return ""
}
