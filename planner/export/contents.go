package export

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
)

// ofSchemas gives the phrases for what a role has on all objects of a kind in a schema, or on all but a few, and takes
// it out of what is left.
func (e *exporter) ofSchemas(w *way, level int, left map[catalog.ObjectID]*[levels]privileges, futures futures) []*phrase {
	places := map[place]bool{}
	for id, must := range left {
		if id.Kind.Info().InSchema() && must[level] != 0 {
			places[place{id.Kind, id.Schema}] = true
		}
	}
	var phrases []*phrase
	for _, at := range sortedPlaces(places) {
		phrases = append(phrases, e.ofSchema(at, w, level, left, futures)...)
	}
	return phrases
}

func sortedPlaces(places map[place]bool) []place {
	out := make([]place, 0, len(places))
	for at := range places {
		out = append(out, at)
	}
	slices.SortFunc(out, func(a, b place) int {
		return catalog.ObjectID{Kind: a.kind, Name: a.schema}.Compare(catalog.ObjectID{Kind: b.kind, Name: b.schema})
	})
	return out
}

// ofSchema does so for one kind in one schema: privileges that the same objects lack share a phrase.
func (e *exporter) ofSchema(at place, w *way, level int, left map[catalog.ObjectID]*[levels]privileges, futures futures) []*phrase {
	all := e.contents[at]
	var phrases []*phrase
	sets := map[string]privileges{}
	lackings := map[string][]catalog.ObjectID{}
	var keys []string
	for i := range at.kind.Info().Privileges {
		bit := privileges(1) << i
		var lacking []catalog.ObjectID
		needed := 0
		for _, id := range all {
			h := w.objects[id]
			if h == nil || h.has[level]&bit == 0 {
				lacking = append(lacking, id)
			} else if left[id][level]&bit != 0 {
				needed++
			}
		}
		if !e.isWhole(len(all), needed, lacking, futures.hasIn(at, level, bit)) {
			continue
		}
		key := fmt.Sprintf("%q", lacking)
		if _, known := sets[key]; !known {
			keys = append(keys, key)
		}
		sets[key] |= bit
		lackings[key] = lacking
	}
	for _, key := range keys {
		p := &phrase{level: level, privileges: e.words(at.kind, sets[key]), kinds: []catalog.Kind{at.kind}, schemas: []string{at.schema}, except: lackings[key], all: true}
		if len(p.except) == 0 {
			p.creators = futures.take(at, level, sets[key])
		}
		phrases = append(phrases, p)
		for _, id := range all {
			if must := left[id]; must != nil && !slices.Contains(p.except, id) {
				must[level] &^= sets[key]
				must[plain] &^= sets[key]
			}
		}
	}
	return phrases
}

// A phrase with EXCEPT has to leave out few of many, so that it is the shorter one and says what people mean.
const (
	mostExcepted  = 8
	timesExcepted = 4
)

// isWhole tells whether a privilege on objects in a schema is to be said of all of them, or of all but a few that lack
// it. Where there is but one object that is more than is known, unless default privileges say the same.
func (e *exporter) isWhole(all, needed int, lacking []catalog.ObjectID, isFuture bool) bool {
	switch {
	case needed == 0 || 2*needed < all:
		return false
	case len(lacking) == 0:
		return needed > 1 || isFuture
	}
	return len(lacking) <= mostExcepted && len(lacking)*timesExcepted <= needed
}
