// Package report writes plans for people and programs: as text, Markdown, a page with a picture, and JSON. It
// promises that nothing in a name becomes markup or a command to a terminal, and that a saved plan is read as what it
// says or not at all. Saved plans stand here and not in package script, for they hold the effect, of which script
// knows nothing.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package report

import (
	"pgsr/planner/access"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// Document is what all formats write: what a script says, and what people and programs need to know beside it.
type Document struct {
	script.Document
	// Effect is who gains and loses which access by the statements; nil: not known. For text, what roles hold and are by
	// themselves is enough: see [access.CompareHeld].
	Effect *access.Effect
	// Elsewhere is what the plan means for people in other databases, where nothing is run, because of what all databases
	// share.
	Elsewhere []access.DatabaseEffect
	// Verbose tells that text and Markdown are to say what each statement does, in place of what it means for people.
	Verbose bool
	// heldInStep is the effect of a step of a sequence, for which only what roles hold is written.
	heldInStep *access.Effect
	// takenIsSaid tells that what is taken away is listed before the document.
	takenIsSaid bool
}

// Transactions gives the documents of which this one consists, in order: itself, or one for each of its parts.
func (d Document) Transactions() []Document {
	return lists.Map(d.Document.Transactions(), func(part script.Document) Document {
		return Document{Document: part, Effect: d.Effect, Elsewhere: d.Elsewhere, Verbose: d.Verbose}
	})
}

// effects gives what is known of what it means for people, database by database, the document's own first.
func (d Document) effects() []access.DatabaseEffect {
	if d.Effect == nil {
		return nil
	}
	return append([]access.DatabaseEffect{{Database: d.Server.Database, Effect: d.Effect}}, d.Elsewhere...)
}
