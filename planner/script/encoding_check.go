package script

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// encodingCheck finds out whether a server reads a script as UTF-8. It remembers one non-ASCII character of the script
// for that.
type encodingCheck struct {
	io.Writer
	character rune
}

// Write takes whole characters.
func (w *encodingCheck) Write(text []byte) (int, error) {
	for rest := text; w.character == 0 && len(rest) > 0; {
		r, width := utf8.DecodeRune(rest)
		if r >= utf8.RuneSelf && r != utf8.RuneError && !unseen(r) {
			w.character = r
		}
		rest = rest[width:]
	}
	return w.Writer.Write(text)
}

// write writes a query that fails where the script was read in another encoding. SET client_encoding comes too late
// in a script that is sent as one text: all of it is read before any of it is run.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY
func (w *encodingCheck) write(out io.Writer) {
	if w.character == 0 {
		return
	}
	fmt.Fprintf(out, encodingQuery, w.character, string(w.character),
		literal("this script was not read as UTF-8, so nothing was changed: set client_encoding to UTF8 before it is sent"))
}

// The error's text is what cannot be cast to a boolean.
const encodingQuery = `
-- == Check: the script was read as UTF-8 ==

SELECT CASE WHEN pg_catalog.convert_to('%c', 'UTF8') OPERATOR(pg_catalog.=) pg_catalog.decode('%x', 'hex') THEN true ELSE CAST(pg_catalog.concat(%s) AS pg_catalog.bool) END AS pgsr_encoding;
`
