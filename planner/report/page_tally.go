package report

import (
	"pgsr/planner/access"
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
		memberships.countMemberships(e)
		ownerships.countOwnerships(e)
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
	var out []tally
	for _, row := range []tally{privileges, logins, memberships, ownerships, attributes, roles} {
		if row.Taken+row.Given+row.Changed > 0 {
			out = append(out, row)
		}
	}
	return append(out, tally{"Statements", marked(statements, script.Takes), marked(statements, script.Gives), marked(statements, script.Changes)})
}

func (t *tally) countMemberships(e *access.Effect) {
	for _, m := range e.Memberships {
		switch {
		case m.Before == nil:
			t.Given += len(m.Members)
		case m.After == nil:
			t.Taken += len(m.Members)
		default:
			t.Changed += len(m.Members)
		}
	}
}

func (t *tally) countOwnerships(e *access.Effect) {
	for _, o := range e.Ownerships {
		switch {
		case o.From == "":
			t.Given += len(o.Objects)
		case o.To == "":
			t.Taken += len(o.Objects)
		default:
			t.Changed += len(o.Objects)
		}
	}
}

// marked counts the statements with a mark.
func marked(statements []script.Statement, m script.Mark) int {
	n := 0
	for _, s := range statements {
		if s.Mark() == m {
			n++
		}
	}
	return n
}
