package report

import (
	"pgsr/planner/access"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// tally is the first table of the page: how much is taken, given and changed. A row stands for what it counts.
type tally struct {
	What                  string
	Taken, Given, Changed int
}

// talliesOf counts what people get and lose, and then the statements. Rows of nothing are left out.
func talliesOf(effects []access.DatabaseEffect, statements []script.Statement) []tally {
	privileges, ownerships := tally{What: "Privileges of roles"}, tally{What: "Objects owned"}
	memberships, logins, roles, attributes := tally{What: "Memberships"}, tally{What: "Logins"}, tally{What: "Roles"}, tally{What: "Attributes of roles"}
	lost := map[string]bool{}
	for _, in := range effects {
		e := in.Effect
		privileges.Taken, privileges.Given = privileges.Taken+e.Lost, privileges.Given+e.Gained
		for _, m := range e.Memberships {
			memberships.count(len(m.Members), m.Before == nil, m.After == nil)
		}
		for _, o := range e.Ownerships {
			ownerships.count(len(o.Objects), o.From == "", o.To == "")
		}
		for _, m := range e.Marks {
			if m.Kind == access.LosesLogin { // also by an end of the password
				lost[m.Role] = true
			}
		}
		logins.Taken, logins.Given = len(lost), logins.Given+len(e.GainLogin)
		roles.Taken, roles.Given = roles.Taken+len(e.Dropped), roles.Given+len(e.Created)
		for _, a := range e.Attributes {
			attributes.Taken, attributes.Given = attributes.Taken+len(a.Lost), attributes.Given+len(a.Gained)
		}
	}
	of := tally{What: "Statements"}
	for _, s := range statements {
		of.count(1, s.Mark() == script.Gives, s.Mark() == script.Takes)
	}
	rows := []tally{privileges, logins, memberships, ownerships, attributes, roles}
	return append(lists.Filter(rows, func(row tally) bool { return row.Taken+row.Given+row.Changed > 0 }), of)
}

// count counts so many more: what is given, taken, or neither.
func (t *tally) count(n int, isGiven, isTaken bool) {
	switch {
	case isGiven:
		t.Given += n
	case isTaken:
		t.Taken += n
	default:
		t.Changed += n
	}
}
