package spec

import (
	"regexp"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// target reads what the phrase is about. Its kind is the first of those that it notes.
func (p *PhraseReader) target() (Target, bool) {
	first, second := p.peek(0), p.peek(1)
	if first.kind == word && !second.isSymbol(".") {
		if kind := p.takeKind(wordsOfKinds); kind != nil {
			return p.named(first, kind, true)
		}
		switch {
		case p.isPlural(wordsOfKinds):
			return p.matching()
		case p.takeWords([]string{"ALL", "AND", "FUTURE"}):
			return p.allAndFuture(first)
		case p.takeWords([]string{"FUTURE"}):
			return p.future(first)
		case first.is("ALL"):
			p.take()
			return p.allInSchema()
		case second.isName():
			return Target{}, p.failKind("", kindNames())
		}
	}
	return p.named(first, tableWords, false)
}

// tableWords are those of tables, which need none.
var tableWords = wordsFor(catalog.Table)

// named reads the names of objects. A kind that may not be owned is refused first: its names would be the lesser
// problem.
func (p *PhraseReader) named(first lexeme, kind *kindWords, isWritten bool) (Target, bool) {
	if p.owning && !kind.info.Ownable {
		return Target{}, p.fail(first, "%s", onlyOwned(kind.info.Kind))
	}
	p.kinds = append(p.kinds, kind)
	target := Target{Kind: kind.info.Kind, Word: kind.word, IfExists: p.ifExists(), Objects: make([]catalog.ObjectID, 0, strings.Count(p.text, ",")+1)}
	for {
		id, ok := p.object(kind.info, isWritten)
		if !ok {
			return target, false
		}
		target.Objects = append(target.Objects, id)
		if !p.comma() {
			return target, true
		}
	}
}

// ifExists reads IF EXISTS, if it comes next.
func (p *PhraseReader) ifExists() bool { return p.takeWords([]string{"IF", "EXISTS"}) }

// object reads one name, with its schema if such an object lies in one.
func (p *PhraseReader) object(kind *catalog.KindInfo, kindIsWritten bool) (catalog.ObjectID, bool) {
	if kind.Name == catalog.NameIsNumber {
		return p.number(kind.Kind)
	}
	first := p.peek(0)
	parts, ok := p.parts(string(kind.Kind))
	if !ok {
		return catalog.ObjectID{}, false
	}
	if kind.Name == catalog.NameOfSetting {
		id := settingID(kind.Kind, parts)
		problem := oddNameProblem(id, kind.Name)
		return id, problem == "" || p.fail(first, "%s", problem)
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
		id := catalog.ObjectID{Kind: kind.Kind, Schema: parts[0].name(), Name: parts[1].name()}
		switch {
		case kind.Kind == catalog.Type:
			return id, p.refuseArray()
		case kind.Name == catalog.NameWithArguments:
			return id, p.arguments(&id)
		}
		return id, true
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
	switch {
	case l.isName():
	case l.kind == endOfPhrase && p.next > 1 && p.peek(-2).isSymbol(","):
		return l, p.fail(l, "the phrase ends with a comma: leave it out, or write the name of another %s", what)
	default:
		return l, p.fail(l, "%s: the name of a %s has to come here%s", l.unexpected(), what, quoteHint(l))
	}
	p.refuse(l, nameProblem(l.name()))
	return l, true
}

// refuse notes what is wrong with a word, if anything is.
func (p *PhraseReader) refuse(l lexeme, problem string) {
	if problem != "" {
		p.fail(l, "%s", problem)
	}
}

// checkSchema checks the schema of something that is to be owned.
func (p *PhraseReader) checkSchema(isSchema bool, l lexeme) {
	if p.owning && isSchema {
		p.refuse(l, ownedSchemaProblem(l.name()))
	}
}

// plurals reads the words for all objects of one or several kinds, and notes the kinds.
func (p *PhraseReader) plurals() bool {
	for {
		first := p.peek(0)
		kind := p.takePlural(wordsOfKinds)
		switch {
		case kind == nil:
			return p.failKind("S", pluralNames())
		case p.owning && !kind.info.Ownable:
			return p.fail(first, "%s", onlyOwned(kind.info.Kind))
		}
		p.kinds = lists.AppendNew(p.kinds, kind)
		if len(p.kinds) > 1 && !(kind.info.InSchema() && p.kinds[0].info.InSchema()) {
			return p.fail(first, "%s do not lie in the schemas: write a phrase of their own for them", kind.plurals())
		}
		if !p.comma() {
			return true
		}
	}
}

// pluralWords writes the kinds that were read.
func (p *PhraseReader) pluralWords() string {
	return lists.Join(p.kinds, (*kindWords).plurals)
}

// matching reads TABLES MATCHING '...' IN SCHEMA ..., or DATABASES MATCHING '...'.
func (p *PhraseReader) matching() (Target, bool) {
	first := p.peek(0)
	if !p.plurals() {
		return Target{}, false
	}
	kind := p.kinds[0]
	target := Target{Kind: kind.info.Kind, Word: kind.word, IfExists: p.ifExists()}
	l := p.peek(0)
	switch {
	case !l.is("MATCHING") && !kind.info.InSchema():
		return target, p.fail(first, "write %s MATCHING '...', or %s and their names", kind.plurals(), kind.info.Kind)
	case !l.is("MATCHING"):
		return target, p.fail(first, "write ALL %s IN SCHEMA ..., or %s MATCHING '...' IN SCHEMA ...", p.pluralWords(), p.pluralWords())
	}
	p.take()
	var ok bool
	if target.Matching, ok = p.pattern(); !ok {
		return target, false
	}
	if !kind.info.InSchema() {
		ok = p.except(&target)
		return target, ok
	}
	ok = p.inSchemas(&target)
	return target, ok
}

// pattern reads a regular expression. It is nil where there is one that can not be used.
func (p *PhraseReader) pattern() (*regexp.Regexp, bool) {
	text := p.take()
	if text.kind != quotedText {
		return nil, p.fail(text, "%s: a regular expression in '...' has to come here", text.unexpected())
	}
	matching, err := CompileWhole(text.text)
	if err != nil {
		p.fail(text, "%v", err)
	}
	return matching, true
}

// allInSchema reads what follows ALL: TABLES IN SCHEMA ....
func (p *PhraseReader) allInSchema() (Target, bool) {
	first := p.peek(0)
	if !p.plurals() {
		return Target{}, false
	}
	switch {
	case p.peek(0).is("MATCHING"):
		return Target{}, p.fail(p.peek(0), "write %s MATCHING, without ALL", p.pluralWords())
	case !p.kinds[0].info.InSchema():
		return Target{}, p.fail(first, "write %s MATCHING '.*': ALL takes IN SCHEMA", p.pluralWords())
	}
	target := Target{Kind: p.kinds[0].info.Kind, Word: p.kinds[0].word}
	ok := p.inSchemas(&target)
	return target, ok
}

// inSchemas reads IN SCHEMA, the names of the schemas, and what is left out.
func (p *PhraseReader) inSchemas(target *Target) bool {
	for _, keyword := range []string{"IN", "SCHEMA"} {
		if l := p.take(); !l.is(keyword) {
			return p.fail(l, "%s: IN SCHEMA and the schema's name have to come here", l.unexpected())
		}
	}
	target.IfExists = p.ifExists() || target.IfExists
	for {
		parts, ok := p.parts(string(catalog.Schema))
		if !ok {
			return false
		}
		if len(parts) > 1 {
			return p.fail(parts[0], "the name of a SCHEMA has one part: a dot that belongs to it needs double quotes")
		}
		p.checkSchema(true, parts[0])
		target.Schemas = append(target.Schemas, parts[0].name())
		if !p.comma() {
			return p.except(target)
		}
	}
}

// except reads EXCEPT and what is left out, if it comes next. The names are of any of the kinds.
func (p *PhraseReader) except(target *Target) bool {
	if !p.peek(0).is("EXCEPT") {
		return true
	}
	p.take()
	target.Except = &Exception{}
	if p.peek(0).is("MATCHING") && p.peek(1).kind == quotedText {
		p.take()
		var ok bool
		target.Except.Matching, ok = p.pattern()
		return ok
	}
	kind := p.kinds[0].info
	for _, k := range p.kinds {
		if k.info.Name == catalog.NameWithArguments {
			kind = k.info
		}
	}
	for {
		first := p.peek(0)
		id, ok := p.object(kind, true)
		if !ok {
			return false
		}
		id.Kind = ""
		p.refuse(first, exceptedProblem(target, id))
		target.Except.Names = append(target.Except.Names, id)
		if !p.comma() {
			return true
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
