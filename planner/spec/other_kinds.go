package spec

import (
	"slices"
	"strings"
)

// otherKinds are words for objects that a phrase does not know, and those to write instead; none if pgsr does not
// manage such objects.
var otherKinds = []struct {
	words   string
	instead []string
}{
	{"VIEW", []string{"TABLE"}},
	{"MATERIALIZED VIEW", []string{"TABLE"}},
	{"FOREIGN TABLE", []string{"TABLE"}},
	{"PARTITIONED TABLE", []string{"TABLE"}},
	{"AGGREGATE", []string{"ROUTINE", "FUNCTION"}},
	{"SERVER", []string{"FOREIGN SERVER"}},
	{"COLLATION", nil},
	{"CONVERSION", nil},
	{"EXTENSION", nil},
	{"OPERATOR", nil},
	{"PUBLICATION", nil},
	{"SUBSCRIPTION", nil},
	{"EVENT TRIGGER", nil},
}

// failKind says what to write in the place of an unknown kind. Ending follows the words for it, S for many; known are
// those that may stand there.
func (p *PhraseReader) failKind(ending string, known []string) bool {
	if p.failOtherKind(ending, known) || ending == "" && p.failOtherKind("S", pluralNames()) {
		return false
	}
	first := p.peek(0)
	return p.fail(first, "unknown kind of object%s %s: %s", strings.ToLower(ending), first, KnownAre(first.text, known))
}

// failOtherKind does so if the words are those of [otherKinds], and tells whether they are.
func (p *PhraseReader) failOtherKind(ending string, known []string) bool {
	first := p.peek(0)
	isKnown := func(word string) bool { return slices.Contains(known, word+ending) }
	for _, other := range otherKinds {
		switch words := other.words + ending; {
		case !p.takeWords(strings.Fields(words)):
		case len(other.instead) == 0:
			p.fail(first, "pgsr does not manage privileges on objects of the kind %s, nor their owners", other.words)
			return true
		case isKnown(other.instead[0]):
			because := ""
			if other.instead[0] == "TABLE" {
				because = " (a " + strings.ToLower(other.words) + " is a TABLE)"
			}
			p.fail(first, "unknown kind of object %s: write %s%s", words, strings.Join(other.instead, ending+" or ")+ending, because)
			return true
		}
	}
	return false
}
