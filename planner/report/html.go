package report

import (
	"bytes"
	"io"

	"pgsr/planner/script"
)

// WriteHTML writes a page that has everything about a document in one file: no other one is loaded, now or ever.
// Searching and copying need JavaScript, all else does not. html/template escapes what comes from outside, and the
// page's own policy lets no other script run than ours.
func WriteHTML(w io.Writer, d Document) error {
	page, err := pageOf(d)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := pageTemplate().Execute(&text, page); err != nil {
		return err
	}
	_, err = w.Write(text.Bytes())
	return err
}

// htmlPage is what the template shows.
type htmlPage struct {
	Database, Server, User, Origin, Counts, EffectCounts string
	Sources                                              []script.Source
	Gives, Takes, Changes                                int
	Highlights, Warnings, BackWarnings                   []string
	Marks                                                []htmlMark
	Rows                                                 []htmlRow
	Sections                                             []htmlSection
	Picture                                              *picture
	Script, Back                                         string
	HasEffect, HasBack                                   bool
}

// htmlMark is a change to look at twice.
type htmlMark struct{ Kind, Text string }

// htmlRow is one line of effective access.
type htmlRow struct {
	Class, Sign, Verb string
	Roles, Objects    htmlNames
	Privileges, Via   []string
	How               string
}

// htmlNames are names of which the first are shown and the others unfold.
type htmlNames struct{ First, Rest []string }

// htmlSection is a heading with its changes.
type htmlSection struct {
	Title   string
	Changes []htmlChange
}

type htmlChange struct{ Class, Sign, Text, Reason, As string }

func pageOf(d Document) (htmlPage, error) {
	page := htmlPage{
		Database: script.Printable(d.Server.Database), Server: script.Printable(script.DescribeServer(d.Server)), User: script.Printable(script.DescribeUser(d.Server)), Origin: script.Printable(d.Origin.WrittenBy()),
		Sources: mapped(d.Origin.Sources, func(s script.Source) script.Source {
			return script.Source{Name: script.Printable(s.Name), SHA256: script.Printable(s.SHA256)}
		}),
		Counts: d.Counts(), Highlights: script.Highlights(d.Statements), Warnings: mapped(d.Warnings, script.Printable), Sections: htmlSections(d), Picture: pictureOf(d.Statements),
	}
	page.count(d)
	page.showEffect(d)
	var there, back bytes.Buffer
	if err := script.WritePSQL(&there, d.Document); err != nil {
		return page, err
	}
	page.Script = there.String()
	if d.Rollback == nil {
		return page, nil
	}
	if err := script.WritePSQL(&back, d.RollbackDocument()); err != nil {
		return page, err
	}
	page.HasBack, page.Back, page.BackWarnings = true, back.String(), mapped(d.Rollback.Warnings, script.Printable)
	return page, nil
}

func (page *htmlPage) count(d Document) {
	for _, s := range d.Statements {
		switch s.Mark() {
		case script.Gives:
			page.Gives++
		case script.Takes:
			page.Takes++
		default:
			page.Changes++
		}
	}
}

func (page *htmlPage) showEffect(d Document) {
	if d.Effect == nil {
		return
	}
	page.HasEffect, page.EffectCounts = true, effectCounts(d.Effect)
	for _, m := range d.Effect.Marks {
		page.Marks = append(page.Marks, htmlMark{Kind: script.Printable(string(m.Kind)), Text: script.Printable(m.Text)})
	}
	for _, row := range effectRows(d.Effect) {
		page.Rows = append(page.Rows, htmlRowOf(row))
	}
}

func htmlRowOf(row effectRow) htmlRow {
	verb := "gains"
	if row.Mark == script.Takes {
		verb = "loses"
	}
	return htmlRow{
		Class: markClass(row.Mark), Sign: signOf(row.Mark), Verb: verb, Roles: htmlNamesOf(row.Roles), Objects: htmlNamesOf(row.Objects),
		Privileges: row.Privileges, Via: row.Via, How: script.Printable(row.How),
	}
}

func htmlNamesOf(names []string) htmlNames {
	const most = 6
	if len(names) <= most+1 {
		return htmlNames{First: names}
	}
	return htmlNames{names[:most], names[most:]}
}

func htmlSections(d Document) []htmlSection {
	var out []htmlSection
	headings := d.Headings()
	for i, s := range d.Statements {
		if headings[i] != "" {
			out = append(out, htmlSection{Title: headings[i]})
		}
		m, last := s.Mark(), &out[len(out)-1]
		change := htmlChange{Class: markClass(m), Sign: signOf(m), Text: script.Summary(s.Change), Reason: script.Printable(s.Reason)}
		if as := d.ActingRole(s); as != "" {
			change.As = script.DisplayName(as)
		}
		last.Changes = append(last.Changes, change)
	}
	return out
}

// signOf writes a mark with the true minus sign, which is as wide as the plus.
func signOf(m script.Mark) string {
	if m == script.Takes {
		return "−"
	}
	return string(m)
}
