package resolve

import (
	"iter"

	"pgsr/planner/catalog"
)

// byObject is a map by object. It is quick where the objects of one schema come one after the other, as in most
// grants: only their names are looked up then.
type byObject[T any] struct {
	groups map[objectGroup]map[string]T
	// last is the group that was asked for last, and its names.
	last      objectGroup
	lastNames map[string]T
}

// objectGroup is what objects of one kind in one schema have in common.
type objectGroup struct {
	kind   catalog.Kind
	schema string
}

func newByObject[T any]() *byObject[T] {
	return &byObject[T]{groups: map[objectGroup]map[string]T{}}
}

// get gives what is there for an object; false if nothing is.
func (m *byObject[T]) get(id *catalog.ObjectID) (T, bool) {
	found, known := m.names(id)[id.Name]
	return found, known
}

func (m *byObject[T]) set(id *catalog.ObjectID, value T) {
	names := m.names(id)
	if names == nil {
		names = map[string]T{}
		m.groups[m.last], m.lastNames = names, names
	}
	names[id.Name] = value
}

// names gives those of the objects of the same kind and schema; nil if there are none.
func (m *byObject[T]) names(id *catalog.ObjectID) map[string]T {
	if group := (objectGroup{id.Kind, id.Schema}); m.lastNames == nil || m.last != group {
		m.last, m.lastNames = group, m.groups[group]
	}
	return m.lastNames
}

// values gives all that is there, in no order.
func (m *byObject[T]) values() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, names := range m.groups {
			for _, value := range names {
				if !yield(value) {
					return
				}
			}
		}
	}
}

// count tells how many objects there are.
func (m *byObject[T]) count() int {
	sum := 0
	for _, names := range m.groups {
		sum += len(names)
	}
	return sum
}
