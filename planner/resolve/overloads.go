package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// objectsOf gives the objects that a target names, a routine with the types of its arguments, and notes what of them
// the server does not have, or has as something else than the target's word says.
func (r *resolver) objectsOf(t *spec.Target, at spec.Position) []catalog.ObjectID {
	info := t.Kind.Info()
	switch {
	case len(t.Objects) == 0:
		return nil
	case info.From > r.current.Server.Major():
		r.fail(at, "PostgreSQL %d has no privileges on a %s: they came with %d", r.current.Server.Major(), t.Kind, info.From)
		return nil
	case len(info.Words) == 0:
		return t.Objects
	}
	var found []catalog.ObjectID
	for _, id := range t.Objects {
		if info.Name == catalog.NameWithArguments && id.Arguments == "" {
			all := r.overloads(t, id)
			if len(all) > 1 {
				r.fail(at, "there is more than one %s: write which with the types of its arguments, %s", nameOf(t, id), oneOf(all))
				continue
			}
			if len(all) == 0 { // of another word, if any: that is said below
				all = r.routines()[id]
			}
			if len(all) > 0 {
				id = all[0]
			}
		}
		if object := r.desired.Objects[id]; object != nil && !isMeant(t, object) {
			r.fail(at, "%s is no %s: write %s", id.NameInWords(), t.Word, phraseOf(object))
			continue
		}
		found = append(found, id)
	}
	return found
}

// isMeant tells whether an object is of those that the word of a target stands for.
func isMeant(t *spec.Target, object *catalog.Object) bool {
	return t.Word == "" || slices.ContainsFunc(t.Kind.Info().Words, func(w catalog.Word) bool {
		return w.One == t.Word && strings.Contains(w.Letters, object.Relkind)
	})
}

// phraseOf writes an object with the narrowest word for it.
func phraseOf(object *catalog.Object) string {
	for _, word := range object.ID.Kind.Info().Words {
		if strings.Contains(word.Letters, object.Relkind) {
			return word.One + " " + object.ID.NameInWords()
		}
	}
	return object.ID.String()
}

func nameOf(t *spec.Target, id catalog.ObjectID) string {
	if t.Word == "" {
		return id.String()
	}
	return t.Word + " " + id.NameInWords()
}

// overloads lists, in order, the routines of a name that the word of a target stands for.
func (r *resolver) overloads(t *spec.Target, id catalog.ObjectID) []catalog.ObjectID {
	return slices.DeleteFunc(slices.Clone(r.routines()[id]), func(other catalog.ObjectID) bool { return !isMeant(t, r.desired.Objects[other]) })
}

// listRoutines lists, in order, the routines of each name.
func (x *currentIndex) listRoutines() map[catalog.ObjectID][]catalog.ObjectID {
	out := map[catalog.ObjectID][]catalog.ObjectID{}
	for id := range x.current.Objects {
		if id.Kind.Info().Name == catalog.NameWithArguments {
			name := id
			name.Arguments = ""
			out[name] = append(out[name], id)
		}
	}
	for _, ids := range out {
		slices.SortFunc(ids, catalog.ObjectID.Compare)
	}
	return out
}

// oneOf lists routines.
func oneOf(ids []catalog.ObjectID) string {
	names := lists.Map(ids, catalog.ObjectID.NameInWords)
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// overloadHint names the routines that have the name of one that is missing.
func (r *resolver) overloadHint(id catalog.ObjectID) string {
	id.Arguments = ""
	if all := r.routines()[id]; len(all) > 0 {
		return fmt.Sprintf("there is %s", oneOf(all))
	}
	return ""
}
