package script

import (
	"iter"

	"pgsr/planner/catalog"
)

// Command is one text to send: a statement of the plan, or the change of role or the proof that it needs.
type Command struct {
	SQL string
	// Statement is the index of the statement that it belongs to. The last change of role, back to the
	// connecting one, belongs to the last statement.
	Statement int
}

// Commands gives what is sent between BEGIN and COMMIT, in order. A script and a run of the same document send the
// same. The role changes only where it has to. At the end it is the connecting one.
func Commands(d Document) iter.Seq[Command] {
	return d.commands(writer{d.Server, d.Masked, d.variableNames()}.statement)
}

// CommandsWithoutText gives the same commands without the texts of the plan's statements, which are most of the work.
func CommandsWithoutText(d Document) iter.Seq[Command] {
	return d.commands(func(catalog.Change) string { return "" })
}

func (d Document) commands(write func(catalog.Change) string) iter.Seq[Command] {
	return func(yield func(Command) bool) {
		acting := ""
		for i, s := range d.Statements {
			as := d.ActingRole(s)
			if as != acting && !yield(Command{d.switchTo(as), i}) {
				return
			}
			acting = as
			if owned, is := s.Change.(catalog.DropOwned); is {
				for _, proof := range dropOwned(owned).proof() {
					if !yield(Command{proof, i}) {
						return
					}
				}
			}
			if !yield(Command{write(s.Change), i}) {
				return
			}
		}
		if acting != "" {
			yield(Command{d.switchTo(""), len(d.Statements) - 1})
		}
	}
}

// ActingRole gives the role that a statement needs; empty: the connecting one.
func (d Document) ActingRole(s Statement) string {
	if s.As == d.Server.CurrentUser {
		return ""
	}
	return s.As
}

// switchTo writes the change to a role; empty: back to the connecting one. RESET ROLE would not do: it goes to the role
// that the connection started with (PGOPTIONS, ALTER ROLE ... SET role), and that may be another one by now.
// https://www.postgresql.org/docs/current/sql-set-role.html
func (d Document) switchTo(name string) string {
	switch {
	case name != "":
		return "SET LOCAL ROLE " + role(name)
	case d.Server.CurrentUser == d.Server.SessionUser:
		return "SET LOCAL ROLE NONE"
	}
	return "SET LOCAL ROLE " + role(d.Server.CurrentUser)
}
