package spec

import (
	"io"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// A large spec is mostly a long list of roles, one below the other. It is cut in front of some of them, and the pieces are read side by side, each
// as a spec of its own. What comes of it is put together only where no piece can mean anything else than it does in the whole; the whole is
// read at once otherwise, also for the sake of its errors.

const (
	// leastPiece is how many bytes are worth a piece of their own.
	leastPiece = 1 << 15
	mostPieces = 8
)

// rolesLine is what each piece but the first begins with, instead of what stands before it.
const rolesLine = keyRoles + ":\n"

// piece is a part of a text that holds whole roles.
type piece struct {
	// begin is what is to be read first, which does not stand there.
	begin, text string
	// body is where the lines of roles begin in the text.
	body int
	// above is how many lines more than in the piece there are above a line of it in the whole.
	above int
}

// read gives the one document of a piece, nil if it is not one.
func (p piece) read(indent int) *yaml.Node {
	if less, repeated := p.withoutRepeated(indent); len(repeated) > 0 {
		if document := less.readAtOnce(); document != nil && putBack(document.Content[0], repeated) {
			return document
		}
	}
	return p.readAtOnce()
}

func (p piece) readAtOnce() *yaml.Node {
	read, err := readAtOnce(io.MultiReader(strings.NewReader(p.begin), strings.NewReader(p.text)))
	if err != nil || len(read) != 1 {
		return nil
	}
	return read[0]
}

// readSideBySide gives the one document of a text, reading pieces of at least so many bytes; nil if it has to be read at once.
func readSideBySide(text string, least int) *yaml.Node {
	pieces, indent := cut(text, least)
	if len(pieces) < 2 {
		return nil
	}
	roots := make([]*yaml.Node, len(pieces))
	documents := make([]*yaml.Node, len(pieces))
	var reading sync.WaitGroup
	for i, p := range pieces {
		reading.Go(func() {
			if documents[i] = p.read(indent); documents[i] != nil {
				roots[i] = documents[i].Content[0]
				moveDown(roots[i], p.above)
			}
		})
	}
	reading.Wait()
	if !join(roots, pieces, indent) {
		return nil
	}
	return documents[0]
}

// cut cuts a text in front of roles, and tells how far those are indented. It gives no pieces where a line may end the document.
func cut(text string, least int) (pieces []piece, indent int) {
	body := strings.Index("\n"+text, "\n"+rolesLine) + len(rolesLine)
	if len(text) < 2*least || body < len(rolesLine) || strings.Contains(text, "\n---") || strings.Contains(text, "\n...") || strings.Contains(text, "\n%") {
		return nil, 0
	}
	if indent = len(text[body:]) - len(strings.TrimLeft(text[body:], " ")); indent == 0 {
		return nil, 0
	}
	size := len(text) / min(mostPieces, len(text)/least)
	begin, lines := 0, 0
	for begin < len(text) {
		end := nextRole(text, max(begin+size, body), indent)
		if begin == 0 {
			pieces = append(pieces, piece{text: text[:end], body: body})
		} else {
			pieces = append(pieces, piece{begin: rolesLine, text: text[begin:end], above: lines - 1})
		}
		lines += strings.Count(text[begin:end], "\n")
		begin = end
	}
	return pieces, indent
}

// nextRole gives where the next line begins in which the name of a role may stand; the end of the text if there is none.
func nextRole(text string, from, indent int) int {
	margin := "\n" + strings.Repeat(" ", indent)
	for from < len(text) {
		found := strings.Index(text[from:], margin)
		if found < 0 {
			break
		}
		line := from + found + 1
		if name := line + indent; name < len(text) && isNameLetter(text[name]) {
			return line
		}
		from = line
	}
	return len(text)
}

func isNameLetter(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// join adds the roles of all pieces to those of the first, and what follows them; false if some piece is not what it has to be. A line that is
// indented like the roles can only go on with them where they are what was begun last.
func join(roots []*yaml.Node, pieces []piece, indent int) bool {
	last := len(roots) - 1
	for i, root := range roots {
		if !isMapping(root) || len(root.Content) < 2 || i > 0 && i < last && len(root.Content) > 2 {
			return false
		}
		at := 0
		if i == 0 {
			at = len(root.Content) - 2
		}
		key, roles := root.Content[at], root.Content[at+1]
		if key.Value != keyRoles || !isBlock(root, 1) || !isBlock(roles, indent+1) || i > 0 && roles.Line != pieces[i].above+2 {
			return false
		}
	}
	first := roots[0]
	roles := first.Content[len(first.Content)-1]
	roles.Content = slices.Grow(roles.Content, len(roles.Content)*last)
	for _, root := range roots[1:] {
		roles.Content = append(roles.Content, root.Content[1].Content...)
		first.Content = append(first.Content, root.Content[2:]...)
	}
	return true
}

// isBlock tells whether a node is a mapping without braces, anchor and tag that begins in a column.
func isBlock(n *yaml.Node, column int) bool {
	return isMapping(n) && n.Style&yaml.FlowStyle == 0 && n.Anchor == "" && !hasTag(n) && n.Column == column
}

// moveDown gives the nodes of a piece the lines where they stand in the whole.
func moveDown(n *yaml.Node, lines int) {
	n.Line += lines
	for _, child := range n.Content {
		moveDown(child, lines)
	}
}
