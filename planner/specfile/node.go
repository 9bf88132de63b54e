package specfile

import (
	"iter"

	"go.yaml.in/yaml/v4"
)

// The tags that the library gives to what is not quoted: https://yaml.org/spec/1.2.2/#103-core-schema
const (
	nullTag    = "!!null"
	integerTag = "!!int"
	floatTag   = "!!float"
	booleanTag = "!!bool"
	mergeTag   = "!!merge"
)

// deref gives what an alias stands for, and any other node itself. Nil stands for an alias of nothing, which
// resolveAliases noted.
func deref(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isMapping(n *yaml.Node) bool { return n != nil && n.Kind == yaml.MappingNode }
func isList(n *yaml.Node) bool    { return n != nil && n.Kind == yaml.SequenceNode }
func isText(n *yaml.Node) bool    { return n != nil && n.Kind == yaml.ScalarNode && n.Tag != nullTag }
func isNull(n *yaml.Node) bool    { return n != nil && n.Kind == yaml.ScalarNode && n.Tag == nullTag }
func isBoolean(n *yaml.Node) bool { return isText(n) && n.Tag == booleanTag }
func isInteger(n *yaml.Node) bool { return isText(n) && n.Tag == integerTag }

// isMerge tells whether a key is << without quotes: https://yaml.org/type/merge.html
func isMerge(key *yaml.Node) bool { return isText(key) && key.Tag == mergeTag }

// isAbsent tells whether a node is null because there is nothing where it could stand.
func isAbsent(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && styleOf(n) == 0
}

// hasTag tells whether a tag is written in front of a node.
func hasTag(n *yaml.Node) bool { return n.Style&yaml.TaggedStyle != 0 || n.Tag == "!" }

const blockText = yaml.LiteralStyle | yaml.FoldedStyle

// styleOf tells how a text is written; 0: without anything around it.
func styleOf(n *yaml.Node) yaml.Style {
	return n.Style & (yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | blockText)
}

// pairs gives the keys and values of a mapping in their order.
func pairs(m *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		for i := 0; i+1 < len(m.Content); i += 2 {
			if !yield(m.Content[i], m.Content[i+1]) {
				return
			}
		}
	}
}

// scalar is a text of the file.
type scalar struct {
	text string
	at   place
	node *yaml.Node
}

// scalarOf gives the text of a resolved node as it is written, also that of numbers and the like; false if it is none.
func (f *file) scalarOf(n *yaml.Node) (scalar, bool) {
	if !isText(n) {
		return scalar{}, false
	}
	return scalar{text: n.Value, at: f.placeOf(n), node: n}, true
}

// isPlain tells whether the text stands without quotes.
func (s scalar) isPlain() bool { return styleOf(s.node) == 0 }

// aList is how a list is named.
const aList = "a list"

// describe names the type of a resolved node.
func describe(n *yaml.Node) string {
	switch {
	case isMapping(n):
		return "a mapping"
	case isList(n):
		return aList
	case isNull(n):
		return "empty"
	case n.Tag == integerTag:
		return "a number"
	case n.Tag == floatTag:
		return "a decimal number"
	case n.Tag == booleanTag:
		return "true or false"
	}
	return "a text"
}

// placeOf gives where a node begins, behind its anchor and tag.
func (f *file) placeOf(n *yaml.Node) place {
	if n.Anchor == "" && !hasTag(n) || n.Kind == yaml.AliasNode {
		return f.placeAt(n.Line, n.Column)
	}
	c := f.scannerAt(n)
	c.skipProperties(n)
	return c.place
}

// placeAt gives a place of the library's, which counts as we do, but goes on behind the last line.
func (f *file) placeAt(line, column int) place {
	if line > len(f.source.lines) {
		return f.source.end()
	}
	return place{f.source, max(line, 1), max(column, 1)}
}
