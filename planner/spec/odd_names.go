package spec

import (
	"fmt"
	"strconv"
	"strings"

	"pgsr/planner/catalog"
)

// oddName reads the name of an object of a kind whose names are no names of SQL: those of settings, which have dots
// and no upper case, and the numbers of large objects. It tells whether the kind is one of these.
func (p *PhraseReader) oddName(kind *catalog.KindInfo) (id catalog.ObjectID, isRead, ok bool) {
	switch kind.Name {
	case catalog.NameOfParts:
		parts, ok := p.parts(string(kind.Kind))
		names := make([]string, len(parts))
		for i, part := range parts {
			names[i] = strings.ToLower(part.name())
		}
		return catalog.ObjectID{Kind: kind.Kind, Name: strings.Join(names, ".")}, true, ok
	case catalog.NameIsNumber:
		first := p.peek(0)
		digits := p.digits()
		if problem := numberProblem(digits); problem != "" {
			return id, true, p.fail(first, "unexpected %s: %s", first, problem)
		}
		return catalog.ObjectID{Kind: kind.Kind, Name: digits}, true, true
	}
	return id, false, false
}

// digits reads the digits that come next, without anything between them.
func (p *PhraseReader) digits() string {
	start := p.peek(0).at
	text := ""
	for l := p.peek(0); l.kind == symbol && l.at == start+len(text) && '0' <= l.text[0] && l.text[0] <= '9'; l = p.peek(0) {
		text += l.text
		p.take()
	}
	return text
}

// numberProblem says what is wrong with the number of a large object; empty if nothing is.
func numberProblem(text string) string {
	if oid, err := strconv.ParseUint(text, 10, 32); err != nil || oid == 0 || strconv.FormatUint(oid, 10) != text {
		return "the number (OID) of a large object has to come here, as pg_largeobject_metadata has it"
	}
	return ""
}

// oddNameProblem says what is wrong with a name of such a kind.
func oddNameProblem(id *catalog.ObjectID, form catalog.NameForm) string {
	switch form {
	case catalog.NameIsNumber:
		if problem := numberProblem(id.Name); problem != "" {
			return fmt.Sprintf("the name of %s is wrong: %s", id, problem)
		}
	case catalog.NameOfParts:
		for part := range strings.SplitSeq(id.Name, ".") {
			if problem := nameProblem(part); problem != "" {
				return problem
			}
		}
		if id.Name != strings.ToLower(id.Name) {
			return fmt.Sprintf("the name of %s has to be in lower case", id)
		}
	case catalog.NameWithArguments:
		if _, ok := catalog.ArgumentTypes(id.Arguments); id.Arguments != "" && !ok {
			return fmt.Sprintf("the arguments of %s are not as catalog.Arguments writes them", id)
		}
	}
	return ""
}
