package script

import (
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// effectRow is one line of an effect: who gains or loses what, on what, by which path.
type effectRow struct {
	Mark                            mark
	Roles, Privileges, Objects, Via []string
	// How the privilege is had, or was.
	How string
}

// effectRows lists losses first: they are what breaks.
func effectRows(e *access.Effect) []effectRow {
	if e == nil {
		return nil
	}
	var out []effectRow
	for _, g := range e.Losses {
		out = append(out, effectRowOf(takes, g))
	}
	for _, g := range e.Gains {
		out = append(out, effectRowOf(gives, g))
	}
	return out
}

func effectRowOf(m mark, g access.Group) effectRow {
	column := ""
	if g.Column != "" {
		column = " (column " + shown(g.Column) + ")"
	}
	return effectRow{
		Mark: m, Roles: mapped(g.Roles, shownGrantee), Privileges: mapped(g.Privileges, func(p catalog.Privilege) string { return visible(string(p)) }),
		Objects: mapped(g.Objects, func(id catalog.ObjectID) string { return shownObject(id) + column }), Via: mapped(g.Path.Via, shown), How: string(g.Path.Kind),
	}
}

// line writes it as one line, many names counted out.
func (r effectRow) line() string {
	verb := map[mark]string{gives: " gains ", takes: " loses "}[r.Mark]
	if len(r.Roles) > 1 {
		verb = map[mark]string{gives: " gain ", takes: " lose "}[r.Mark]
	}
	same := func(s string) string { return s }
	text := string(r.Mark) + " " + several(r.Roles, same) + verb + strings.Join(r.Privileges, ", ") + " on " + several(r.Objects, same)
	if len(r.Via) > 0 {
		text += " via " + strings.Join(r.Via, " → ")
	}
	return text + " (" + r.How + ")"
}

func effectTally(e *access.Effect) string {
	return counted(e.Compared, "role", "roles") + " compared: " + counted(e.Gained, "privilege", "privileges") + " gained, " + grouped(e.Lost) + " lost"
}

func mapped[T, U any](from []T, to func(T) U) []U {
	out := make([]U, len(from))
	for i, each := range from {
		out[i] = to(each)
	}
	return out
}
