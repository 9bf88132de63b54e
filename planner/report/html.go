package report

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// WriteHTML writes one page with everything about a document, which loads nothing else. Searching and copying need
// JavaScript, all else does not. html/template escapes what comes from outside, and the page's content security policy
// lets no script run but ours.
func WriteHTML(w io.Writer, d Document) error {
	page := pageOf(d, 1)
	var there, back bytes.Buffer
	if err := cmp.Or(script.WritePSQL(&there, d.Document), script.WritePSQL(&back, d.RollbackDocument())); err != nil {
		return err
	}
	page.Script, page.RollbackScript = scriptText(there.String()), scriptText(back.String())
	return writePage(w, "page", page)
}

// writePage fills a template. What fails leaves nothing behind.
func writePage(w io.Writer, template string, page any) error {
	var text bytes.Buffer
	if err := pageTemplate().ExecuteTemplate(&text, template, page); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}

// pageOf gives what is shown of a document, without scripts, where it is one of so many in a page.
func pageOf(d Document, of int) htmlPage {
	page := htmlPage{Document: d}
	page.Warnings, page.Ends = cutTexts(d.Warnings, mostRows/of), cutTexts(d.Ends, mostRows/of)
	page.Sections, page.MoreChanges = cutSections(d.sections(), mostRows/of)
	page.Left, page.MoreLeft = cut(d.Left, mostRows/of)
	if of <= mostPictures {
		page.Picture = pictureOf(d.Statements)
	}
	if d.Effect == nil {
		page.Tallies = talliesOf(nil, d.Statements)
		page.Highlights = script.Highlights(d.Statements)
		return page
	}
	effects := []access.DatabaseEffect{{Effect: d.Effect}}
	if len(d.Elsewhere) > 0 {
		effects = d.effects()
	}
	page.Tallies, page.Twice = talliesOf(effects, d.Statements), lookTwice(effects)
	if len(d.Elsewhere) > 0 {
		page.Effects = effectGroupsIn(effects)
		return page
	}
	page.Effects = effectGroups(append(roleRows(d.Effect), effectRows(d.Effect)...), slices.Concat(otherEffects(beyondRows(d.Effect))...))
	return page
}

// htmlPage is what the template shows.
type htmlPage struct {
	Document
	Tallies []tally
	// Highlights are what people should see first where the effect, which says more, is not known.
	Highlights             []string
	Twice                  twice
	Effects                effectTable
	Sections               []section
	Picture                *picture
	Script, RollbackScript pageScriptText
	// MoreChanges and MoreLeft count what the page does not hold, and Left is what it does of what is left.
	MoreChanges, MoreLeft int
	Left                  []catalog.Left
	Warnings, Ends        []string
	// Suffix tells the names of places in the page apart, where it is one of several plans, and Step is which.
	Suffix string
	Step   int
}

// InTransactions says in how many the plan is run, and why; empty: in one.
func (p htmlPage) InTransactions() string {
	_, parts, _ := strings.Cut(p.Counts(), "; ")
	return parts
}

// markWord names a mark, for programs and the style sheet.
func markWord(m script.Mark) string {
	return map[script.Mark]string{script.Gives: "gives", script.Takes: "takes", script.Changes: "changes"}[m]
}

// signOf writes a mark with the true minus sign, which is as wide as the plus.
func signOf(m script.Mark) string {
	if m == script.Takes {
		return "−"
	}
	return string(m)
}
