package spec

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// The places that the YAML library gives, as we correct them, are those where things stand: whatever the style, and whatever
// comes before. Masking relies on it.
func TestPlacesAreRight(t *testing.T) {
	const documents = 2000
	read := 0
	for seed := range uint64(documents) {
		g := yamlWriter{rand.New(rand.NewPCG(seed, 1))}
		text := g.block("", 3)
		yaml, err := parseYAML(text)
		if err != nil { // tabs are not allowed everywhere
			continue
		}
		read++
		f := &file{source: newSource("x", 0, text)}
		for _, doc := range yaml.Docs {
			ast.Walk(placeChecker{f, t, text}, doc.Body)
		}
	}
	if read < documents/2 {
		t.Errorf("only %d of %d documents were read", read, documents)
	}
}

// placeChecker visits nodes and looks whether they begin where they are said to.
type placeChecker struct {
	*file
	t    *testing.T
	text string
}

func (v placeChecker) Visit(n ast.Node) ast.Visitor {
	tk := n.GetToken()
	if _, isNull := n.(*ast.NullNode); isNull || isLiteralText(tk) {
		return v
	}
	if at := v.place(tk); !v.source.begins(at, tk) {
		v.t.Errorf("%s %q is not at %v of\n%s", tk.Type, tk.Origin, at.position(), v.text)
	}
	return v
}

// isLiteralText tells whether a token is what follows | or >. Its place is never asked for.
func isLiteralText(tk *token.Token) bool {
	before := tk.Prev
	for before != nil && before.Type == token.CommentType {
		before = before.Prev
	}
	return before != nil && (before.Type == token.LiteralType || before.Type == token.FoldedType)
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
		"|  # c\n   lit # no\n\n", "\n   below", "\n   # c\n   'below'", "&a val", "&b 'val'",
	), "\n", "\n"+indent)
}
