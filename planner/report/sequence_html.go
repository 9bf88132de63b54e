package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// htmlSequence is what the template of several databases shows.
type htmlSequence struct {
	Pages                  []htmlPage
	Databases              int
	Tallies                []tally
	Twice                  twice
	Effects                effectTable
	Statements             []script.Statement
	Warnings               []string
	Script, RollbackScript pageScriptText
	Digest                 string
	// Taken are the changes that take something away, in all steps, each a line with its mark and a blank before it.
	Taken     []string
	MoreTaken int
	// HasEffect tells that it is known what people gain and lose.
	HasEffect bool
	// NoPictures tells that there would be too many.
	NoPictures bool
}

// writeSequenceHTML writes one page: see [WriteHTML].
func writeSequenceHTML(w io.Writer, s Sequence) error {
	all := s.script()
	page := htmlSequence{Databases: len(s.databases()), Statements: all.Statements(), Warnings: cutTexts(s.Warnings, mostRows), Digest: s.Digest(), HasEffect: len(s.Effects) > 0, NoPictures: len(s.Documents) > mostPictures}
	page.Tallies, page.Twice = talliesOf(s.Effects, page.Statements), lookTwice(s.Effects)
	taken, more := cut(s.takenIn(), mostRows)
	page.MoreTaken = more
	page.Taken = lists.Map(taken, func(c change) string { return string(c.Mark) + " " + c.Text })
	if page.HasEffect {
		page.Effects = effectGroupsIn(s.Effects)
	}
	for i, d := range s.shown() {
		one := pageOf(d, len(s.Documents))
		one.Suffix, one.Step = fmt.Sprintf("-%d", i+1), i+1
		if one.Picture != nil {
			one.Picture.Prefix = one.Suffix
		}
		page.Pages = append(page.Pages, one)
	}
	var there, back bytes.Buffer
	if err := cmp.Or(script.WriteSequencePSQL(&there, all), script.WriteSequencePSQL(&back, all.Rollback())); err != nil {
		return err
	}
	page.Script, page.RollbackScript = scriptText(there.String()), scriptText(back.String())
	return writePage(w, "sequence", page)
}
