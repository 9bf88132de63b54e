package export

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// owns gives what a role owns; nil if that is nothing, or if no spec can say it.
func (e *exporter) owns(name string) []spec.Ownership {
	if e.unsaid.owns[name] {
		e.note(name, "It owns what a spec can not say: who owns what stays as it is")
		return nil
	}
	left := map[catalog.ObjectID]bool{}
	places := map[place]int{} // how many objects it owns of each kind in each schema
	for _, object := range e.owned[name] {
		if e.isOwnable(object) {
			left[object.ID] = true
			if object.ID.Kind.Info().InSchema() {
				places[place{object.ID.Kind, object.ID.Schema}]++
			}
		}
	}
	phrases := lists.Concat(sortedPlaces(places), func(at place) []*phrase { return e.ownsAll(at, places[at], left) })
	named := lists.Map(sortedIDs(left), func(id catalog.ObjectID) *phrase {
		return &phrase{kinds: []catalog.Kind{id.Kind}, names: []catalog.ObjectID{id}}
	})
	phrases = joinSchemas(append(phrases, joinNames(named)...))
	slices.SortFunc(phrases, (*phrase).compare)
	return e.parsedOwnerships(name, phrases)
}

// isOwnable tells whether a spec is to name the owner of an object. A sequence of a table has the table's, and a row
// type. Large objects are left out: there may be any number of them, and those that only their owner has are not read.
func (e *exporter) isOwnable(object *catalog.Object) bool {
	info := object.ID.Kind.Info()
	return info.Ownable && info.Name != catalog.NameIsNumber && object.OwnedBy == (catalog.ObjectID{}) && (object.Refused == "" || info.OwnerDecided) &&
		(!info.OwnedBySuperusers || e.IsSuperuser(object.Owner))
}

// ownsAll gives the phrase for all objects of a kind in a schema, or for all but a few, and takes them out of what is
// left. Objects are only looked at where the role owns enough of them: there may be as many roles as objects.
func (e *exporter) ownsAll(at place, owned int, left map[catalog.ObjectID]bool) []*phrase {
	all := e.contents[at]
	if len(all)-owned > mostExcepted {
		return nil
	}
	lacking := lists.Filter(all, func(id catalog.ObjectID) bool { return !left[id] })
	if !isWhole(len(all)-len(lacking), lacking, false) {
		return nil
	}
	for _, id := range all {
		delete(left, id)
	}
	return []*phrase{{kinds: []catalog.Kind{at.kind}, schemas: []string{at.schema}, except: lacking, all: true}}
}
