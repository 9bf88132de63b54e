package specfile

import (
	"pgsr/planner/spec"
)

// places say where the parts of a spec are declared. They are looked up only where there is a problem, so that they
// are kept as they come; those of roles, grants and what is owned are in the spec itself.
type places struct {
	noted []notedPlace
	index map[spec.Part]place
	// sources are those of the files, begins the first role of each in the spec.
	sources []*source
	begins  []int
}

type notedPlace struct {
	spec.Part
	place
}

// begin says from which source the roles are that come next, of which there are so many already.
func (p *places) begin(from *source, roles int) {
	p.sources, p.begins = append(p.sources, from), append(p.begins, roles)
}

// note remembers where a part is declared, instead of where it was said to be before.
func (p *places) note(about spec.Part, at place) {
	p.noted = append(p.noted, notedPlace{about, at})
}

// of gives where a part is declared, when all of them are noted; the zero place if it is nowhere.
func (p *places) of(s *spec.Spec, about spec.Part) place {
	role := &s.Roles[about.Role]
	switch about.Field {
	case "":
		return p.at(about.Role, role.At)
	case spec.KeyGrants:
		return p.at(about.Role, role.Grants[about.Index].At)
	case spec.KeyDirectGrants:
		return p.at(about.Role, role.DirectGrants[about.Index].At)
	case spec.KeyOwns:
		return p.at(about.Role, role.Owns[about.Index].At)
	case spec.KeyMemberOf:
		return p.at(about.Role, role.MemberOfAt[about.Index])
	case spec.KeyPreserveInSchemas:
		return p.at(about.Role, role.PreservedAt[about.Index])
	}
	if p.index == nil {
		p.index = make(map[spec.Part]place, len(p.noted))
		for _, n := range p.noted {
			p.index[n.Part] = n.place
		}
	}
	return p.index[about]
}

// at gives the place of a position in the file that a role is from.
func (p *places) at(role int, at spec.Position) place {
	file := len(p.begins) - 1
	for p.begins[file] > role {
		file--
	}
	return place{p.sources[file], at.Line, at.Column}
}
