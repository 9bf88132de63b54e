package spec

import (
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// resolve gives what a node stands for, without anchor, alias and tag; nil for an alias of nothing, which was noted by bind.
func (f *file) resolve(n ast.Node) ast.Node {
	for {
		switch node := n.(type) {
		case *ast.AnchorNode:
			n = node.Value
		case *ast.AliasNode:
			n = f.aliases[node]
		case *ast.TagNode:
			n = node.Value
		case *ast.MappingKeyNode:
			n = node.Value
		default:
			return n
		}
	}
}

// scalar is a text of the file.
type scalar struct {
	text string
	at   place
	node ast.Node
}

// scalarOf gives the text of a resolved node as it is written, also that of numbers and the like; false if it is none.
func (f *file) scalarOf(n ast.Node) (scalar, bool) {
	if n == nil {
		return scalar{}, false
	}
	s := scalar{at: f.placeOf(n), node: n}
	switch node := n.(type) {
	case *ast.LiteralNode:
		s.text = node.Value.Value
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode, *ast.MergeKeyNode:
		s.text = tokenText(n.GetToken())
	default:
		return s, false
	}
	return s, true
}

// tokenText gives a token's text. The library drops tabs from what is not quoted, so that is read from how it is written:
// https://yaml.org/spec/1.2.2/#733-plain-style
func tokenText(tk *token.Token) string {
	written := strings.TrimSpace(tk.Origin)
	if isQuoted(tk) || !strings.Contains(written, "\t") {
		return tk.Value
	}
	var text strings.Builder
	breaks := 0
	for i, line := range strings.Split(written, "\n") {
		line = strings.Trim(line, " \t")
		switch {
		case line == "":
			breaks++
			continue
		case breaks > 0:
			text.WriteString(strings.Repeat("\n", breaks))
		case i > 0:
			text.WriteByte(' ')
		}
		breaks = 0
		text.WriteString(line)
	}
	return text.String()
}

func isQuoted(tk *token.Token) bool {
	return tk.Type == token.SingleQuoteType || tk.Type == token.DoubleQuoteType
}

// isPlain tells whether the text stands without quotes.
func (s scalar) isPlain() bool {
	_, isLiteral := s.node.(*ast.LiteralNode)
	return !isLiteral && !isQuoted(s.node.GetToken())
}

// describe names the type of a resolved node.
func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "empty"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	}
	return "a text"
}

// place gives the place of a token. The library counts white space in front of some tokens as theirs, and one column too few
// for some tabs.
func (f *file) place(tk *token.Token) place {
	at := place{f.source, max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
	line := f.source.line(at.line)
	if tk.Type == token.ImplicitNullType { // stands right behind what it is the value of
		before := strings.TrimRightFunc(string(line[:min(at.column-1, len(line))]), unicode.IsSpace)
		return place{f.source, at.line, len([]rune(before)) + 1}
	}
	for last := len(line); at.column <= last; at.column++ {
		if f.source.begins(at, tk) {
			return at
		}
	}
	return place{f.source, at.line, max(tk.Position.Column, 1)}
}

// placeOf gives where a node begins. The library's own place of a block mapping is that of its first colon.
func (f *file) placeOf(n ast.Node) place {
	switch node := n.(type) {
	case *ast.MappingNode:
		if !node.IsFlowStyle && len(node.Values) > 0 {
			return f.placeOf(node.Values[0])
		}
	case *ast.MappingValueNode:
		return f.placeOf(node.Key)
	}
	if tk := n.GetToken(); tk != nil {
		return f.place(tk)
	}
	return place{f.source, 1, 1}
}

// begins tells whether a token does stand at a place, so far as a few characters can tell.
func (s *source) begins(at place, tk *token.Token) bool {
	text := []rune(strings.TrimLeftFunc(tk.Origin, unicode.IsSpace))
	line := s.line(at.line)
	for i, r := range text[:min(len(text), 8)] {
		if r == '\n' || r == '\\' { // escapes are missing in Origin
			break
		}
		if at.column+i > len(line) || line[at.column+i-1] != r {
			return false
		}
	}
	return true
}
