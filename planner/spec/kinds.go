package spec

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// kinds are those of the catalog. Nobody may write to them.
var (
	kinds         = catalog.Kinds()
	allPrivileges = privilegesOf(kinds)
)

// privilegesOf lists every privilege once.
func privilegesOf(kinds []catalog.KindInfo) []catalog.Privilege {
	var out []catalog.Privilege
	for _, kind := range kinds {
		out = lists.AppendNew(out, kind.Privileges...)
	}
	return out
}

// privilegeProblem says why a privilege does not fit a kind of object, or its columns; empty if it does, or if the kind
// is not known.
func privilegeProblem(privilege catalog.Privilege, kind catalog.Kind, onColumns bool) string {
	info := kind.Info()
	switch {
	case kind == "":
		return ""
	case onColumns && len(info.ColumnPrivileges) == 0:
		return fmt.Sprintf("a %s has no columns: they are those of a TABLE", kind)
	case onColumns && kind == catalog.Sequence:
		return "to grant something on the columns of a SEQUENCE write ON TABLE, as PostgreSQL does"
	case onColumns && !slices.Contains(info.ColumnPrivileges, privilege):
		return fmt.Sprintf("%s is no privilege of a column: known are %s", privilege, catalog.JoinPrivileges(info.ColumnPrivileges))
	case !slices.Contains(info.Privileges, privilege):
		return fmt.Sprintf("%s is no privilege of a %s: known are %s", privilege, kind, catalog.JoinPrivileges(info.Privileges))
	}
	return ""
}

// kindWords are the words of a kind, or for some of its objects: FOREIGN DATA WRAPPER has three.
type kindWords struct {
	info        *catalog.KindInfo
	one, plural []string
	// word is the one for some of its objects; empty for that of the kind.
	word string
}

// wordsOfKinds are those of all kinds.
var wordsOfKinds = wordsOf(kinds)

func wordsOf(kinds []catalog.KindInfo) []kindWords {
	var out []kindWords
	for i := range kinds {
		out = append(out, kindWords{&kinds[i], strings.Fields(string(kinds[i].Kind)), strings.Fields(kinds[i].Plural), ""})
		for _, word := range kinds[i].Words {
			out = append(out, kindWords{&kinds[i], strings.Fields(word.One), strings.Fields(word.Plural), word.One})
		}
	}
	return out
}

// wordsFor gives those of a kind, for all of its objects.
func wordsFor(kind catalog.Kind) *kindWords {
	return &wordsOfKinds[slices.IndexFunc(wordsOfKinds, func(w kindWords) bool { return w.info.Kind == kind && w.word == "" })]
}

// takeKind reads the words of a kind, if they come next.
func (p *PhraseReader) takeKind(known []kindWords) *kindWords {
	for i := range known {
		if p.takeWords(known[i].one) {
			return &known[i]
		}
	}
	return nil
}

// takePlural reads the words for all objects of a kind that are in a schema, or for all databases, if they come next.
func (p *PhraseReader) takePlural(known []kindWords) *kindWords {
	for i := range known {
		if hasPlural(known[i].info) && p.takeWords(known[i].plural) {
			return &known[i]
		}
	}
	return nil
}

// isPlural tells whether such words come next.
func (p *PhraseReader) isPlural(known []kindWords) bool {
	before := p.next
	found := p.takePlural(known) != nil
	p.next = before
	return found
}

// hasPlural tells whether a phrase can be about objects of a kind without their names.
func hasPlural(info *catalog.KindInfo) bool { return info.InSchema() || info.Kind == catalog.Database }

// takeWords reads the words, if they all come next.
func (p *PhraseReader) takeWords(words []string) bool {
	for i, word := range words {
		if !p.peek(i).is(word) {
			return false
		}
	}
	p.next += len(words)
	return true
}

// plurals writes the words for many of them.
func (k *kindWords) plurals() string { return strings.Join(k.plural, " ") }

// name writes the words for one of them.
func (k *kindWords) name() string { return strings.Join(k.one, " ") }

func kindNames() []string {
	return lists.Map(wordsOfKinds, func(k kindWords) string { return k.name() })
}

func pluralNames() []string {
	inSchemas := lists.Filter(wordsOfKinds, func(k kindWords) bool { return k.info.InSchema() })
	return lists.Map(inSchemas, func(k kindWords) string { return k.plurals() })
}

// onlyOwned says that a spec does not decide over the owners of such objects.
func onlyOwned(kind catalog.Kind) string {
	ownable := lists.Filter(wordsOfKinds, func(k kindWords) bool { return k.info.Ownable })
	return fmt.Sprintf("owns is not for a %s: it is for %s", kind, lists.Join(ownable, func(k kindWords) string { return k.name() }))
}
