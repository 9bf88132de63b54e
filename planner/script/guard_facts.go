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

// tableOf gives an empty table, of columns with their types.
func tableOf(name string, columns ...string) factTable {
	f := factTable{name: name}
	for _, c := range columns {
		word, kind, _ := strings.Cut(c, " ")
		f.columns = append(f.columns, column{name: word, kind: kind})
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

// sql writes the table as a common table expression.
func (f factTable) sql() string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.name
	}
	rows := f.byRow
	if f.rows() > fewFacts {
		rows = f.byColumn
	}
	return f.name + " (" + strings.Join(names, ", ") + ") AS (\n    " + rows() + "\n)"
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

// byColumn writes an array for each column. https://www.postgresql.org/docs/current/functions-array.html
func (f factTable) byColumn() string {
	arrays := make([]string, len(f.columns))
	for i, c := range f.columns {
		arrays[i] = array(c.values) + "::" + c.kind + "[]"
	}
	return "SELECT * FROM unnest(\n    " + strings.Join(arrays, ",\n    ") + ")"
}

// array writes an array as one string constant, several elements a line. It is an E'...' constant if any element needs
// escapes; the others read the same in both.
func array(values []string) string {
	const onLine = 8
	prefix := ""
	var lines []string
	for chunk := range slices.Chunk(values, onLine) {
		elements := make([]string, len(chunk))
		for i, value := range chunk {
			quoted := literal(arrayElement(value))
			if strings.HasPrefix(quoted, literals.prefix) {
				prefix = literals.prefix
			}
			elements[i] = strings.TrimSuffix(quoted[strings.Index(quoted, literals.mark)+1:], literals.mark)
		}
		lines = append(lines, strings.Join(elements, ","))
	}
	return prefix + literals.mark + "{" + strings.Join(lines, ",\n    ") + "}" + literals.mark
}

// arrayElement writes a value as arrays have it. https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
func arrayElement(value string) string {
	if isWord(value) {
		return value
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), `"`, `\"`) + `"`
}

// isWord tells whether a text has letters, digits and underscores only, and is not NULL.
func isWord(text string) bool {
	odd := func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	return text != "" && !strings.ContainsFunc(text, odd) && !strings.EqualFold(text, "NULL")
}

func boolean(b bool) string { return strconv.FormatBool(b) }

// oidText writes an OID, 0 for any.
func oidText(oid uint32) string { return strconv.FormatUint(uint64(oid), 10) }
