package spec

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// However a text is cut, its pieces say together what the whole says, each node where it stands; or they are not put together.
func TestPiecesSayWhatTheWholeSays(t *testing.T) {
	const tried = 2000
	joined, repeating := 0, 0
	for seed := range uint64(tried) {
		g := yamlWriter{rand.New(rand.NewPCG(seed, 2))}
		text := g.disturbed(g.specLike())
		least := 1 + g.IntN(150)
		piecewise := readSideBySide(text, least)
		if piecewise == nil {
			continue
		}
		joined++
		repeating += repeatedIn(text, least)
		whole, err := readAtOnce(strings.NewReader(text))
		if err != nil || len(whole) != 1 {
			t.Fatalf("%d documents, %v, in pieces of %d bytes there was one in\n%s", len(whole), err, least, text)
		}
		if a, b := outline(whole[0], false), outline(piecewise, false); !slices.Equal(a, b) {
			t.Fatalf("in pieces of %d bytes\n%s\nis\n%s\ninstead of\n%s", least, text, strings.Join(b, "\n"), strings.Join(a, "\n"))
		}
	}
	if joined < tried/5 {
		t.Errorf("only %d of %d documents were read in pieces", joined, tried)
	}
	if repeating < tried/10 {
		t.Errorf("only %d lines were left out", repeating)
	}
}

// repeatedIn counts the lines that were left out, and put back.
func repeatedIn(text string, least int) (count int) {
	pieces, indent := cut(text, least)
	for _, p := range pieces {
		less, repeated := p.withoutRepeated(indent)
		if document := less.readAtOnce(); document != nil && putBack(document.Content[0], repeated) {
			count += len(repeated)
		}
	}
	return count
}

// outline writes each node of a tree in a line, with all that is asked of nodes. Where there is nothing inside of brackets, the library says one
// place or another, by what follows after the brackets.
func outline(n *yaml.Node, isInBrackets bool) []string {
	at := fmt.Sprintf("%d:%d", n.Line, n.Column)
	if isInBrackets && isAbsent(n) {
		at = "nowhere"
	}
	out := []string{fmt.Sprintf("%s %v %v %q %q %q", at, n.Kind, n.Style, n.Tag, n.Anchor, n.Value)}
	for _, child := range n.Content {
		out = append(out, outline(child, isInBrackets || n.Style&yaml.FlowStyle != 0)...)
	}
	return out
}

// specLike writes something of the form of a spec.
func (g yamlWriter) specLike() string {
	var out strings.Builder
	out.WriteString(g.oneOf("", "---\n", "# c\n") + g.oneOf("version: 1\n", "", "version: 1\nlock_key: 2\n") + "roles:\n")
	indent := g.oneOf("  ", "  ", " ", "    ")
	for i := range 2 + g.IntN(8) {
		out.WriteString(g.oneOf("", "", "\n", indent+"# c\n") + indent + g.oneOf(fmt.Sprintf("r%d", i), g.key(i)) + ":")
		switch g.IntN(6) {
		case 4, 5:
			out.WriteString(g.repeated(indent, i))
		case 0:
			out.WriteString(g.oneOf("", " ~", " &x", " *x", " {}", " # c") + "\n")
		case 1:
			out.WriteString(" " + g.flow(indent, 3) + "\n")
		case 2:
			out.WriteString(" " + g.scalar(indent) + "\n")
		default:
			out.WriteString("\n" + g.block(indent+"  ", 2))
		}
	}
	return out.String() + g.oneOf("", "", "lock_key: 1\n", "...\n")
}

// repeated writes what stands behind the name of a role, and some more roles in the same words.
func (g yamlWriter) repeated(indent string, i int) string {
	words := g.oneOf("{a: [b c, d.*]}", "{a: [b c, d.*]}", "{}", "{a: 1} ", g.oneOf("{a: b, c: *x}", "{a: b", "{a: 'b}", "b}")) + "\n"
	out := " " + words
	for more := range g.IntN(4) {
		out += indent + fmt.Sprintf("%s%d_%d: ", g.oneOf("r", "r", "R", "_"), i, more) + words
	}
	return out
}

// disturbed changes a few of many texts at one place, such that it may be no YAML any more.
func (g yamlWriter) disturbed(text string) string {
	for range max(0, g.IntN(4)-1) {
		at := g.IntN(len(text) + 1)
		text = text[:at] + g.oneOf("\n", "  ", "\n  x", "\"", "'", "{", "]", "- ", ": ", "\n...\n", "\n---\n", "|\n", "\n? ", "\nroles:\n", "#", "&a ", "!t ", "\n  r: 1\n") + text[at:]
	}
	return text
}
