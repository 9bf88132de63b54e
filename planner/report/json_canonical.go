package report

import (
	"bytes"
	"fmt"
	"strings"

	"pgsr/planner/script"
)

// checkCanonical refuses a file that is not, but for the space between its parts, what is written of what was read of
// it: so that whoever reads it reads what will be done.
func checkCanonical(data, written []byte) error {
	f := follower{left: data, line: 1}
	for i, c := range written {
		if !f.next(c) {
			return fmt.Errorf("line %d of the plan is not as pgsr writes it: it goes on with %s, and what was read of it with %s",
				f.line, excerpt(f.left), excerpt(written[i:]))
		}
	}
	return nil
}

// follower goes through a text of JSON, byte by byte.
type follower struct {
	left            []byte
	line            int
	quoted, escaped bool
}

// next tells whether a byte is what comes next, and takes it.
func (f *follower) next(c byte) bool {
	for !f.quoted && len(f.left) > 0 && strings.IndexByte(" \t\r\n", f.left[0]) >= 0 {
		if f.left[0] == '\n' {
			f.line++
		}
		f.left = f.left[1:]
	}
	if len(f.left) == 0 || f.left[0] != c {
		return false
	}
	f.left = f.left[1:]
	if c == '"' && !f.escaped {
		f.quoted = !f.quoted
	}
	f.escaped = f.quoted && c == '\\' && !f.escaped
	return true
}

// excerpt shows the beginning of a text.
func excerpt(text []byte) string {
	const most = 60
	return script.Printable(string(bytes.ToValidUTF8(text[:min(most, len(text))], nil)))
}
