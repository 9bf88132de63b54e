package export

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// ofSchemas gives the phrases for what a role has on all objects of a kind in a schema, or on all but a few, and takes
// it out of what is left.
func (e *exporter) ofSchemas(w *way, level grantLevel, left map[catalog.ObjectID]*byLevel, futures futures) []*phrase {
	needed := map[place][]int{} // on how many objects the role needs each privilege
	for id, must := range left {
		if !id.Kind.Info().InSchema() || must[level].isEmpty() {
			continue
		}
		at := place{id.Kind, id.Schema}
		if needed[at] == nil {
			needed[at] = make([]int, len(id.Kind.Info().Privileges))
		}
		for i := range must[level].each(id.Kind) {
			needed[at][i]++
		}
	}
	return lists.Concat(sortedPlaces(needed), func(at place) []*phrase { return e.ofSchema(at, w, level, left, needed[at], futures) })
}

func sortedPlaces[T any](places map[place]T) []place {
	return slices.SortedFunc(maps.Keys(places), func(a, b place) int {
		return catalog.ObjectID{Kind: a.kind, Name: a.schema}.Compare(catalog.ObjectID{Kind: b.kind, Name: b.schema})
	})
}

// ofSchema does so for one kind in one schema: privileges that the same objects lack share a phrase.
func (e *exporter) ofSchema(at place, w *way, level grantLevel, left map[catalog.ObjectID]*byLevel, needed []int, futures futures) []*phrase {
	all := e.contents[at]
	var phrases []*phrase
	first := map[string]*phrase{}
	sets := map[*phrase]privileges{}
	for i, n := range needed {
		privilege := setAt(i)
		if n == 0 || len(all) == 0 || 2*n < len(all) {
			continue
		}
		lacking := w.lacking(all, level, privilege)
		if !isWhole(n, lacking, futures.hasIn(at, level, privilege)) {
			continue
		}
		key := fmt.Sprintf("%q", lacking)
		if first[key] == nil {
			first[key] = &phrase{level: level, kinds: []catalog.Kind{at.kind}, schemas: []string{at.schema}, except: lacking, all: true}
			phrases = append(phrases, first[key])
		}
		sets[first[key]] |= privilege
	}
	for _, p := range phrases {
		set := sets[p]
		p.privileges = e.words(at.kind, set)
		if len(p.except) == 0 {
			p.creators = futures.take(at, level, set)
		}
		for _, id := range all {
			if must := left[id]; must != nil && !slices.Contains(p.except, id) {
				must.say(level, set)
			}
		}
	}
	return phrases
}

// lacking gives the objects on which a privilege is not had.
func (w *way) lacking(all []catalog.ObjectID, level grantLevel, privilege privileges) []catalog.ObjectID {
	return lists.Filter(all, func(id catalog.ObjectID) bool {
		h := w.objects[id]
		return h == nil || !h.has[level].has(privilege)
	})
}

// A phrase with EXCEPT has to leave out few of many, so that it is the shorter one and says what people mean.
const (
	mostExcepted  = 8
	timesExcepted = 4
)

// isWhole tells whether a privilege on so many objects in a schema is to be said of all of them, or of all but a few
// that lack it. Of one object alone that is more than is known, unless default privileges say the same.
func isWhole(needed int, lacking []catalog.ObjectID, isFuture bool) bool {
	if len(lacking) == 0 {
		return needed > 1 || isFuture
	}
	return len(lacking) <= mostExcepted && len(lacking)*timesExcepted <= needed
}
