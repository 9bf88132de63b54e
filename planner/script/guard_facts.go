package script

import (
	"fmt"
	"slices"
	"strings"
)

// facts is a table of constants.
type facts struct {
	name    string
	columns []column
	// rows hold a value for each column.
	rows [][]string
}

// column is one of a table of constants, and its type.
type column struct{ name, kind string }

// null is the value that is none. No text can hold it.
const null = "\x00"

// fewFacts is up to how many rows a table is written row by row, as people read it. A server takes longer to parse and plan many constants than to
// compare them with its catalogs.
const fewFacts = 64

// sql writes the table as a common table expression.
func (f facts) sql() string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.name
	}
	text := f.name + " (" + strings.Join(names, ", ") + ") AS (\n            "
	if len(f.rows) > fewFacts {
		return text + f.byColumn() + "\n        )"
	}
	return text + f.byRow() + "\n        )"
}

// byRow writes a row after the other. The first, which is left out, gives the columns their types.
func (f facts) byRow() string {
	types := make([]string, len(f.columns))
	for i, c := range f.columns {
		types[i] = "NULL::" + c.kind
	}
	text := "SELECT " + strings.Join(types, ", ") + " WHERE false"
	if len(f.rows) == 0 {
		return text
	}
	rows := make([]string, len(f.rows))
	for i, row := range f.rows {
		values := make([]string, len(row))
		for at, value := range row {
			values[at] = f.columns[at].constant(value)
		}
		rows[i] = "(" + strings.Join(values, ", ") + ")"
	}
	return text + "\n            UNION ALL VALUES\n            " + strings.Join(rows, ",\n            ")
}

// constant writes a value.
func (c column) constant(value string) string {
	switch {
	case value == null:
		return "NULL"
	case c.kind == "text":
		return literal(value)
	}
	return value
}

// byColumn writes an array for each column. https://www.postgresql.org/docs/current/functions-array.html
func (f facts) byColumn() string {
	arrays := make([]string, len(f.columns))
	for at, c := range f.columns {
		elements := make([]string, len(f.rows))
		for i, row := range f.rows {
			elements[i] = element(row[at])
		}
		arrays[at] = array(elements) + "::" + c.kind + "[]"
	}
	return "SELECT * FROM unnest(\n            " + strings.Join(arrays, ",\n            ") + ")"
}

// element writes a value as arrays have it. https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
func element(value string) string {
	switch {
	case value == null:
		return "NULL"
	case isPlain(value):
		return value
	case strings.ContainsAny(value, `\"`):
		value = strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`)
	}
	return `"` + value + `"`
}

// isPlain tells whether a text is nothing but letters, digits and underscores, and cannot be taken for no value.
func isPlain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return text != "" && !strings.EqualFold(text, "NULL")
}

// array writes an array as a constant, some elements on each line. The lines are of one style, which is the one with escapes if any needs it: what needs
// none is the same in both.
func array(elements []string) string {
	const onLine = 8
	var prefix string
	var lines []string
	for some := range slices.Chunk(elements, onLine) {
		quoted := literal(strings.Join(some, ","))
		if strings.HasPrefix(quoted, literals.prefix) {
			prefix = literals.prefix
		}
		lines = append(lines, quoted[strings.Index(quoted, literals.mark)+1:len(quoted)-1])
	}
	return prefix + literals.mark + "{" + strings.Join(lines, ",\n            ") + "}" + literals.mark
}

func boolean(b bool) string { return fmt.Sprintf("%t", b) }

// identity writes an OID, or none for any.
func identity(oid uint32) string {
	if oid == 0 {
		return null
	}
	return fmt.Sprint(oid)
}
