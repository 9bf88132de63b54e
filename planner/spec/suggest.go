package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// Nearest gives the known words that may have been meant by one, the nearest first, three at most.
func Nearest(word string, known []string) []string {
	return nearestWithin(word, known, DistanceLimit(word))
}

// nearestWithin gives the three nearest of the known words, as far as their distance is no more than a limit.
func nearestWithin(word string, known []string, limit int) []string {
	const most = 3
	distances := map[string]int{}
	var near []string
	for _, candidate := range known {
		if distance := Distance(word, candidate, limit); distance <= limit {
			near = append(near, candidate)
			distances[candidate] = distance
		}
	}
	slices.SortFunc(near, func(a, b string) int { return cmp.Or(cmp.Compare(distances[a], distances[b]), cmp.Compare(a, b)) })
	near = slices.Compact(near)
	return near[:min(len(near), most)]
}

// DidYouMean is the end of a message that there is nothing of a name: what may have been meant; empty if nothing comes
// near.
func DidYouMean(name string, known []string) string {
	near := Nearest(name, known)
	if len(near) == 0 {
		return ""
	}
	return ": did you mean " + strings.Join(lists.Quoted(near), ", ") + "?"
}

// DistanceLimit is how many letters may be wrong in a word, at most.
func DistanceLimit(word string) int { return max(1, len([]rune(word))/3) }

// Distance gives the edit distance of two words, or more than the limit as soon as that can be seen.
func Distance(a, b string, limit int) int {
	if difference := len([]rune(a)) - len([]rune(b)); difference > limit || -difference > limit {
		return limit + 1
	}
	return editDistance(a, b)
}

// plainWord makes words equal that differ in case or in how their parts are joined.
func plainWord(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "-", "_")
}

// KnownAre lists the words that would have been right, and which of them was probably meant.
func KnownAre[T ~string](word string, known []T) string {
	words := lists.Strings(known)
	text := "known are " + strings.Join(words, ", ")
	if near := Nearest(word, words); len(near) > 0 {
		text += fmt.Sprintf(" (did you mean %s?)", near[0])
	}
	return text
}

// editDistance counts the letters to add, drop, change or swap with their neighbour to make one word of another. Of
// long words only the beginning counts; case, and how the parts of a word are joined, do not.
func editDistance(a, b string) int {
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
