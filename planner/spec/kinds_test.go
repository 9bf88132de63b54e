package spec

import (
	"testing"

	"pgsr/planner/catalog"
)

// A kind may have several words, of which one may be another kind's.
func TestKindsOfSeveralWordsAreRead(t *testing.T) {
	known := wordsOf([]catalog.KindInfo{
		{Kind: "FOREIGN DATA WRAPPER", Plural: "FOREIGN DATA WRAPPERS"},
		{Kind: "FOREIGN SERVER", Plural: "FOREIGN SERVERS"},
		{Kind: "LARGE OBJECT", Plural: "LARGE OBJECTS", Name: catalog.NameInSchema},
		{Kind: "TABLE", Plural: "TABLES", Name: catalog.NameInSchema},
	})
	for _, c := range []struct {
		text, one, plural string
		rest              string
	}{
		{text: "foreign Data\tWRAPPER x", one: "FOREIGN DATA WRAPPER", rest: "x"},
		{text: "FOREIGN SERVER data", one: "FOREIGN SERVER", rest: "data"},
		{text: "FOREIGN DATA x", rest: "FOREIGN"},
		{text: "FOREIGN", rest: "FOREIGN"},
		{text: `"FOREIGN" SERVER x`, rest: "FOREIGN"},
		{text: "LARGE OBJECTS IN", plural: "LARGE OBJECT", rest: "IN"},
		{text: "TABLES IN", plural: "TABLE", rest: "IN"},
		{text: "FOREIGN SERVERS IN", rest: "FOREIGN"},
	} {
		p := new(PhraseReader)
		if !p.begin(c.text, "") {
			t.Fatal(p.problems)
		}
		one, plural := p.takeKind(known), (*kindWords)(nil)
		if one == nil {
			plural = p.takePlural(known)
		}
		if kindIn(one) != c.one || kindIn(plural) != c.plural || p.peek(0).text != c.rest {
			t.Errorf("%s: %q, %q, then %s", c.text, kindIn(one), kindIn(plural), p.peek(0))
		}
	}
}

func kindIn(words *kindWords) string {
	if words == nil {
		return ""
	}
	return string(words.info.Kind)
}
