package script

import (
	"slices"
	"strconv"
	"strings"
)

// facts is a table of constants. None is NULL: in an array that depends on array_nulls, and a column of nothing else
// has no type.
// https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-ARRAY-NULLS
type facts struct {
	name    string
	columns []column
}

// column is one of a table of constants: its type, and what stands in each row.
type column struct {
	name, kind string
	values     []string
}

// fewFacts is up to how many rows a table is written row by row, as people read it. A server takes longer to parse
// and plan many constants than to compare them with its catalogs.
const fewFacts = 64

// expect makes room for so many rows.
func (f facts) expect(rows int) facts {
	for i := range f.columns {
		f.columns[i].values = make([]string, 0, rows)
	}
	return f
}

// add adds a row, a value for each column.
func (f facts) add(values ...string) {
	for i, value := range values {
		f.columns[i].values = append(f.columns[i].values, value)
	}
}

func (f facts) rows() int { return len(f.columns[0].values) }

// size is about how many bytes the table takes when it is written, and seldom less.
func (f facts) size() int {
	const around, aroundEach = 256, 5
	sum := around
	for _, c := range f.columns {
		for _, value := range c.values {
			sum += len(value) + aroundEach
		}
	}
	return sum
}

// write writes the table as a common table expression.
func (f facts) write(out *strings.Builder) {
	out.WriteString(f.name + " (")
	for i, c := range f.columns {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString(c.name)
	}
	out.WriteString(") AS (\n    ")
	if f.rows() > fewFacts {
		f.writeByColumn(out)
	} else {
		out.WriteString(f.byRow())
	}
	out.WriteString("\n)")
}

// byRow writes a row after the other. The first, which is left out, gives the columns their types.
func (f facts) byRow() string {
	types := make([]string, len(f.columns))
	for i, c := range f.columns {
		types[i] = "NULL::" + c.kind
	}
	text := "SELECT " + strings.Join(types, ", ") + " WHERE false"
	if f.rows() == 0 {
		return text
	}
	rows := make([]string, f.rows())
	for i := range rows {
		values := make([]string, len(f.columns))
		for at, c := range f.columns {
			values[at] = c.constant(i)
		}
		rows[i] = "(" + strings.Join(values, ", ") + ")"
	}
	return text + "\n    UNION ALL VALUES\n    " + strings.Join(rows, ",\n    ")
}

// constant writes the value in a row.
func (c column) constant(row int) string {
	value := c.values[row]
	if c.kind == "text" {
		return literal(value)
	}
	return value
}

// writeByColumn writes an array for each column. https://www.postgresql.org/docs/current/functions-array.html
func (f facts) writeByColumn(out *strings.Builder) {
	out.WriteString("SELECT * FROM unnest(\n    ")
	for i, c := range f.columns {
		if i > 0 {
			out.WriteString(",\n    ")
		}
		writeArray(out, c.values)
		out.WriteString("::" + c.kind + "[]")
	}
	out.WriteString(")")
}

// writeArray writes an array as a constant, some elements on each line. The lines are of one style, which is the one
// with escapes if any needs it: what needs none is the same in both.
func writeArray(out *strings.Builder, values []string) {
	const onLine = 8
	if slices.ContainsFunc(values, needsEscapes) {
		out.WriteString(literals.prefix)
	}
	out.WriteString(literals.mark + "{")
	for i, value := range values {
		switch {
		case i > 0 && i%onLine == 0:
			out.WriteString(",\n    ")
		case i > 0:
			out.WriteString(",")
		}
		writeElement(out, value)
	}
	out.WriteString("}" + literals.mark)
}

// needsEscapes tells whether a value can only be an element of a constant with escapes.
func needsEscapes(value string) bool {
	return !isCalm(value) && strings.HasPrefix(literal(element(value)), literals.prefix)
}

// writeElement writes a value as it is inside of the constant of an array. Most can be written as they are, between
// quotes at most.
func writeElement(out *strings.Builder, value string) {
	switch {
	case isPlain(value):
		out.WriteString(value)
	case isCalm(value):
		out.WriteString(`"`)
		out.WriteString(value)
		out.WriteString(`"`)
	default:
		quoted := literal(element(value))
		out.WriteString(quoted[strings.Index(quoted, literals.mark)+1 : len(quoted)-1])
	}
}

// element writes a value as arrays have it. https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
func element(value string) string {
	switch {
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

// isCalm tells whether a text holds nothing that is written otherwise in a constant or in an array.
func isCalm(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' || c == '"' || c == '\'' {
			return false
		}
	}
	return true
}

func boolean(b bool) string { return strconv.FormatBool(b) }

// identity writes an OID, 0 for any.
func identity(oid uint32) string { return strconv.FormatUint(uint64(oid), 10) }
