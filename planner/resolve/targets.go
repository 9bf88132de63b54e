package resolve

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// targets remembers what targets stand for, so that each is looked for once.
type targets struct {
	matching map[contentsKey]contents
	// excepted are the names after EXCEPT, with whether each was found.
	excepted map[exceptedName]exceptionUse
}

func newTargets() targets {
	return targets{matching: map[contentsKey]contents{}, excepted: map[exceptedName]exceptionUse{}}
}

// ownedObjects gives the existing objects that a target under owns stands for, in order, and notes the missing ones.
func (r *resolver) ownedObjects(t spec.Target, role string, at spec.Position) []catalog.ObjectID {
	found := r.named(t, role, at)
	for _, schema := range r.places(t, role, at) {
		contents := r.contents(t, schema)
		if contents.isNothing {
			r.noteNoMatch(t, schema, role, at)
		}
		found = append(found, contents.objects...)
	}
	return found
}

// named gives the existing objects that a target names, and notes the missing ones.
func (r *resolver) named(t spec.Target, role string, at spec.Position) []catalog.ObjectID {
	var found []catalog.ObjectID
	for _, id := range r.objectsOf(&t, at) {
		switch object := r.desired.Objects[id]; {
		case object == nil:
			r.noteMissingObject(id, role, &t, at)
		case r.ignored.has(object):
			r.fail(at, "%s is under ignore, so that the spec can not decide who owns it: take one of both out", id)
		default:
			found = append(found, id)
		}
	}
	return found
}

// places gives the existing schemas whose contents a target is about, and notes the missing ones. The empty name stands
// for objects that lie in no schema.
func (r *resolver) places(t spec.Target, role string, at spec.Position) []string {
	if len(t.Schemas) == 0 && t.Matching != nil {
		r.noteException(&t, "", role, at, false)
		return []string{""}
	}
	var found []string
	for _, schema := range t.Schemas {
		id := catalog.ObjectID{Kind: catalog.Schema, Name: schema}
		isMissing := r.desired.Objects[id] == nil
		if isMissing {
			r.noteMissingObject(id, role, &t, at)
		} else {
			found = append(found, schema)
		}
		r.noteException(&t, schema, role, at, isMissing)
	}
	return found
}

// contentsKey stands for the objects of one kind in a schema. Matching, word and excepted restrict them, if not empty.
type contentsKey struct {
	kind                             catalog.Kind
	schema, matching, word, excepted string
}

func contentsOf(t spec.Target, schema string) contentsKey {
	key := contentsKey{kind: t.Kind, schema: schema, word: t.Word}
	if t.Matching != nil {
		key.matching = t.Matching.String()
	}
	if t.Except != nil {
		key.excepted = exceptedText(t.Except)
	}
	return key
}

// exceptedText tells an exception from others in a contentsKey.
func exceptedText(e *spec.Exception) string {
	if e.Matching != nil {
		return "MATCHING " + e.Matching.String()
	}
	var text strings.Builder
	for _, id := range e.Names {
		text.WriteString(id.NameInWords() + ", ")
	}
	return text.String()
}

// contents is what a target means in one schema.
type contents struct {
	// objects are in order, those of ignore left out.
	objects []catalog.ObjectID
	// isNothing tells that the pattern matches nothing, before EXCEPT and ignore leave anything out.
	isNothing bool
}

// contents gives a schema's objects that a target of ALL or of a pattern is about, and remembers them by pattern.
func (r *resolver) contents(t spec.Target, schema string) contents {
	all := r.contentsOfSchemas()[contentsKey{kind: t.Kind, schema: schema}]
	if t.Matching == nil && t.Except == nil && t.Word == "" && r.ignored == nil {
		return contents{objects: all}
	}
	key := contentsOf(t, schema)
	found, known := r.matching[key]
	if !known {
		found.isNothing = t.Matching != nil
		for _, id := range all {
			if !matches(t.Matching, id.Name) || !isMeant(&t, r.current.Objects[id]) {
				continue
			}
			found.isNothing = false
			if !excepts(t.Except, id) && !r.ignored.has(r.current.Objects[id]) {
				found.objects = append(found.objects, id)
			}
		}
		r.matching[key] = found
	}
	return found
}

// listContents lists what every schema holds, and all databases, in order.
func (x *currentIndex) listContents() map[contentsKey][]catalog.ObjectID {
	out := map[contentsKey][]catalog.ObjectID{}
	for id, object := range x.current.Objects {
		if object.IsOfAll() || id.Kind == catalog.Database {
			key := contentsKey{kind: id.Kind, schema: id.Schema}
			out[key] = append(out[key], id)
		}
	}
	for _, ids := range out {
		slices.SortFunc(ids, catalog.ObjectID.Compare)
	}
	return out
}

// exceptedName is a name after EXCEPT, with the place of its phrase.
type exceptedName struct {
	at   spec.Position
	name catalog.ObjectID
}

// exceptionUse tells whether an excepted name was found, and which role has the phrase. It is kept once for a phrase of
// several kinds.
type exceptionUse struct {
	role    string
	kind    catalog.Kind
	isFound bool
}

// noteException notes which names after EXCEPT are among the objects of a schema that the target is about. A missing
// schema has none. With IF EXISTS they count as found, since nothing is given there.
func (r *resolver) noteException(t *spec.Target, schema, role string, at spec.Position, isMissing bool) {
	if t.Except == nil {
		return
	}
	for _, name := range t.Except.Names {
		if name.Schema != schema {
			continue
		}
		isFound := isMissing && t.IfExists || slices.ContainsFunc(r.contentsOfSchemas()[contentsKey{kind: t.Kind, schema: schema}], func(id catalog.ObjectID) bool {
			return isNameOf(name, id) && matches(t.Matching, id.Name) && isMeant(t, r.current.Objects[id])
		})
		key := exceptedName{at, name}
		use, known := r.excepted[key]
		if !known {
			use = exceptionUse{role: role, kind: t.Kind}
		}
		use.isFound = use.isFound || isFound
		r.excepted[key] = use
	}
}

// noteUnfoundExceptions notes names after EXCEPT that match nothing, since EXCEPT with a mistyped name gives more.
func (r *resolver) noteUnfoundExceptions() {
	inOrder := func(a, b exceptedName) int { return cmp.Or(comparePositions(a.at, b.at), a.name.Compare(b.name)) }
	for _, e := range lists.Keys(r.excepted, inOrder, func(_ exceptedName, use exceptionUse) bool { return !use.isFound }) {
		use, id := r.excepted[e], e.name
		id.Kind = use.kind
		r.noteMissing(Missing{At: e.at, Role: use.role, Object: id, Excepted: true}, false, func() string {
			if r.current.Objects[id] != nil {
				return "it is there, but is not what the phrase matches"
			}
			return ""
		})
	}
}
