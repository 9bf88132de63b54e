package report

import "pgsr/planner/script"

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

// sections gives what is taken away first, and then all else in the order in which it runs. Several transactions stay
// in theirs.
func (d Document) sections() []section {
	taken, others := section{Title: takenAway}, []section(nil)
	headings, heading := d.Headings(), ""
	for i, s := range d.Statements {
		if headings[i] != "" {
			heading = headings[i]
		}
		if d.Parts == nil && s.IsTaking() {
			taken.Changes = append(taken.Changes, d.change(s))
			continue
		}
		if heading != "" {
			others, heading = append(others, section{Title: heading}), ""
		}
		last := &others[len(others)-1]
		last.Changes = append(last.Changes, d.change(s))
	}
	if len(taken.Changes) > 0 {
		return append([]section{taken}, others...)
	}
	return others
}

func (d Document) change(s script.Statement) change {
	c := change{Mark: s.Mark(), Text: script.Summary(s.Change), Reason: script.Printable(s.Reason)}
	if as := d.ActingRole(s); as != "" {
		c.As = script.DisplayName(as)
	}
	return c
}
