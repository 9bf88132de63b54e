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
