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

func (d Document) sections() []section {
	var out []section
	headings := d.Headings()
	for i, s := range d.Statements {
		if headings[i] != "" {
			out = append(out, section{Title: headings[i]})
		}
		c := change{Mark: s.Mark(), Text: script.Summary(s.Change), Reason: script.Printable(s.Reason)}
		if as := d.ActingRole(s); as != "" {
			c.As = script.DisplayName(as)
		}
		last := &out[len(out)-1]
		last.Changes = append(last.Changes, c)
	}
	return out
}
