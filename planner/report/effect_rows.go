package report

import (
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// effectRow is a gain or a loss: who gains or loses which privileges on what, and by which path.
type effectRow struct {
	Mark                            script.Mark
	Roles, Privileges, Objects, Via []string
	// How is the last step of the path: granted directly, as owner, ...
	How string
	// does is what happens to the role where it is more than to lose or gain something.
	does string
	// databases are those of several in which it is so; isShared tells that it is about what all of them share.
	databases []string
	isShared  bool
}

// roleRows lists what happens to roles themselves: those that come and go, logins, and memberships.
func roleRows(e *access.Effect) []effectRow {
	var out []effectRow
	add := func(m script.Mark, roles []string, does, what string, on []string, how string) {
		if len(roles) == 0 {
			return
		}
		row := effectRow{Mark: m, Roles: lists.Map(roles, catalog.DisplayName), Objects: lists.Map(on, func(role string) string { return "ROLE " + catalog.DisplayName(role) }), How: how, does: does}
		if what != "" {
			row.Privileges = []string{what}
		}
		out = append(out, row)
	}
	add(script.Takes, e.Dropped, "is dropped", "", nil, "")
	add(script.Takes, e.LoseLogin, "", "login", nil, "")
	add(script.Gives, e.Created, "is created", "", nil, "")
	add(script.Gives, e.GainLogin, "", "login", nil, "")
	for _, m := range e.Memberships {
		switch {
		case m.Before == nil:
			add(script.Gives, m.Members, "", "membership", []string{m.Role}, strings.TrimSpace(changedOptions(m.After)))
		case m.After == nil:
			add(script.Takes, m.Members, "", "membership", []string{m.Role}, "")
		}
	}
	return out
}

// effectRows lists losses first, because they are what breaks.
func effectRows(e *access.Effect) []effectRow {
	if e == nil {
		return nil
	}
	return slices.Concat(
		lists.Map(e.Losses, func(g access.Group) effectRow { return effectRowOf(script.Takes, g) }),
		lists.Map(e.Gains, func(g access.Group) effectRow { return effectRowOf(script.Gives, g) }),
	)
}

// rowLines writes losses or gains, a line each.
func rowLines(m script.Mark, groups []access.Group) []string {
	return lists.Map(groups, func(g access.Group) string { return effectRowOf(m, g).line() })
}

func effectRowOf(m script.Mark, g access.Group) effectRow {
	column := ""
	if g.Column != "" {
		column = " (column " + catalog.DisplayName(g.Column) + ")"
	}
	return effectRow{
		Mark: m, Roles: lists.Map(g.Roles, catalog.DisplayGrantee), Privileges: lists.Map(g.Privileges, printable[catalog.Privilege]),
		Objects: lists.Map(g.Objects, func(id catalog.ObjectID) string { return catalog.DisplayObject(id) + column }), Via: lists.Map(g.Path.Via, catalog.DisplayName), How: catalog.Printable(string(g.Path.Kind)),
		isShared: slices.ContainsFunc(g.Objects, func(id catalog.ObjectID) bool { return id.Kind.Info().Shared }),
	}
}

// Verb says what happens to one role.
func (r effectRow) Verb() string {
	switch {
	case r.does != "":
		return r.does
	case r.Mark == script.Takes:
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
	text := string(r.Mark) + " " + script.ShortTexts(r.Roles) + " " + verb + " " + strings.Join(r.Privileges, ", ") + " on " + script.ShortTexts(r.Objects)
	if len(r.Via) > 0 {
		text += " via " + strings.Join(r.Via, " → ")
	}
	return text + " (" + r.How + ")"
}

func effectCounts(e *access.Effect) string {
	return script.Count(e.Compared, "role", "roles") + " compared: " + script.Count(e.Gained, "privilege", "privileges") + " gained, " + script.Number(e.Lost) + " lost"
}

func printable[T ~string](word T) string { return catalog.Printable(string(word)) }
