package report

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// section is a heading with the changes under it, in words, as text, Markdown and the page show them.
type section struct {
	Title   string
	Changes []change
}

type change struct {
	Mark         script.Mark
	Text, Reason string
	// As is the role that it is made as, if that is not the connecting one.
	As string
}

// takenAway heads what people should see first.
const takenAway = "Taken away"

// sections gives what is taken away first, of each transaction if there are several, and then all else in the order in
// which it runs. Where what is taken away is said before all of it, each change stands where it runs.
func (d Document) sections() []section {
	var taken, others []section
	transactions := d.Document.Transactions()
	for n, transaction := range transactions {
		gone, of := section{Title: takenAway}, ""
		if len(transactions) > 1 {
			of = fmt.Sprintf("Transaction %d of %d: ", n+1, len(transactions))
			gone.Title = fmt.Sprintf("%s by transaction %d of %d", takenAway, n+1, len(transactions))
		}
		under := script.Section(-1)
		for _, s := range transaction.Statements {
			if s.IsTaking() && !d.takenIsSaid {
				gone.Changes = append(gone.Changes, d.change(s))
				continue
			}
			if s.Section != under {
				others, of, under = append(others, section{Title: of + s.Section.String()}), "", s.Section
			}
			last := &others[len(others)-1]
			last.Changes = append(last.Changes, d.change(s))
		}
		if len(gone.Changes) > 0 {
			taken = append(taken, gone)
		}
	}
	return append(taken, others...)
}

func (d Document) change(s script.Statement) change {
	c := change{Mark: s.Mark(), Text: script.Summary(s.Change), Reason: catalog.Printable(s.Reason)}
	if as := d.ActingRole(s); as != "" {
		c.As = catalog.DisplayName(as)
	}
	return c
}
