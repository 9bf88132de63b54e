package report

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/script"
)

// WriteHTML writes one page with everything about a document, which loads nothing else. Searching and copying need
// JavaScript, all else does not. html/template escapes what comes from outside, and the page's content security policy
// lets no script run but ours.
func WriteHTML(w io.Writer, d Document) error {
	page := pageOf(d)
	var there, back, text bytes.Buffer
	if err := script.WritePSQL(&there, d.Document); err != nil {
		return err
	}
	if err := script.WritePSQL(&back, d.RollbackDocument()); err != nil {
		return err
	}
	page.Script, page.RollbackScript = scriptParts(there.String()), scriptParts(back.String())
	if err := pageTemplate().Execute(&text, page); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}

// pageOf gives what is shown of a document, without scripts.
func pageOf(d Document) htmlPage {
	page := htmlPage{Document: d, Sections: d.sections(), Picture: pictureOf(d.Statements)}
	if d.Effect == nil {
		page.Tallies = talliesOf(nil, d.Statements)
		page.Highlights = script.Highlights(d.Statements)
		return page
	}
	effects := []access.DatabaseEffect{{Effect: d.Effect}}
	page.Tallies, page.Twice = talliesOf(effects, d.Statements), lookTwice(effects)
	page.Effects = effectGroups(effectRows(d.Effect), slices.Concat(otherEffects(d.Effect)...))
	return page
}

// htmlPage is what the template shows.
type htmlPage struct {
	Document
	Tallies []tally
	// Highlights are what people should see first where the effect, which says more, is not known.
	Highlights             []string
	Twice                  twice
	Effects                []effectGroup
	Sections               []section
	Picture                *picture
	Script, RollbackScript []scriptPart
	// Suffix tells the names of places in the page apart, where it is one of several plans, and Step is which.
	Suffix string
	Step   int
}

// InTransactions says in how many the plan is run, and why; empty: in one.
func (p htmlPage) InTransactions() string {
	_, parts, _ := strings.Cut(p.Counts(), "; ")
	return parts
}

// effectGroup is what is lost, changed or gained: lines about logins, memberships and the like, each with its mark and
// a blank before it, and privileges.
type effectGroup struct {
	Title string
	Lines []string
	Rows  []effectRow
}

// effectGroups has what is lost first, because it is what breaks.
func effectGroups(rows []effectRow, lines []string) []effectGroup {
	var out []effectGroup
	for _, group := range []struct {
		mark  script.Mark
		title string
	}{{script.Takes, "Lost"}, {script.Changes, "Changed"}, {script.Gives, "Gained"}} {
		g := effectGroup{Title: group.title}
		for _, row := range rows {
			if row.Mark == group.mark {
				g.Rows = append(g.Rows, row)
			}
		}
		for _, line := range lines {
			if script.Mark(line[0]) == group.mark {
				g.Lines = append(g.Lines, line)
			}
		}
		if len(g.Rows)+len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// htmlNames are names of which the page shows the first and unfolds the others.
type htmlNames struct{ First, Rest []string }

func htmlNamesOf(names []string) htmlNames {
	if len(names) <= mostNames+1 {
		return htmlNames{First: names}
	}
	return htmlNames{names[:mostNames], names[mostNames:]}
}

// markClass names a mark for the style sheet.
func markClass(m script.Mark) string {
	return map[script.Mark]string{script.Gives: "gives", script.Takes: "takes", script.Changes: "changes"}[m]
}

// signOf writes a mark with the true minus sign, which is as wide as the plus.
func signOf(m script.Mark) string {
	if m == script.Takes {
		return "−"
	}
	return string(m)
}
