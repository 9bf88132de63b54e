package catalog

import (
	"strings"
	"unicode"

	"pgsr/planner/lists"
)

// String names the object as a phrase and a message do, for people to copy. It is never used as SQL.
func (id ObjectID) String() string { return string(id.Kind) + " " + id.NameInWords() }

// NameInWords gives the object's name without its kind, with quotes where it needs them.
func (id ObjectID) NameInWords() string {
	switch id.Kind.Info().Name {
	case NameIsNumber:
		return id.Name
	case NameOfSetting:
		return strings.Join(lists.Map(strings.Split(id.Name, "."), QuoteIfNeeded), ".")
	}
	text := QuoteIfNeeded(id.Name)
	if id.Schema != "" {
		text = QuoteIfNeeded(id.Schema) + "." + text
	}
	return text + id.Arguments
}

// InColumn gives what stands before an object if only one of its columns is meant.
func InColumn(column string) string {
	if column == "" {
		return ""
	}
	return "column " + QuoteIfNeeded(column) + " of "
}

// InSchema says where the objects are to come; nothing if that may be any schema.
func (f Future) InSchema() string {
	if f.Schema == "" {
		return ""
	}
	return " in SCHEMA " + QuoteIfNeeded(f.Schema)
}

// QuoteIfNeeded writes a name with quotes if it needs them.
func QuoteIfNeeded(name string) string {
	if isPlainName(name) {
		return name
	}
	return quoted(name)
}

// isPlainName tells whether a name is the same without quotes, in SQL as in a phrase.
func isPlainName(name string) bool {
	for i, r := range name {
		if 'A' <= r && r <= 'Z' || i == 0 && !StartsWord(r) || !ContinuesWord(r) {
			return false
		}
	}
	return name != "" && !reserved[name]
}

// StartsWord tells whether a word can begin with the rune that needs no quotes.
func StartsWord(r rune) bool {
	switch {
	case r <= unicode.MaxASCII:
		return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	case unicode.IsSpace(r), unicode.Is(unicode.Cf, r):
		return false // PostgreSQL takes them for letters, but nobody who pastes one means that
	}
	return true
}

// ContinuesWord tells whether such a word can go on with it.
func ContinuesWord(r rune) bool { return StartsWord(r) || '0' <= r && r <= '9' || r == '$' }

// reserved are the words that are no names of schemas or relations unless they are quoted:
// https://www.postgresql.org/docs/current/sql-keywords-appendix.html
var reserved = lists.Set(strings.Fields(`all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
	collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
	current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant
	group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp
	natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user
	similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where
	window with`))
