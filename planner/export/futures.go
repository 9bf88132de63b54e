package export

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// futures are what a role has by default privileges: of the objects of a kind in a schema, empty for all, by owner.
// Each privilege has one level.
type futures map[place]map[string]*byLevel

// findFutures notes what the exported roles have by default privileges.
func (e *exporter) findFutures() {
	for f, acl := range e.DefaultPrivileges {
		kind := f.Kind.Info().Of
		for _, item := range acl {
			if !e.exported[item.Grantee] || item.Grantee == f.Owner {
				continue
			}
			level := plain
			if item.Grantable {
				level = withOption
			}
			e.futures[item.Grantee].of(place{kind, f.Schema}, f.Owner)[level] |= e.setOf(kind, item, "new "+string(f.Kind)+" of "+f.Owner)
		}
	}
}

func (f futures) of(at place, owner string) *byLevel {
	if f[at] == nil {
		f[at] = map[string]*byLevel{}
	}
	if f[at][owner] == nil {
		f[at][owner] = &byLevel{}
	}
	return f[at][owner]
}

func (f futures) clone() futures {
	out := futures{}
	for at, owners := range f {
		for owner, sets := range owners {
			*out.of(at, owner) = *sets
		}
	}
	return out
}

// hasIn tells whether a privilege is among those on objects to come in a place.
func (f futures) hasIn(at place, level grantLevel, privilege privileges) bool {
	for _, sets := range f[at] {
		if sets[level].has(privilege) {
			return true
		}
	}
	return false
}

// take gives, in order, the roles on whose objects to come in a place are just these privileges, if there are none
// of which there are others, and takes them out.
func (f futures) take(at place, level grantLevel, set privileges) []string {
	var owners []string
	for owner, sets := range f[at] {
		switch sets[level] {
		case set:
			owners = append(owners, owner)
		case 0:
		default:
			return nil
		}
	}
	for _, owner := range owners {
		f[at][owner][level] = 0
	}
	slices.Sort(owners)
	return owners
}

// ofFutures gives the phrases for objects to come.
func (e *exporter) ofFutures(f futures) []*phrase {
	var phrases []*phrase
	for _, at := range sortedPlaces(f) {
		for level := withOption; level >= plain; level-- {
			phrases = append(phrases, e.ofFuture(at, level, f[at])...)
		}
	}
	return phrases
}

func (e *exporter) ofFuture(at place, level grantLevel, owners map[string]*byLevel) []*phrase {
	var phrases []*phrase
	for _, owner := range slices.Sorted(maps.Keys(owners)) {
		if set := owners[owner][level]; !set.isEmpty() {
			p := &phrase{level: level, privileges: e.words(at.kind, set), kinds: []catalog.Kind{at.kind}, creators: []string{owner}}
			if at.schema != "" {
				p.schemas = []string{at.schema}
			}
			phrases = append(phrases, p)
		}
	}
	return joined(phrases, func(p *phrase) string { return p.privileges }, func(into, from *phrase) { into.creators = append(into.creators, from.creators...) })
}
