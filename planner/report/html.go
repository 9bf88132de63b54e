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
	page := pageOf(d, 1)
	var there, back, text bytes.Buffer
	if err := script.WritePSQL(&there, d.Document); err != nil {
		return err
	}
	if err := script.WritePSQL(&back, d.RollbackDocument()); err != nil {
		return err
	}
	page.Script, page.RollbackScript = scriptText(there.String()), scriptText(back.String())
	if err := pageTemplate().Execute(&text, page); err != nil {
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
	page.Tallies, page.Twice = talliesOf(effects, d.Statements), lookTwice(effects)
	lines := *d.Effect
	lines.Memberships = slices.DeleteFunc(slices.Clone(lines.Memberships), func(m access.MembershipChange) bool { return m.Before == nil || m.After == nil })
	lines.Created, lines.Dropped, lines.GainLogin, lines.LoseLogin = nil, nil, nil, nil
	page.Effects = effectGroups(append(roleRows(d.Effect), effectRows(d.Effect)...), slices.Concat(otherEffects(&lines)...))
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
	Left                  []script.Left
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

// effectGroup is what is lost, changed or gained: rows of logins, memberships and privileges, and lines about all else,
// each with its mark and a blank before it.
type effectGroup struct {
	Title string
	Rows  []pageRow
	Lines []string
	// More counts what the page does not hold.
	More int
}

// pageRow is an [effectRow] with what is shown of its names.
type pageRow struct {
	effectRow
	Who, On htmlNames
}

// effectTable is all groups of an effect.
type effectTable []effectGroup

// HasRows tells whether there are rows with columns, and not lines alone.
func (t effectTable) HasRows() bool {
	return slices.ContainsFunc(t, func(g effectGroup) bool { return len(g.Rows) > 0 })
}

// effectGroups has what is lost first, because it is what breaks.
func effectGroups(rows []effectRow, lines []string) effectTable {
	var out effectTable
	left, bytes := room(mostUnfolding), 0
	for _, group := range []struct {
		mark  script.Mark
		title string
	}{{script.Takes, "Lost"}, {script.Changes, "Changed"}, {script.Gives, "Gained"}} {
		g := effectGroup{Title: group.title}
		for _, line := range lines {
			switch {
			case script.Mark(line[0]) != group.mark:
			case len(g.Lines) < mostRows && bytes < mostLineBytes:
				g.Lines = append(g.Lines, line)
				bytes += len(line)
			default:
				g.More++
			}
		}
		for _, row := range rows {
			switch {
			case row.Mark != group.mark:
			case len(g.Rows) < mostRows:
				row.Via = shortPath(row.Via)
				g.Rows = append(g.Rows, pageRow{row, left.names(row.Roles), left.names(row.Objects)})
			default:
				g.More++
			}
		}
		if len(g.Rows)+len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	return out
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
