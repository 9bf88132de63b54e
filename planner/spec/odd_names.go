package spec

import (
	"fmt"
	"strconv"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// number reads the number of a large object.
func (p *PhraseReader) number(kind catalog.Kind) (catalog.ObjectID, bool) {
	first := p.peek(0)
	digits := p.digits()
	if problem := numberProblem(digits); problem != "" {
		return catalog.ObjectID{}, p.fail(first, "%s: %s", first.unexpected(), problem)
	}
	return catalog.ObjectID{Kind: kind, Name: digits}, true
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

// settingID gives a setting by the parts of its name. Case does not count, in quotes neither.
func settingID(kind catalog.Kind, parts []lexeme) catalog.ObjectID {
	names := lists.Map(parts, func(part lexeme) string { return catalog.SettingKey(part.name()) })
	return catalog.ObjectID{Kind: kind, Name: strings.Join(names, ".")}
}

// oddNameProblem says what is wrong with a name of such a kind.
func oddNameProblem(id catalog.ObjectID, form catalog.NameForm) string {
	switch form {
	case catalog.NameIsNumber:
		if problem := numberProblem(id.Name); problem != "" {
			return fmt.Sprintf("the name of %s is wrong: %s", id, problem)
		}
	case catalog.NameOfSetting:
		if !IsSettingName(id.Name) {
			return fmt.Sprintf("%q is no name of a setting: it has letters, digits and underscores, and dots between its parts", Shorten(id.Name))
		}
		if id.Name != catalog.SettingKey(id.Name) {
			return fmt.Sprintf("the name of %s is wrong: privileges on settings have their names in lower case", id)
		}
	case catalog.NameWithArguments:
		if _, ok := catalog.ArgumentTypes(id.Arguments); id.Arguments != "" && !ok {
			return fmt.Sprintf("the arguments of %s are not as catalog.Arguments writes them", id)
		}
	}
	return ""
}
