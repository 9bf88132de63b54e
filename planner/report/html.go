package report

import (
	"bytes"
	"io"
	"slices"

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
	page.Script, page.RollbackScript = there.String(), back.String()
	if err := pageTemplate().Execute(&text, page); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}

// pageOf gives what is shown of a document, without scripts.
func pageOf(d Document) htmlPage {
	page := htmlPage{
		Document: d, Highlights: script.Highlights(d.Statements), Sections: d.sections(), Access: effectRows(d.Effect), Picture: pictureOf(d.Statements),
	}
	if d.Effect != nil {
		page.Others = slices.Concat(otherEffects(d.Effect)...)
	}
	return page
}

// htmlPage is what the template shows.
type htmlPage struct {
	Document
	Highlights []string
	Sections   []section
	Access     []effectRow
	// Others are what changes beside privileges, each with its mark and a blank before it.
	Others                 []string
	Picture                *picture
	Script, RollbackScript string
	// Suffix tells the names of places in the page apart, where it is one of several plans, and Step is which.
	Suffix string
	Step   int
}

// marked counts the statements with a mark.
func marked(statements []script.Statement, m script.Mark) int {
	n := 0
	for _, s := range statements {
		if s.Mark() == m {
			n++
		}
	}
	return n
}

// htmlNames are names of which the page shows the first and unfolds the others.
type htmlNames struct{ First, Rest []string }

func htmlNamesOf(names []string) htmlNames {
	const most = 6
	if len(names) <= most+1 {
		return htmlNames{First: names}
	}
	return htmlNames{names[:most], names[most:]}
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
