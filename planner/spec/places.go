package spec

// places say where the parts of a spec are declared. They are looked up only where there is a problem, so that they are kept as they come.
type places struct {
	noted []notedPlace
	index map[part]place
}

type notedPlace struct {
	part
	place
}

// note remembers where a part is declared, instead of where it was said to be before.
func (p *places) note(about part, at place) {
	p.noted = append(p.noted, notedPlace{about, at})
}

// of gives where a part is declared, when all of them are noted; the zero place if it is nowhere.
func (p *places) of(about part) place {
	if p.index == nil {
		p.index = make(map[part]place, len(p.noted))
		for _, n := range p.noted {
			p.index[n.part] = n.place
		}
	}
	return p.index[about]
}
