package script

import (
	"iter"

	"pgsr/planner/catalog"
)

// Step is one text to send: a statement of the plan, or the change of role that it needs.
type Step struct {
	SQL string
	// Statement is the index of the statement that it belongs to. The last change of role, back to the
	// connecting one, belongs to the last statement.
	Statement int
	// Switch tells that it changes the role and is not the statement itself.
	Switch bool
}

// Steps gives what is to be sent between BEGIN and COMMIT, in order. A script and a run of the same document are the
// same steps. The role changes only where it has to, and is the connecting one at the end.
func Steps(d Document) iter.Seq[Step] {
	return d.steps(writer{d.Server, d.Masked, d.variableNames()}.statement)
}

// Outline gives the same steps, those that are statements of the plan without their texts: most of the work is to
// write these.
func Outline(d Document) iter.Seq[Step] {
	return d.steps(func(catalog.Change) string { return "" })
}

func (d Document) steps(write func(catalog.Change) string) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		acting := ""
		for i, s := range d.Statements {
			as := d.ActingRole(s)
			if as != acting && !yield(Step{d.switchTo(as), i, true}) {
				return
			}
			acting = as
			if !yield(Step{write(s.Change), i, false}) {
				return
			}
		}
		if acting != "" {
			yield(Step{d.switchTo(""), len(d.Statements) - 1, true})
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

// switchTo writes the change to a role, or with the empty name back to the connecting one. RESET ROLE is not the way
// back: it goes to the role of the connection's start (PGOPTIONS, ALTER ROLE ... SET role), which may have been left
// since.
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
