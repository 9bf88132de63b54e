package spec

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// template is what came of the first of the roles that are aliases of the same one: each other is a copy of it, at
// its own place.
type template struct {
	role Role
	// at is where its mapping begins, and noted the places of its parts.
	at    place
	noted []notedPlace
	// isRight says that it has no problems: these are for each role to tell.
	isRight bool
}

// isAgain tells whether the value of a role is an alias that [putting] has made: those that are written have a name.
func isAgain(value *yaml.Node) bool {
	return value.Kind == yaml.AliasNode && value.Value == ""
}

// readAgain reads a role that is declared in the same words as another one.
func (f *file) readAgain(declared entry) Role {
	alias := declared.value
	like, known := f.templates[alias.Alias]
	if like.isRight {
		return f.fromTemplate(like, declared)
	}
	declared.value = instead(alias)
	problems, noted := len(f.problems.list), len(f.places.noted)
	role := f.readRole(declared)
	if !known {
		f.templates[alias.Alias] = template{
			role: role, at: f.placeOf(alias), noted: slices.Clone(f.places.noted[noted:]), isRight: len(f.problems.list) == problems,
		}
	}
	return role
}

// fromTemplate copies a role to another line. The two share nothing.
func (f *file) fromTemplate(like template, declared entry) Role {
	role := like.role
	role.Name, role.At = declared.name, declared.at.position()
	line, right := declared.value.Line, declared.value.Column-like.at.column
	if role.Login != nil {
		role.Login = &Login{}
	}
	role.MemberOf, role.PreserveInSchemas = slices.Clone(role.MemberOf), slices.Clone(role.PreserveInSchemas)
	role.groupsAt, role.preservedAt = movedAll(role.groupsAt, line, right), movedAll(role.preservedAt, line, right)
	role.Grants, role.DirectGrants = movedGrants(role.Grants, line, right), movedGrants(role.DirectGrants, line, right)
	role.Owns = slices.Clone(role.Owns)
	for i := range role.Owns {
		role.Owns[i].Target = clonedTarget(role.Owns[i].Target)
		role.Owns[i].At.move(line, right)
	}
	for _, n := range like.noted {
		f.places.note(f.part(n.field, n.index), place{n.source, line, n.column + right})
	}
	return role
}

// movedGrants copies grants to a line, and so far to the right.
func movedGrants(all []Grant, line, right int) []Grant {
	moved := slices.Clone(all)
	for i := range moved {
		moved[i].Privileges = slices.Clone(moved[i].Privileges)
		moved[i].Target = clonedTarget(moved[i].Target)
		moved[i].At.move(line, right)
	}
	return moved
}

func movedAll(places []Position, line, right int) []Position {
	moved := slices.Clone(places)
	for i := range moved {
		moved[i].move(line, right)
	}
	return moved
}

func (p *Position) move(line, right int) {
	p.Line, p.Column = line, p.Column+right
}

// clonedTarget copies a target. Regular expressions do not change.
func clonedTarget(t Target) Target {
	t.Objects, t.Schemas = slices.Clone(t.Objects), slices.Clone(t.Schemas)
	return t
}
