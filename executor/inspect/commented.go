package inspect

import "strings"

// commented is a query with parts that are comments until they are asked for, cut once: a call about one role asks for
// its text each time.
type commented struct {
	pieces []piece
	length int
}

// piece is what stands before a comment, and the comment: its name, and the part that it holds.
type piece struct{ before, name, part string }

// cutComments cuts a query at comments such as /* of schemas: ... */. None of them is within another.
func cutComments(sql string) commented {
	c := commented{length: len(sql)}
	for {
		before, rest, found := strings.Cut(sql, "/* ")
		if !found {
			c.pieces = append(c.pieces, piece{before: before})
			return c
		}
		comment, after, _ := strings.Cut(rest, "*/")
		name, part, _ := strings.Cut(comment, ":")
		c.pieces, sql = append(c.pieces, piece{before, name, part}), after
	}
}

// asked is the query with the parts of some names.
func (c commented) asked(names map[string]bool) string {
	var text strings.Builder
	text.Grow(c.length)
	for _, p := range c.pieces {
		text.WriteString(p.before)
		if names[p.name] {
			text.WriteString(p.part)
		}
	}
	return text.String()
}
