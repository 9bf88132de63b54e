package report

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// Sequence is what is done in several databases of one cluster, one document after the other. Where it is done in the
// connected database alone, it has one document, and is written as that.
type Sequence struct {
	Documents []Document
	// Warnings are of no single database.
	Warnings []string
	// Effects is what it means for people in the end, database by database; nil: that is not known.
	Effects []access.DatabaseEffect
	// Elsewhere tells of one document that it is for another database than the connected one.
	Elsewhere bool
}

// IsSingle tells whether it is one document, for the connected database.
func (s Sequence) IsSingle() bool { return len(s.Documents) == 1 && !s.Elsewhere }

// Digest names what is done: that of the only document, or one over those of all.
func (s Sequence) Digest() string {
	if s.IsSingle() {
		return cmp.Or(s.Documents[0].Digest, s.Documents[0].PlanDigest())
	}
	return s.script().Digest()
}

// errOneDatabase refuses what a format can not say.
var errOneDatabase = errors.New("the plan is for several databases, and this format knows no way to connect to another: write psql or json")

// WriteSequence writes a sequence in one of the [Formats].
func WriteSequence(w io.Writer, format string, s Sequence) error {
	if s.IsSingle() {
		d := s.Documents[0]
		d.Warnings = append(append([]string{}, s.Warnings...), d.Warnings...)
		return Write(w, format, d)
	}
	f, err := FormatNamed(format)
	if err != nil {
		return err
	}
	prepared := s
	prepared.Documents = make([]Document, len(s.Documents))
	for i, d := range s.Documents {
		if prepared.Documents[i], err = f.Prepare(d); err != nil {
			return err
		}
	}
	if f.writeSequence == nil {
		return errOneDatabase
	}
	return f.writeSequence(w, prepared)
}

// script is the same as far as scripts are concerned.
func (s Sequence) script() script.Sequence {
	return script.Sequence{Warnings: s.Warnings, Documents: lists.Map(s.Documents, func(d Document) script.Document { return d.Document })}
}

func writeSequenceScript(w io.Writer, s Sequence) error {
	return script.WriteSequencePSQL(w, s.script())
}

func writePlainSequence(w io.Writer, s Sequence) error { return WriteSequenceText(w, s, false) }

// WriteSequenceText writes a sequence for a terminal: see [WriteText].
func WriteSequenceText(w io.Writer, s Sequence, color bool) error {
	if s.IsSingle() {
		return WriteText(w, s.Documents[0], color)
	}
	p := painter(color)
	if s.Documents[0].Digest != "" {
		fmt.Fprintln(w, "digest "+s.Digest())
	}
	for _, warning := range s.Warnings {
		fmt.Fprintln(w, p.paint(yellow, "warning: "+catalog.Printable(warning)))
	}
	if taken := s.takenIn(); len(taken) > 0 {
		fmt.Fprintln(w, p.paint(bold, takenAway))
		for _, c := range taken {
			fmt.Fprintln(w, "  "+p.paint(colors[c.Mark], string(c.Mark)+" "+c.Text))
		}
	}
	for i, d := range s.shown() {
		heading := fmt.Sprintf("Step %d of %d: database %s", i+1, len(s.Documents), catalog.DisplayName(d.Server.Database))
		if _, err := fmt.Fprintln(w, p.paint(bold, heading)); err != nil {
			return err
		}
		if err := WriteText(w, d, color); err != nil {
			return err
		}
	}
	return nil
}

// databases gives those of the sequence.
func (s Sequence) databases() map[string]bool {
	return lists.Set(lists.Map(s.Documents, func(d Document) string { return d.Server.Database }))
}

// server is where the first step is done.
func (s Sequence) server() catalog.Server { return s.Documents[0].Server }
