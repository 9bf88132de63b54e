package planner

import "slices"

// group is what one statement can grant or revoke together, by what it has in common.
type group[K, V any] struct {
	key K
	of  []V
}

// groups are in order by their keys. There are few, and mostly one.
type groups[K interface {
	comparable
	compare(K) int
}, V any] []group[K, V]

func (g *groups[K, V]) add(key K, one V) {
	at, known := slices.BinarySearchFunc(*g, key, func(of group[K, V], key K) int { return of.key.compare(key) })
	if !known {
		*g = slices.Insert(*g, at, group[K, V]{key: key})
	}
	(*g)[at].of = append((*g)[at].of, one)
}
