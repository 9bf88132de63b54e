package report

import (
	"fmt"
	"slices"

	"pgsr/planner/script"
)

// What a page holds at most, so that it stays below 5 MB, which mail takes and a browser searches at once: rows of a
// table, names behind «more», and bytes of a script.
const (
	mostRows      = 1_000
	mostUnfolding = 15_000
	mostScript    = 1_200_000
	mostLineBytes = 400_000
	// mostPictures is how many databases have a picture each, and mostParts how many schemas in one.
	mostPictures, mostParts = 12, 24
)

// htmlNames are names of which the page shows the first and unfolds the rest. More counts those that it does not hold.
type htmlNames struct {
	First, Rest []string
	More        int
}

// Folded counts those that are not shown at once.
func (n htmlNames) Folded() int { return len(n.Rest) + n.More }

// room counts the names that still go behind «more».
type room int

func (r *room) names(all []string) htmlNames {
	if len(all) <= mostNames+1 {
		return htmlNames{First: all}
	}
	rest := all[mostNames:min(len(all), mostNames+int(*r))]
	*r -= room(len(rest))
	return htmlNames{all[:mostNames], rest, len(all) - mostNames - len(rest)}
}

// cut gives the first rows of a table and counts the others.
func cut[T any](all []T, most int) ([]T, int) {
	most = max(most, 0)
	if len(all) <= most {
		return all, 0
	}
	return all[:most], len(all) - most
}

// cutTexts does so with texts, of which the last says how many there are more.
func cutTexts(all []string, most int) []string {
	shown, more := cut(all, most)
	if more > 0 {
		shown = append(slices.Clip(shown), fmt.Sprintf("and %s more, which are too many for this page: other formats have them", script.Number(more)))
	}
	return shown
}

// shortPath leaves the middle of a long path out.
func shortPath(via []string) []string {
	const most, ends = 8, 3
	if len(via) <= most {
		return via
	}
	middle := fmt.Sprintf("%d more", len(via)-2*ends)
	return slices.Concat(via[:ends], []string{middle}, via[len(via)-ends:])
}

// cutSections gives so many changes and counts the others.
func cutSections(all []section, most int) ([]section, int) {
	var out []section
	more := 0
	for _, s := range all {
		var rest int
		s.Changes, rest = cut(s.Changes, most)
		most, more = most-len(s.Changes), more+rest
		if len(s.Changes) > 0 {
			out = append(out, s)
		}
	}
	return out, more
}

// tooLarge says why a script is not in the page; empty: it is.
func tooLarge(text string) string {
	if len(text) <= mostScript {
		return ""
	}
	return fmt.Sprintf("The script has %s bytes, which is too much for a page. The formats psql and sql have it, also of a saved plan: pgsr show.", script.Number(len(text)))
}
