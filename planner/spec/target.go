package spec

import (
	"strings"

	"pgsr/planner/catalog"
)

// target reads what the phrase is about.
func (p *PhraseReader) target() (Target, bool) {
	first, second := p.peek(0), p.peek(1)
	if first.kind == word && !second.isSymbol(".") {
		if kind := p.takeKind(wordsOfKinds); kind != nil {
			return p.named(first, kind, true)
		}
		if kind := p.takePlural(wordsOfKinds); kind != nil {
			return p.matching(first, kind)
		}
		switch {
		case first.is("ALL"):
			p.take()
			return p.allInSchema()
		case second.isName():
			return Target{}, p.fail(first, "unknown kind of object %s: %s", first, KnownAre(first.text, kindNames()))
		}
	}
	return p.named(first, catalog.Table.Info(), false)
}

// named reads the names of objects. A kind that may not be owned is refused first: its names would be the lesser
// problem.
func (p *PhraseReader) named(first lexeme, kind *catalog.KindInfo, isWritten bool) (Target, bool) {
	if p.owning && !kind.Ownable {
		return Target{}, p.fail(first, "%s", onlyOwned(kind.Kind))
	}
	target := Target{Kind: kind.Kind, Objects: make([]catalog.ObjectID, 0, strings.Count(p.text, ",")+1)}
	for {
		id, ok := p.object(kind, isWritten)
		if !ok {
			return target, false
		}
		target.Objects = append(target.Objects, id)
		if !p.comma() {
			return target, true
		}
	}
}

// object reads one name, with its schema if such an object lies in one.
func (p *PhraseReader) object(kind *catalog.KindInfo, kindIsWritten bool) (catalog.ObjectID, bool) {
	first := p.peek(0)
	parts, ok := p.parts(string(kind.Kind))
	if !ok {
		return catalog.ObjectID{}, false
	}
	inSchema := kind.InSchema()
	switch {
	case !inSchema && len(parts) == 1:
		p.checkSchema(kind.Kind == catalog.Schema, parts[0])
		return catalog.ObjectID{Kind: kind.Kind, Name: parts[0].name()}, true
	case !inSchema:
		return catalog.ObjectID{}, p.fail(first, "the name of a %s has one part: a dot that belongs to it needs double quotes", kind.Kind)
	case len(parts) == 2:
		p.checkSchema(true, parts[0])
		return catalog.ObjectID{Kind: kind.Kind, Schema: parts[0].name(), Name: parts[1].name()}, true
	case len(parts) == 1 && !kindIsWritten:
		return catalog.ObjectID{}, p.fail(first, "write schema.name: %s has no schema (or begin with the kind of object: %s)", first, strings.Join(kindNames(), ", "))
	case len(parts) == 1:
		return catalog.ObjectID{}, p.fail(first, "write schema.name: the %s %s has no schema", kind.Kind, first)
	}
	return catalog.ObjectID{}, p.fail(first, "write schema.name: the name of a %s has two parts, this has %d", kind.Kind, len(parts))
}

// parts reads a name and what is joined to it by dots. They are good until the next name is read.
func (p *PhraseReader) parts(what string) ([]lexeme, bool) {
	p.found = p.found[:0]
	for {
		part, ok := p.name(what)
		if !ok {
			return p.found, false
		}
		p.found = append(p.found, part)
		if !p.peek(0).isSymbol(".") {
			return p.found, true
		}
		p.take()
	}
}

// name reads one name and checks it.
func (p *PhraseReader) name(what string) (lexeme, bool) {
	l := p.take()
	if !l.isName() {
		return l, p.fail(l, "unexpected %s: the name of a %s has to come here%s", l, what, quoteHint(l))
	}
	if problem := nameProblem(l.name()); problem != "" {
		p.fail(l, "%s", problem)
	}
	return l, true
}

// checkSchema checks the schema of something that is to be owned.
func (p *PhraseReader) checkSchema(isSchema bool, l lexeme) {
	if !p.owning || !isSchema {
		return
	}
	if problem := ownedSchemaProblem(l.name()); problem != "" {
		p.fail(l, "%s", problem)
	}
}

// matching reads what follows TABLES: MATCHING '...' IN SCHEMA ....
func (p *PhraseReader) matching(first lexeme, kind *catalog.KindInfo) (Target, bool) {
	if !p.peek(0).is("MATCHING") {
		return Target{}, p.fail(first, "write ALL %s IN SCHEMA ..., or %s MATCHING '...' IN SCHEMA ...", kind.Plural, kind.Plural)
	}
	p.take()
	text := p.take()
	if text.kind != quotedText {
		return Target{}, p.fail(text, "unexpected %s: a regular expression in '...' has to come here", text)
	}
	matching, err := CompileWhole(text.text)
	if err != nil {
		p.fail(text, "%v", err)
	}
	target, ok := p.inSchemas(first, kind)
	target.Matching = matching
	return target, ok
}

// allInSchema reads what follows ALL: TABLES IN SCHEMA ....
func (p *PhraseReader) allInSchema() (Target, bool) {
	first := p.peek(0)
	kind := p.takePlural(wordsOfKinds)
	if kind == nil {
		return Target{}, p.fail(first, "unknown kind of objects %s: %s", first, KnownAre(first.text, pluralNames()))
	}
	if p.peek(0).is("MATCHING") {
		return Target{}, p.fail(p.peek(0), "write %s MATCHING, without ALL", kind.Plural)
	}
	return p.inSchemas(first, kind)
}

// inSchemas reads IN SCHEMA and the names of the schemas.
func (p *PhraseReader) inSchemas(first lexeme, kind *catalog.KindInfo) (Target, bool) {
	if p.owning && !kind.Ownable {
		return Target{}, p.fail(first, "%s", onlyOwned(kind.Kind))
	}
	for _, keyword := range []string{"IN", "SCHEMA"} {
		if l := p.take(); !l.is(keyword) {
			return Target{}, p.fail(l, "unexpected %s: IN SCHEMA and the schema's name have to come here", l)
		}
	}
	target := Target{Kind: kind.Kind}
	for {
		parts, ok := p.parts(string(catalog.Schema))
		if !ok {
			return target, false
		}
		if len(parts) > 1 {
			return target, p.fail(parts[0], "the name of a SCHEMA has one part: a dot that belongs to it needs double quotes")
		}
		p.checkSchema(true, parts[0])
		target.Schemas = append(target.Schemas, parts[0].name())
		if !p.comma() {
			return target, true
		}
	}
}

func (p *PhraseReader) comma() bool {
	found := p.peek(0).isSymbol(",")
	if found {
		p.take()
	}
	return found
}
