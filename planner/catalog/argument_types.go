package catalog

import (
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// TypeName names a type as that of a routine's argument.
type TypeName struct {
	Schema, Name string
	// Array makes it the type of arrays of it, however many dimensions they have.
	Array bool
}

// builtIn is the schema of the types that are PostgreSQL's own.
const builtIn = "pg_catalog"

// BuiltInType names a type that is PostgreSQL's own, by its name in pg_type.
func BuiltInType(name string) TypeName { return TypeName{Schema: builtIn, Name: name} }

// sqlNames are those that SQL has for types whose names in pg_type are others.
// https://www.postgresql.org/docs/current/datatype.html
var sqlNames = map[string]string{
	"bool": "boolean", "bpchar": "character", "varchar": "character varying", "varbit": "bit varying",
	"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
	"time": "time without time zone", "timetz": "time with time zone",
	"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
}

// otherWords are words that stand for another type, or for none, where they have no quotes.
var otherWords = []string{"any", "char", "dec", "decimal", "float", "int", "national", "nchar"}

// String writes the type as a person would, without quotes that it does not need: integer, text, sales."Odd one"[].
func (t TypeName) String() string {
	text := plainOrQuoted(t.Name)
	switch known, isKnown := sqlNames[t.Name]; {
	case t.Schema != builtIn:
		text = plainOrQuoted(t.Schema) + "." + text
	case isKnown:
		text = known
	case slices.Contains(otherWords, t.Name), typeOfWords(t.Name) != "":
		text = quoted(t.Name)
	}
	if t.Array {
		text += "[]"
	}
	return text
}

// Arguments writes the types of a routine's arguments in parentheses, as an [ObjectID] has them: whatever the search
// path, the same for the same types, and another text for others.
func Arguments(types []TypeName) string {
	return "(" + lists.Join(types, TypeName.String) + ")"
}

// ArgumentTypes reads what [Arguments] writes. It is false for every other text.
func ArgumentTypes(text string) (types []TypeName, ok bool) {
	inside, opened := strings.CutPrefix(text, "(")
	inside, closed := strings.CutSuffix(inside, ")")
	for inside != "" && opened && closed {
		end := outsideQuotes(inside, ',')
		types = append(types, readType(strings.TrimPrefix(inside[:end], " ")))
		inside = strings.TrimPrefix(inside[end:], ",")
	}
	return types, Arguments(types) == text
}

func readType(text string) (t TypeName) {
	text, t.Array = strings.CutSuffix(text, "[]")
	if dot := outsideQuotes(text, '.'); dot < len(text) {
		t.Schema, t.Name = unquoted(text[:dot]), unquoted(text[dot+1:])
		return t
	}
	t.Schema, t.Name = builtIn, typeOfWords(text)
	if t.Name == "" {
		t.Name = unquoted(text)
	}
	return t
}

// typeOfWords gives the name in pg_type of a type that SQL has another name for; empty: it has none.
func typeOfWords(words string) string {
	for name, known := range sqlNames {
		if known == words {
			return name
		}
	}
	return ""
}

// outsideQuotes finds a character that stands in no quotes; the end, if there is none.
func outsideQuotes(text string, char rune) int {
	inQuotes := false
	at := strings.IndexFunc(text, func(r rune) bool {
		if r == '"' {
			inQuotes = !inQuotes
		}
		return r == char && !inQuotes
	})
	if at < 0 {
		return len(text)
	}
	return at
}

func plainOrQuoted(name string) string {
	const others = "_0123456789"
	if consistsOf(name, lowerCase+others) && !strings.ContainsRune(others[1:], rune(name[0])) {
		return name
	}
	return quoted(name)
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func unquoted(text string) string {
	if len(text) < 2 || text[0] != '"' {
		return text
	}
	return strings.ReplaceAll(text[1:len(text)-1], `""`, `"`)
}
