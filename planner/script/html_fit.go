package script

import (
	"html/template"
	"slices"
	"strings"
)

// mostPage bounds a page in bytes: mail and tickets take it, and a browser searches it at once.
const mostPage = 5_000_000

// The bounds of one line of effective access, whatever the page's size.
const (
	mostRest = 200
	mostVia  = 8
)

// htmlLeftOut counts what is not in a page because there is too much of it.
type htmlLeftOut struct {
	Warnings, BackWarnings, Marks, Rows, Changes, Sources int
	Script, Back                                          bool
}

// fit gives the page with as much of each of its lists and scripts as go into so many bytes, and says what is left out.
func (page htmlPage) fit(size int) htmlPage {
	part := func(thousandths int) int { return size / 1000 * thousandths }
	left := &page.LeftOut
	page.Sources, left.Sources = fitting(page.Sources, part(20), func(s Source) int { return cost(s.Name) + cost(s.SHA256) })
	page.Warnings, left.Warnings = fitting(page.Warnings, part(50), func(text string) int { return cost(text) })
	page.BackWarnings, left.BackWarnings = fitting(page.BackWarnings, part(30), func(text string) int { return cost(text) })
	page.Marks, left.Marks = fitting(page.Marks, part(50), func(m htmlMark) int { return cost(m.Kind) + cost(m.Text) })
	rows, others := fitting(page.Rows, part(250), htmlRow.cost)
	page.Rows, left.Rows = rows, left.Rows+others
	page.Sections, left.Changes = fittingSections(page.Sections, part(250))
	page.Script, left.Script = fittingScript(page.Script, part(150))
	page.Back, left.Back = fittingScript(page.Back, part(100))
	return page
}

// fitting gives the first of a list that together take so many bytes, and how many others there are.
func fitting[T any](list []T, most int, cost func(T) int) ([]T, int) {
	for i, each := range list {
		if most -= cost(each); most < 0 {
			return list[:i:i], len(list) - i
		}
	}
	return list, 0
}

func fittingSections(sections []htmlSection, most int) (kept []htmlSection, leftOut int) {
	for _, section := range sections {
		changes, others := fitting(section.Changes, most, htmlChange.cost)
		leftOut += others
		for _, change := range changes {
			most -= change.cost()
		}
		if others > 0 {
			most = 0
		}
		if len(changes) > 0 {
			kept = append(kept, htmlSection{section.Title, changes})
		}
	}
	return kept, leftOut
}

// fittingScript cuts a script at the end of a line.
func fittingScript(script string, most int) (string, bool) {
	if len(script) <= most/2 || len(template.HTMLEscapeString(script)) <= most {
		return script, false
	}
	end := strings.LastIndexByte(script[:min(most/2, len(script))], '\n') + 1
	return script[:end], true
}

// cost is about how many bytes a text takes that stands in a place of its own.
func cost(text string) int {
	const around = 60
	return len(template.HTMLEscapeString(text)) + around
}

func (r htmlRow) cost() int {
	const around, aroundName = 250, 30
	sum := around + cost(r.How)
	for _, texts := range [][]string{r.Roles.First, r.Roles.Rest, r.Objects.First, r.Objects.Rest, r.Privileges, r.Via} {
		for _, text := range texts {
			sum += len(template.HTMLEscapeString(text)) + aroundName
		}
	}
	return sum
}

func (c htmlChange) cost() int {
	const around = 150
	return around + cost(c.Text) + cost(c.Reason) + cost(c.As)
}

// htmlPath leaves out the middle of a long path: what counts is where it begins and where it leads.
func htmlPath(via []string) []string {
	if len(via) <= mostVia {
		return via
	}
	const head = mostVia / 2
	tail := via[len(via)-(mostVia-1-head):]
	return slices.Concat(via[:head], []string{"… " + grouped(len(via)-mostVia+1) + " more …"}, tail)
}
