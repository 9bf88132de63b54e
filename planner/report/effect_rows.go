package report

import (
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// effectRow is a gain or a loss: who gains or loses which privileges on what, and by which path.
type effectRow struct {
	Mark                            script.Mark
	Roles, Privileges, Objects, Via []string
	// How is the last step of the path: granted directly, as owner, ...
	How string
}

// effectRows lists losses first, because they are what breaks.
func effectRows(e *access.Effect) []effectRow {
	if e == nil {
		return nil
	}
	var out []effectRow
	for _, g := range e.Losses {
		out = append(out, effectRowOf(script.Takes, g))
	}
	for _, g := range e.Gains {
		out = append(out, effectRowOf(script.Gives, g))
	}
	return out
}

func effectRowOf(m script.Mark, g access.Group) effectRow {
	column := ""
	if g.Column != "" {
		column = " (column " + script.DisplayName(g.Column) + ")"
	}
	return effectRow{
		Mark: m, Roles: mapSlice(g.Roles, script.DisplayGrantee), Privileges: mapSlice(g.Privileges, printable[catalog.Privilege]),
		Objects: mapSlice(g.Objects, func(id catalog.ObjectID) string { return script.DisplayObject(id) + column }), Via: mapSlice(g.Path.Via, script.DisplayName), How: script.Printable(string(g.Path.Kind)),
	}
}

// Verb says what happens to one role.
func (r effectRow) Verb() string {
	if r.Mark == script.Takes {
		return "loses"
	}
	return "gains"
}

// line writes it as one line, with many names counted.
func (r effectRow) line() string {
	verb := r.Verb()
	if len(r.Roles) > 1 {
		verb = strings.TrimSuffix(verb, "s")
	}
	same := func(s string) string { return s }
	text := string(r.Mark) + " " + script.ShortList(r.Roles, same) + " " + verb + " " + strings.Join(r.Privileges, ", ") + " on " + script.ShortList(r.Objects, same)
	if len(r.Via) > 0 {
		text += " via " + strings.Join(r.Via, " → ")
	}
	return text + " (" + r.How + ")"
}

func effectCounts(e *access.Effect) string {
	return script.Count(e.Compared, "role", "roles") + " compared: " + script.Count(e.Gained, "privilege", "privileges") + " gained, " + script.Number(e.Lost) + " lost"
}

func printable[T ~string](word T) string { return script.Printable(string(word)) }

func mapSlice[T, U any](from []T, to func(T) U) []U {
	out := make([]U, len(from))
	for i, each := range from {
		out[i] = to(each)
	}
	return out
}
