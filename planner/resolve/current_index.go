package resolve

import (
	"sync"

	"pgsr/planner/catalog"
)

// currentIndex is the current catalog, with lists of what it has. Each is made when it is first asked for.
type currentIndex struct {
	current *catalog.Catalog

	contentsOfSchemas func() map[contentsKey][]catalog.ObjectID
	routines          func() map[catalog.ObjectID][]catalog.ObjectID
	withSomethingHere func() map[string]bool
	withMore          func() map[string]string
	heldTogether      func() map[string][]catalog.ObjectID
	// membersNow remembers what currentMembers gave.
	membersNow map[string]map[string]catalog.Options
}

func newCurrentIndex(current *catalog.Catalog) *currentIndex {
	x := &currentIndex{current: current, membersNow: map[string]map[string]catalog.Options{}}
	x.contentsOfSchemas = sync.OnceValue(x.listContents)
	x.routines = sync.OnceValue(x.listRoutines)
	x.withSomethingHere = sync.OnceValue(x.listWithSomethingHere)
	x.withMore = sync.OnceValue(x.listWithMore)
	x.heldTogether = sync.OnceValue(x.listHeldTogether)
	return x
}
