package spec

import (
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// ObjectPhrase writes an object as a phrase would have it.
func ObjectPhrase(id catalog.ObjectID) string { return string(id.Kind) + " " + ObjectName(id) }

// ObjectName writes an object's name as a phrase would have it, for people to copy.
func ObjectName(id catalog.ObjectID) string {
	if id.Kind.Info().Name == catalog.NameIsNumber {
		return id.Name
	}
	if id.Kind.Info().Name == catalog.NameOfSetting {
		parts := strings.Split(id.Name, ".")
		for i, part := range parts {
			parts[i] = QuoteIfNeeded(part)
		}
		return strings.Join(parts, ".")
	}
	text := QuoteIfNeeded(id.Name)
	if id.Schema != "" {
		text = QuoteIfNeeded(id.Schema) + "." + text
	}
	return text + id.Arguments
}

// QuoteIfNeeded writes a name with quotes if it needs them.
func QuoteIfNeeded(name string) string {
	if isPlainName(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// isPlainName tells whether a name is the same without quotes, in SQL as in a phrase.
func isPlainName(name string) bool {
	for i, r := range name {
		if isCapital(r) || i == 0 && !startsWord(r) || !continuesWord(r) {
			return false
		}
	}
	return name != "" && !reserved[name]
}

// reserved are the words that are no names of schemas or relations unless they are quoted:
// https://www.postgresql.org/docs/current/sql-keywords-appendix.html
var reserved = lists.Set(strings.Fields(`all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
	collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
	current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant
	group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp
	natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user
	similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where
	window with`))
