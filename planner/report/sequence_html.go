package report

import (
	"bytes"
	"fmt"
	"io"

	"pgsr/planner/script"
)

// htmlSequence is what the template of several databases shows.
type htmlSequence struct {
	Pages                  []htmlPage
	Databases              int
	Counts                 string
	Statements             []script.Statement
	Warnings               []string
	Script, RollbackScript string
	Digest                 string
	// Taken are the changes that take something away, in all steps, and Effect what people gain and lose in the end,
	// each a line with its mark and a blank before it.
	Taken, Effect []string
}

// writeSequenceHTML writes one page: see [WriteHTML].
func writeSequenceHTML(w io.Writer, s Sequence) error {
	all := s.script()
	page := htmlSequence{Databases: len(s.databases()), Counts: all.Counts(), Statements: all.Statements(), Warnings: s.Warnings, Digest: s.Digest()}
	page.Taken = mapSlice(s.takenIn(), func(c change) string { return string(c.Mark) + " " + c.Text })
	if len(s.Effects) > 0 {
		page.Effect = EffectLinesIn(s.Effects, 0)
	}
	for i, d := range s.shown() {
		one := pageOf(d)
		one.Suffix, one.Step = fmt.Sprintf("-%d", i+1), i+1
		page.Pages = append(page.Pages, one)
	}
	var there, back, text bytes.Buffer
	if err := script.WriteSequencePSQL(&there, all); err != nil {
		return err
	}
	if err := script.WriteSequencePSQL(&back, all.Rollback()); err != nil {
		return err
	}
	page.Script, page.RollbackScript = there.String(), back.String()
	if err := pageTemplate().ExecuteTemplate(&text, "sequence", page); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}
