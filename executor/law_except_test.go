package executor

import (
	"slices"
	"strings"
)

// lawException is what EXCEPT leaves out of all objects of a kind, or of those that match: by name, a routine's without
// its arguments for all of that name, or all whose names hold a text.
type lawException struct {
	names   []lawObject
	holding string
}

func (e lawException) isEmpty() bool { return e.names == nil && e.holding == "" }

func (e lawException) text() string {
	switch {
	case e.names != nil:
		return " EXCEPT " + strings.Join(texts(e.names, func(o lawObject) string { return strings.TrimPrefix(o.sql(), o.kind+" ") }), ", ")
	case e.holding != "":
		return " EXCEPT MATCHING '(?s).*" + e.holding + ".*'"
	}
	return ""
}

// has tells whether an object is left out.
func (e lawException) has(object string) bool {
	o, _ := objectOf(object)
	return e.holding != "" && strings.Contains(o.name, e.holding) || slices.ContainsFunc(e.names, func(n lawObject) bool {
		return n.schema == o.schema && n.name == o.name && (n.arguments == "" || n.arguments == o.arguments)
	})
}

func (e lawException) named(object func(lawObject) lawObject) lawException {
	return lawException{renamed(e.names, object), e.holding}
}

// named gives the phrase with other names.
func (p lawPhrase) named(name func(string) string, object func(lawObject) lawObject) lawPhrase {
	p.inSchema, p.objects, p.without = name(p.inSchema), renamed(p.objects, object), p.without.named(object)
	return p
}

// reaching gives a role with those FUTURE phrases alone that do not leave an object out.
func (r lawRole) reaching(object string) lawRole {
	r.futures = slices.DeleteFunc(slices.Clone(r.futures), func(f lawFuture) bool { return f.without.has(object) })
	return r
}

// excepting leaves something out of what a phrase means, if it is about more than names.
func (m *specMaker) excepting(p lawPhrase) lawPhrase {
	if p.objects != nil || p.inSchema == "" || !m.more.chance(70) {
		return p
	}
	if m.more.chance(40) {
		p.without.holding = pick(m.more, []string{"a", "e", "l", "no such"})
		return p
	}
	p.privileges = []string{""}
	var there []string
	for h := range (&expectation{lawRun: &lawRun{}, owners: m.owners}).expand([]lawPhrase{p}) {
		there = append(there, h.object)
	}
	slices.Sort(there)
	for range min(len(there), 1+m.more.IntN(2)) {
		o, _ := objectOf(pick(m.more, there))
		if m.more.chance(40) {
			o.arguments = ""
		}
		p.without.names = append(p.without.names, o)
	}
	return p
}

// addExcepting adds phrases about all of a kind but something.
func (m *specMaker) addExcepting(role *lawRole) {
	for _, list := range []*[]lawPhrase{&role.grants, &role.directGrants} {
		if !m.more.chance(25) {
			continue
		}
		schema, kind := pick(m.more, m.schemas), pick(m.more, []string{"TABLE", "TABLE", "TABLE", "SEQUENCE", "ROUTINE", "TYPE"})
		p := lawPhrase{kind: kind, inSchema: schema, holding: pick(m.more, []string{"", "", "e", "s"})}
		p = m.excepting(p)
		p.privileges = []string{pick(m.more, privilegesOfKind(kind, m.major))}
		if kind == "TABLE" && m.more.chance(25) {
			p.privileges, p.columns = []string{pick(m.more, columnPrivileges)}, []string{pick(m.more, []string{"a", "b"})}
		}
		if p.withOption = list == &role.directGrants && m.more.chance(20); m.isOurs(p) || m.more.chance(4) {
			*list = append(*list, p)
		}
	}
}

// isOurs tells whether the connecting role may act for the owners of all that a phrase means.
func (m *specMaker) isOurs(p lawPhrase) bool {
	means := (&expectation{lawRun: &lawRun{}, owners: m.owners}).expand([]lawPhrase{p})
	for h := range means {
		if o, _ := objectOf(h.object); !m.actsFor(o) {
			return false
		}
	}
	return len(means) > 0
}

// varyFuture makes a FUTURE phrase one about what there is, too, but for something, and lets it end.
func (m *specMaker) varyFuture(f *lawFuture) {
	kind := string(f.kind.Info().Of)
	if f.inSchema != "" && m.more.chance(35) {
		all := lawPhrase{privileges: []string{""}, kind: kind, inSchema: f.inSchema}
		if p := m.excepting(all); m.isOurs(all) {
			f.alsoAll, f.without = true, p.without
		}
	}
	f.until = m.end()
}
