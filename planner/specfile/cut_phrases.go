package specfile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// failedPhrase is an item of a list that is no phrase.
type failedPhrase struct {
	index    int
	phrase   scalar
	problems []spec.PhraseProblem
}

func (p failedPhrase) hasOn() bool {
	return slices.Contains(strings.Fields(strings.ToUpper(p.phrase.text)), "ON")
}

// mostPieces is how many items a phrase is put together from at most.
const mostPieces = 64

// addPhraseProblems notes the problems of phrases at their places in the file. YAML cuts a list in brackets at each
// comma: what makes a phrase together with its neighbours is shown whole.
// https://yaml.org/spec/1.2.2/#742-flow-mappings
func (f *file) addPhraseProblems(list *yaml.Node, failed []failedPhrase, reads func(string) bool) {
	c := cutList{file: f, items: list.Content, reads: reads}
	for _, one := range failed {
		if one.index < c.done {
			continue
		}
		if list.Style&yaml.FlowStyle != 0 && c.wasCut(one.index) {
			continue
		}
		hint := ""
		switch isFlow := list.Style&yaml.FlowStyle != 0; {
		case isFlow && one.phrase.isPlain() && len(list.Content) > 1 && !one.hasOn():
			hint = " (inside of [...] a comma ends a phrase unless the phrase is quoted)"
		case !isFlow && one.phrase.isPlain() && strings.Contains(one.phrase.text, " - "):
			hint = " (an item that is indented further than the one before it becomes a part of it: indent all alike)"
		}
		for _, p := range one.problems {
			f.add(f.within(one.phrase, p.At), "%s%s", p.Message, hint)
		}
	}
	c.note()
	if list.Style&yaml.FlowStyle != 0 {
		c.noteSilent(failed)
	}
}

// cutList is a list in brackets whose phrases were cut.
type cutList struct {
	*file
	items []*yaml.Node
	reads func(string) bool
	// from and done are the items of the phrase that was put together last, done is behind it; whole is its text.
	from, done int
	whole      string
}

// wasCut tells whether an item makes a phrase with those that follow, or with those before it.
func (c *cutList) wasCut(index int) bool {
	for end := index + 1; end <= min(len(c.items), index+mostPieces); end++ {
		if text, ok := c.join(index, end); !ok {
			break
		} else if c.reads(text) {
			c.note()
			c.found(index, end, text)
			return true
		}
	}
	for start := index - 1; start >= max(0, index-mostPieces); start-- {
		if start < c.done && start != c.from {
			continue
		}
		if text, ok := c.join(start, index+1); !ok {
			break
		} else if c.reads(text) {
			if start >= c.done {
				c.note()
			}
			c.found(start, index+1, text)
			return true
		}
	}
	return false
}

// found keeps a phrase that was put together, with all that can follow in it.
func (c *cutList) found(from, done int, whole string) {
	c.from, c.done, c.whole = from, done, whole
	for c.done < min(len(c.items), from+mostPieces) {
		text, ok := c.join(from, c.done+1)
		if !ok || !c.reads(text) {
			return
		}
		c.done, c.whole = c.done+1, text
	}
}

// noteSilent notes the phrases whose pieces are phrases by themselves, with another meaning: [SEQUENCE s.a, s.b] is a
// sequence and a table. Names alone mean the same, cut or not.
func (c *cutList) noteSilent(failed []failedPhrase) {
	hasFailed := lists.Set(lists.Map(failed, func(one failedPhrase) int { return one.index }))
	for i := 0; i+1 < len(c.items); i++ {
		first, ok := c.scalarOf(c.items[i])
		if !ok || hasFailed[i] || hasFailed[i+1] || len(strings.Fields(first.text)) < 2 {
			continue
		}
		if text, ok := c.join(i, i+2); ok && c.reads(text) {
			c.found(i, i+2, text)
			c.note()
			i = c.done - 1
		}
	}
}

// join puts items together as they stood before they were cut. Only what is written without quotes is cut.
func (c *cutList) join(start, end int) (string, bool) {
	var texts []string
	for _, n := range c.items[start:end] {
		s, ok := c.scalarOf(n)
		if !ok || !s.isPlain() || c.hidden[n] {
			return "", false
		}
		texts = append(texts, s.text)
	}
	return strings.Join(texts, ", "), true
}

// note notes the phrase that was put together last.
func (c *cutList) note() {
	if c.whole != "" {
		c.add(c.placeOf(c.items[c.from]), "inside of [...] YAML ends a text at each comma: write this phrase in quotes: %s", quoteForYAML(c.whole))
	}
	c.whole = ""
}

// quoteForYAML writes a text in the quotes of YAML that need the least:
// https://yaml.org/spec/1.2.2/#73-flow-scalar-styles
func quoteForYAML(text string) string {
	text = spec.ShortenTo(text, 400)
	if strings.ContainsAny(text, `"\`) || slices.ContainsFunc([]rune(text), func(r rune) bool { return r < ' ' }) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + text + `"`
}
