// Package lists makes lists and sets of others, where package slices of the standard library has nothing.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package lists

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Map gives what a function makes of each item, in order; nil if there is none.
func Map[T, U any](items []T, of func(T) U) []U {
	if len(items) == 0 {
		return nil
	}
	out := make([]U, len(items))
	for i, item := range items {
		out[i] = of(item)
	}
	return out
}

// Concat gives what each item has, one after the other; nil if there is nothing.
func Concat[T, U any](items []T, of func(T) []U) []U { return slices.Concat(Map(items, of)...) }

// Filter gives the items that are to be kept, in order; nil if there is none.
func Filter[T any](items []T, keep func(T) bool) []T {
	var out []T
	for _, item := range items {
		if keep(item) {
			out = append(out, item)
		}
	}
	return out
}

// Join writes items with commas between them.
func Join[T any](items []T, write func(T) string) string {
	return strings.Join(Map(items, write), ", ")
}

// First lists the first few of so many texts, and counts the rest.
func First(texts []string, few, all int) string {
	shown := min(len(texts), few)
	text := strings.Join(texts[:shown], ", ")
	if more := all - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Counted says how many there are of something.
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Keys gives those keys of a map that are to be kept, in order; nil if there is none.
func Keys[K comparable, V any](of map[K]V, compare func(a, b K) int, keep func(K, V) bool) []K {
	var out []K
	for key, value := range of {
		if keep(key, value) {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, compare)
	return out
}

// Both calls do for each key of two maps, once, with what each of them has of it.
func Both[K comparable, V any](a, b map[K]V, do func(key K, inA, inB V)) {
	for key, value := range a {
		do(key, value, b[key])
	}
	for key, value := range b {
		if _, known := a[key]; !known {
			do(key, a[key], value)
		}
	}
}

// Place gives the place of a key among those that came before. A new one gets the next.
func Place[K comparable](places map[K]int, key K) (at int, isNew bool) {
	at, known := places[key]
	if !known {
		at = len(places)
		places[key] = at
	}
	return at, !known
}

// AppendNew appends those items that are not there yet.
func AppendNew[T comparable](to []T, items ...T) []T {
	for _, item := range items {
		if !slices.Contains(to, item) {
			to = append(to, item)
		}
	}
	return to
}

// CompareBools puts false before true.
func CompareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Set gives the items of lists as a set.
func Set[T comparable](lists ...[]T) map[T]bool {
	out := map[T]bool{}
	for _, list := range lists {
		for _, item := range list {
			out[item] = true
		}
	}
	return out
}

// Strings gives words of a type of their own as texts.
func Strings[T ~string](words []T) []string {
	return Map(words, func(word T) string { return string(word) })
}

// Quoted gives names in quotes, as messages have them.
func Quoted(names []string) []string { return Map(names, strconv.Quote) }
