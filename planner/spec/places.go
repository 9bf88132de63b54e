package spec

// places say where the parts of a spec are declared. They are looked up only where there is a problem, so that they
// are kept as they come; those of roles, grants and what is owned are in the spec itself.
type places struct {
	noted []notedPlace
	index map[part]place
	// sources are those of the files, begins the first role of each in the spec.
	sources []*source
	begins  []int
}

type notedPlace struct {
	part
	place
}

// begin says from which source the roles are that come next, of which there are so many already.
func (p *places) begin(from *source, roles int) {
	p.sources, p.begins = append(p.sources, from), append(p.begins, roles)
}

// note remembers where a part is declared, instead of where it was said to be before.
func (p *places) note(about part, at place) {
	p.noted = append(p.noted, notedPlace{about, at})
}

// of gives where a part is declared, when all of them are noted; the zero place if it is nowhere.
func (p *places) of(s *Spec, about part) place {
	role := &s.Roles[about.role]
	switch about.field {
	case "":
		return p.at(about.role, role.At)
	case keyGrants:
		return p.at(about.role, role.Grants[about.index].At)
	case keyDirect:
		return p.at(about.role, role.DirectGrants[about.index].At)
	case keyOwns:
		return p.at(about.role, role.Owns[about.index].At)
	case keyMemberOf:
		return p.at(about.role, role.groupsAt[about.index])
	case keyPreserve:
		return p.at(about.role, role.preservedAt[about.index])
	}
	if p.index == nil {
		p.index = make(map[part]place, len(p.noted))
		for _, n := range p.noted {
			p.index[n.part] = n.place
		}
	}
	return p.index[about]
}

// at gives the place of a position in the file that a role is from.
func (p *places) at(role int, at Position) place {
	file := len(p.begins) - 1
	for p.begins[file] > role {
		file--
	}
	return place{p.sources[file], at.Line, at.Column}
}
