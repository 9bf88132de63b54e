package script

import (
	"slices"
	"strconv"
	"strings"
)

// factTable is a table of constants, without NULL: in an array, what NULL means depends on array_nulls, and a column of
// nothing else has no type.
// https://www.postgresql.org/docs/current/runtime-config-compatible.html#GUC-ARRAY-NULLS
type factTable struct {
	name    string
	columns []column
}

// column is a column of it: its type, and its value in each row.
type column struct {
	name, kind string
	values     []string
}

// fewFacts is the number of rows up to which a table is written row by row, as people read it. Larger ones are arrays:
// a server takes longer to parse and plan many constants than to compare them with its catalogs.
const fewFacts = 64

// expect makes room for so many rows.
func (f factTable) expect(rows int) factTable {
	for i := range f.columns {
		f.columns[i].values = make([]string, 0, rows)
	}
	return f
}

// add adds a row, a value for each column.
func (f factTable) add(values ...string) {
	for i, value := range values {
		f.columns[i].values = append(f.columns[i].values, value)
	}
}

func (f factTable) rows() int { return len(f.columns[0].values) }

// size estimates, rather too high, how many bytes the written table takes.
func (f factTable) size() int {
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
func (f factTable) write(out *strings.Builder) {
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

// byRow writes a row after the other. The SELECT before them has no row: it gives the columns their types.
func (f factTable) byRow() string {
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
func (f factTable) writeByColumn(out *strings.Builder) {
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

// writeArray writes an array as one string constant, several elements a line. It is an E'...' constant if any element
// needs escapes; the others read the same in both.
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
		writeArrayElement(out, value)
	}
	out.WriteString("}" + literals.mark)
}

// needsEscapes tells whether a value can only stand in an E'...' constant.
func needsEscapes(value string) bool {
	return !needsNoEscape(value) && strings.HasPrefix(literal(arrayElement(value)), literals.prefix)
}

// writeArrayElement writes a value as it stands inside an array's constant. Most need quotes at most.
func writeArrayElement(out *strings.Builder, value string) {
	switch {
	case isWord(value):
		out.WriteString(value)
	case needsNoEscape(value):
		out.WriteString(`"`)
		out.WriteString(value)
		out.WriteString(`"`)
	default:
		quoted := literal(arrayElement(value))
		out.WriteString(quoted[strings.Index(quoted, literals.mark)+1 : len(quoted)-1])
	}
}

// arrayElement writes a value as arrays have it. https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
func arrayElement(value string) string {
	switch {
	case isWord(value):
		return value
	case strings.ContainsAny(value, `\"`):
		value = strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`)
	}
	return `"` + value + `"`
}

// isWord tells whether a text has letters, digits and underscores only, and is not NULL.
func isWord(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return text != "" && !strings.EqualFold(text, "NULL")
}

// needsNoEscape tells whether a text stands between double quotes in an array's constant as it is.
func needsNoEscape(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '\\' || c == '"' || c == '\'' {
			return false
		}
	}
	return true
}

func boolean(b bool) string { return strconv.FormatBool(b) }

// oidText writes an OID, 0 for any.
func oidText(oid uint32) string { return strconv.FormatUint(uint64(oid), 10) }
