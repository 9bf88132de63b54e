package script

import (
	"fmt"
	"slices"

	"pgsr/planner/lists"
)

// Part is one of several transactions of a document.
type Part struct {
	Statements []Statement
	// ReliesOn is what is checked before its first change, LeadsTo before COMMIT.
	ReliesOn, LeadsTo State
}

// Transactions gives the documents of which this one consists, in order: itself, or one for each of its parts.
func (d Document) Transactions() []Document {
	if len(d.Parts) == 0 {
		return []Document{d}
	}
	out := make([]Document, len(d.Parts))
	for i, part := range d.Parts {
		one := d
		one.Parts = nil
		if one.allStatements == nil {
			one.allStatements = d.Statements
		}
		one.Statements, one.ReliesOn, one.LeadsTo = part.Statements, part.ReliesOn, part.LeadsTo
		one.partsBefore = d.partsBefore + i
		one.part, one.partOf = i+1, len(d.Parts)
		one.later = nil
		out[i] = one
	}
	out[0].later = slices.Concat(lists.Map(d.Parts[1:], func(part Part) State { return part.LeadsTo }), d.later)
	return out
}

// isOneOfSeveral tells whether the script has other transactions.
func (d Document) isOneOfSeveral() bool { return len(d.allStatements) > len(d.Statements) }

// Counts counts the statements, and the transactions if there are several.
func (d Document) Counts() string {
	text := StatementCounts(d.Statements)
	if len(d.Parts) > 0 {
		text += fmt.Sprintf("; in %d transactions: %s", len(d.Parts), d.whyParts())
	}
	return text
}

func (d Document) endsSessions() bool {
	return slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.Section == EndingSessions })
}

// whyParts says why there are several transactions.
func (d Document) whyParts() string {
	if d.endsSessions() {
		return "what ends sessions can not be undone, so that logins are lost and committed before it"
	}
	return "one would take more locks than the server's lock table has room for"
}

// The guards of a transaction that is not the first.
var (
	staleLater = Guard{
		Message: "this script is stale: what is left of it relies on something that has changed, so nothing more was changed",
		Hint:    "The transactions before this one are committed, and what they did is safe to keep. Plan again: it goes on from here.",
	}
	notAsPlannedLater = Guard{
		Message: "the result is not what was planned, so this transaction changed nothing",
		Hint:    "The transactions before this one are committed, and what they did is safe to keep. Plan again to see what differs.",
	}
)

// guards gives the two guards of a document that is one transaction.
func (d Document) guards() (stale, notAsPlanned Guard) {
	if d.partsBefore > 0 {
		return staleLater, notAsPlannedLater
	}
	return Stale, NotAsPlanned
}
