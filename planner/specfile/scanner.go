package specfile

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// scanner goes through the characters of a source. The library says where nodes begin, but not where they end, nor
// where their anchors and tags do: those are found by reading them again.
type scanner struct{ place }

// endOfSource is what comes behind the last character.
const endOfSource rune = -1

func (f *file) scannerAt(n *yaml.Node) *scanner { return &scanner{f.placeAt(n.Line, n.Column)} }

// peek gives the next character: a line feed at the end of a line, and [endOfSource] at that of the last one.
func (c *scanner) peek() rune {
	line := c.source.line(c.line)
	switch {
	case c.column <= len(line):
		return line[c.column-1]
	case c.line < len(c.source.lines):
		return '\n'
	}
	return endOfSource
}

// next gives the next character and goes on behind it.
func (c *scanner) next() rune {
	r := c.peek()
	switch r {
	case endOfSource:
	case '\n':
		c.line, c.column = c.line+1, 1
	default:
		c.column++
	}
	return r
}

func (c *scanner) skip(characters int) {
	for range characters {
		c.next()
	}
}

// skipTo goes on to the first of some characters.
func (c *scanner) skipTo(characters string) {
	for r := c.peek(); r != endOfSource && !strings.ContainsRune(characters, r); r = c.peek() {
		c.next()
	}
}

const whiteSpace = " \t\n"

func (c *scanner) skipWhiteSpace() {
	for strings.ContainsRune(whiteSpace, c.peek()) {
		c.next()
	}
}

// skipBlank goes on to what is neither white space nor in a comment.
func (c *scanner) skipBlank() {
	for {
		before := c.place
		c.skipWhiteSpace()
		if c.peek() != '#' || before == c.place && c.column > 1 {
			return
		}
		c.skipTo("\n")
	}
}

// skipProperties goes on to what a node consists of, behind its anchor and tag, which stand there in any order:
// https://yaml.org/spec/1.2.2/#69-node-properties
func (c *scanner) skipProperties(n *yaml.Node) {
	anchors, tags := n.Anchor != "", hasTag(n)
	for anchors || tags {
		switch {
		case anchors && c.peek() == '&':
			c.skip(1 + len([]rune(n.Anchor)))
			anchors = false
		case tags && c.peek() == '!':
			c.skipTag()
			tags = false
		default:
			return
		}
		if !isAbsent(n) || anchors || tags {
			c.skipBlank()
		}
	}
}

// skipTag goes on behind a tag, which may be one in angle brackets.
func (c *scanner) skipTag() {
	if c.next(); c.peek() == '<' {
		c.skipTo(">\n")
		return
	}
	c.skipTo(whiteSpace + ",[]{}")
}

// skipScalar goes on behind a text or alias, and tells whether it does stand there.
func (c *scanner) skipScalar(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		return c.next() == '*' && c.follow(n.Value)
	case styleOf(n) == yaml.DoubleQuotedStyle:
		return c.next() == '"' && c.skipDoubleQuoted()
	case styleOf(n) == yaml.SingleQuotedStyle:
		return c.next() == '\'' && c.skipSingleQuoted()
	case styleOf(n)&blockText != 0:
		isThere := strings.ContainsRune("|>", c.peek())
		c.skipTo("\n")
		return isThere && c.follow(n.Value)
	}
	return c.follow(n.Value)
}

func (c *scanner) skipDoubleQuoted() bool {
	for {
		switch c.next() {
		case '"':
			return true
		case '\\':
			c.next()
		case endOfSource:
			return false
		}
	}
}

func (c *scanner) skipSingleQuoted() bool {
	for {
		switch c.next() {
		case '\'':
			if c.peek() != '\'' {
				return true
			}
			c.next()
		case endOfSource:
			return false
		}
	}
}

// follow goes on behind a text that is written as it is but for its white space, and tells whether it is.
func (c *scanner) follow(text string) bool {
	for _, r := range text {
		if strings.ContainsRune(whiteSpace, r) {
			continue
		}
		c.skipWhiteSpace()
		if c.next() != r {
			return false
		}
	}
	return true
}
