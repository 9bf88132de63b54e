package resolve

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// ownedObjects gives the objects that a target stands for and that exist, in order, and notes those that do not exist.
func (r *resolver) ownedObjects(t spec.Target, role string, at spec.Position) []catalog.ObjectID {
	found := r.named(t, role, at)
	for _, schema := range r.schemas(t, role, at) {
		contents := r.contents(t, schema)
		if t.Matching != nil && len(contents) == 0 {
			r.noteNoMatch(t, schema, role, at)
		}
		found = append(found, contents...)
	}
	return found
}

// named gives the objects that a target names and that exist, and notes those that do not exist.
func (r *resolver) named(t spec.Target, role string, at spec.Position) []catalog.ObjectID {
	var found []catalog.ObjectID
	for _, id := range r.objectsOf(&t, role, at) {
		if r.desired.Objects[id] != nil {
			found = append(found, id)
		} else {
			r.noteMissingObject(id, role, at)
		}
	}
	return found
}

// schemas gives the schemas of whose contents a target speaks and that exist, and notes those that do not exist.
func (r *resolver) schemas(t spec.Target, role string, at spec.Position) []string {
	var found []string
	for _, schema := range t.Schemas {
		if id := (catalog.ObjectID{Kind: catalog.Schema, Name: schema}); r.desired.Objects[id] != nil {
			found = append(found, schema)
		} else {
			r.noteMissingObject(id, role, at)
		}
	}
	return found
}

// contentsKey is a schema's objects of one kind whose names match an expression; without one: all. With a word they are
// those for which it stands.
type contentsKey struct {
	kind                   catalog.Kind
	schema, matching, word string
}

func contentsOf(t spec.Target, schema string) contentsKey {
	key := contentsKey{kind: t.Kind, schema: schema, word: t.Word}
	if t.Matching != nil {
		key.matching = t.Matching.String()
	}
	return key
}

// contents gives a schema's objects of the target's kind whose names match, in order, worked out once for each pattern.
func (r *resolver) contents(t spec.Target, schema string) []catalog.ObjectID {
	all := r.contentsOfSchemas()[contentsKey{kind: t.Kind, schema: schema}]
	if t.Matching == nil && t.Word == "" {
		return all
	}
	key := contentsOf(t, schema)
	found, known := r.matching[key]
	if !known {
		for _, id := range all {
			if (t.Matching == nil || t.Matching.MatchString(id.Name)) && isMeant(&t, r.current.Objects[id]) {
				found = append(found, id)
			}
		}
		r.matching[key] = found
	}
	return found
}

// listContents lists what every schema holds, in order.
func (r *resolver) listContents() map[contentsKey][]catalog.ObjectID {
	out := map[contentsKey][]catalog.ObjectID{}
	for id, object := range r.current.Objects {
		if info := id.Kind.Info(); info.InSchema() && object.Refused == "" && !strings.Contains(info.NotInAll, cmp.Or(object.Relkind, " ")) {
			key := contentsKey{kind: id.Kind, schema: id.Schema}
			out[key] = append(out[key], id)
		}
	}
	for _, ids := range out {
		slices.SortFunc(ids, catalog.ObjectID.Compare)
	}
	return out
}
