package specfile

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The places that the YAML library gives, and the ends that we find, are those where things stand: whatever the
// style, and whatever comes before. Masking relies on it.
func TestPlacesAreRight(t *testing.T) {
	const tried = 2000
	read := 0
	for seed := range uint64(tried) {
		g := yamlWriter{rand.New(rand.NewPCG(seed, 1))}
		text := g.block("", 3)
		documents, err := parseYAML(text)
		if err != nil { // tabs are not allowed everywhere
			continue
		}
		read++
		checker := placeChecker{&file{source: newSource("x", 0, text)}, t, text}
		for _, document := range documents {
			checker.check(document.Content[0])
		}
	}
	if read < tried/2 {
		t.Errorf("only %d of %d documents were read", read, tried)
	}
}

// placeChecker goes through nodes and looks whether they begin and end where they are said to.
type placeChecker struct {
	*file
	t    *testing.T
	text string
}

func (v placeChecker) check(n *yaml.Node) {
	at := v.placeOf(n)
	begin := scanner{at}
	if r := begin.peek(); !isAbsent(n) && !strings.ContainsRune(begins(n), r) {
		v.t.Errorf("%q cannot be the beginning of %+v at %v of\n%s", r, n, at.position(), v.text)
	}
	if isText(n) {
		v.checkText(n, at)
	}
	for _, child := range n.Content {
		v.check(child)
	}
}

// begins gives the characters that can be the first of a node.
func begins(n *yaml.Node) string {
	first := map[yaml.Style]string{yaml.DoubleQuotedStyle: `"`, yaml.SingleQuotedStyle: "'", yaml.LiteralStyle: "|", yaml.FoldedStyle: ">"}
	switch {
	case n.Kind == yaml.ScalarNode && styleOf(n) == 0:
		return string([]rune(n.Value)[:1])
	case n.Kind == yaml.ScalarNode:
		return first[styleOf(n)]
	case n.Style&yaml.FlowStyle != 0:
		return "{["
	case n.Kind == yaml.SequenceNode:
		return "-"
	}
	return begins(n.Content[0])
}

// checkText reads a text once more by itself.
func (v placeChecker) checkText(n *yaml.Node, at place) {
	end := scanner{at}
	if !end.skipScalar(n) {
		v.t.Errorf("the end of %q at %v is not found in\n%s", n.Value, at.position(), v.text)
		return
	}
	var written strings.Builder
	for c := (scanner{at}); c.place != end.place; {
		written.WriteRune(c.next())
	}
	if styleOf(n)&blockText != 0 {
		written.WriteString("\n")
	}
	again, err := parseYAML(written.String())
	if err != nil || strings.TrimSpace(again[0].Content[0].Value) != strings.TrimSpace(n.Value) {
		v.t.Errorf("%q at %v ends with %q in\n%s\n%v", n.Value, at.position(), written.String(), v.text, err)
	}
	if end.skipBlank(); end.column > 1 && end.column > indentation(v.source.line(end.line))+1 && !strings.ContainsRune(":,]}-\n", end.peek()) && end.peek() != endOfSource {
		v.t.Errorf("%q at %v ends before %q in\n%s", n.Value, at.position(), end.peek(), v.text)
	}
}

// yamlWriter writes YAML of every style.
type yamlWriter struct{ *rand.Rand }

func (g yamlWriter) oneOf(texts ...string) string { return texts[g.IntN(len(texts))] }

func (g yamlWriter) block(indent string, depth int) string {
	var out strings.Builder
	isMapping := g.IntN(3) > 0
	for i := range 1 + g.IntN(3) {
		out.WriteString(g.oneOf("", "", "", "\n", indent+"# comment\n") + indent)
		if isMapping {
			out.WriteString(g.key(i) + ": ")
		} else {
			out.WriteString("- ")
		}
		switch kind := g.IntN(4); {
		case depth > 0 && kind < 2:
			out.WriteString(g.oneOf("", "# comment") + "\n" + g.block(indent+"  ", depth-1))
		case kind == 2:
			out.WriteString(g.flow(indent, 3) + "\n")
		default:
			out.WriteString(g.scalar(indent) + "\n")
		}
	}
	return out.String()
}

func (g yamlWriter) key(i int) string {
	return fmt.Sprintf(g.oneOf("k%d", "'k ''%d'", `"k\"%d"`, "日%d"), i)
}

func (g yamlWriter) flow(indent string, depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return g.oneOf("abc", "'it''s'", `"q\"x\u00e9\t"`, "日本 語", "a#b", "123", "a b", `""`, "a\tb", "'\t'", "\"dq\n"+indent+"  more\"", "abc # x\n"+indent+" ")
	}
	var parts []string
	isMapping := g.IntN(2) == 0
	for i := range g.IntN(4) {
		part := g.oneOf("", " ", "\t", "\n"+indent+"   ")
		if isMapping {
			part += g.key(i) + ":" + g.oneOf(" ", "\t")
		}
		parts = append(parts, part+g.flow(indent, depth-1))
	}
	if isMapping {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (g yamlWriter) scalar(indent string) string {
	return strings.ReplaceAll(g.oneOf(
		"abc", "'it''s'", `"q\"x\u00e9\t"`, "日本 語", "a#b", "~", "x  y", "''", "a\tb", "'\t'", "abc # c", `"abc"   # c`,
		"plain one\n  two", "\"dq\n   more\n\n   x\"", "'sq\n   more'", "|\n   lit\n\n    more", ">-\n   fold\n   b\n",
		"|  # c\n   lit # no\n\n", "\n   below", "\n   # c\n   'below'", "&a val", "&b 'val'", "&c\n   # c\n   val", "&d",
	), "\n", "\n"+indent)
}
