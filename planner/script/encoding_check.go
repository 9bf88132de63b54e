package script

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// encodingCheck remembers one character that is not ASCII of what is written: by it, a server can tell whether it reads
// the script in UTF-8.
type encodingCheck struct {
	io.Writer
	character rune
}

// Write takes whole characters.
func (w *encodingCheck) Write(text []byte) (int, error) {
	for rest := text; w.character == 0 && len(rest) > 0; {
		r, width := utf8.DecodeRune(rest)
		if r >= utf8.RuneSelf && r != utf8.RuneError && unicode.IsPrint(r) {
			w.character = r
		}
		rest = rest[width:]
	}
	return w.Writer.Write(text)
}

// write writes a query that fails where the text was sent in another encoding. All of it may have been read
// before client_encoding was set, as one text is that is sent at once.
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY
func (w *encodingCheck) write(out io.Writer) {
	if w.character == 0 {
		return
	}
	fmt.Fprintf(out, encodingQuery, w.character, string(w.character),
		literal("this script was not read as UTF-8, so nothing was changed: set client_encoding to UTF8 before it is sent"))
}

// What cannot be read as a boolean is the error's text, made only where it is needed.
const encodingQuery = `
-- == Check: the script was read as UTF-8 ==

SELECT CASE WHEN pg_catalog.convert_to('%c', 'UTF8') OPERATOR(pg_catalog.=) pg_catalog.decode('%x', 'hex') THEN true ELSE CAST(pg_catalog.concat(%s) AS pg_catalog.bool) END AS pgsr_encoding;
`
