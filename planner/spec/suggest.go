package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Nearest gives the known word that was probably meant; empty if none is near.
func Nearest(word string, known []string) string {
	best, limit := "", max(1, len([]rune(word))/3)
	for _, candidate := range known {
		if d := EditDistance(word, candidate); d <= limit {
			best, limit = candidate, d-1
		}
	}
	return best
}

// nearestFew gives the known words in the order of how near they are to a word, three at most.
func nearestFew(word string, known []string) []string {
	sorted := slices.Clone(known)
	slices.SortStableFunc(sorted, func(a, b string) int {
		return cmp.Compare(EditDistance(word, a), EditDistance(word, b))
	})
	return sorted[:min(len(sorted), 3)]
}

// plainWord makes words equal that differ in case or in how their parts are joined.
func plainWord(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "-", "_")
}

// KnownAre lists the words that would have been right, and which of them was probably meant.
func KnownAre[T ~string](word string, known []T) string {
	words := asStrings(known)
	text := "known are " + strings.Join(words, ", ")
	if near := Nearest(word, words); near != "" {
		text += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return text
}

// EditDistance counts the letters to add, drop, change or swap with their neighbour to make one word of another. Of
// long words only the beginning counts; case, and how the parts of a word are joined, do not.
func EditDistance(a, b string) int {
	const enough = 64
	x, y := []rune(plainWord(a)), []rune(plainWord(b))
	x, y = x[:min(len(x), enough)], y[:min(len(y), enough)]
	var before, last []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row = last, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differs(x[i-1], y[j-1]))
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(y)]
}

func differs(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
