package catalog

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// SecurityDefiner is the [Object.Code] of a routine that runs with its owner's rights.
// https://www.postgresql.org/docs/current/sql-createfunction.html
const SecurityDefiner = "d"

// RunsAsOwner says what runs code of the object's maker with its owner's rights: that it is a view, for one. Empty:
// nothing does. A security invoker view counts, too, since rules on it still run as its owner.
// https://www.postgresql.org/docs/current/rules-privileges.html
func (o *Object) RunsAsOwner() string {
	if is, does := code[o.Relkind]; does && o.ID.Kind == Table && strings.Contains(CodeRelkinds, o.Relkind) {
		return is
	}
	return code[o.Code]
}

// CodeRelkinds are the relkinds that count as code whatever they hold: views, materialized views, foreign tables.
// ANALYZE of a foreign table asks its server by the owner's user mapping. The owner of that server can have made the
// mapping: for a superuser it asks without a password. https://www.postgresql.org/docs/current/postgres-fdw.html
const CodeRelkinds = "vmf"

// CodeWords gives the words of [Object.RunsAsOwner] by letter, in order.
func CodeWords() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, letter := range slices.Sorted(maps.Keys(code)) {
			if !yield(letter, code[letter]) {
				return
			}
		}
	}
}

// code says what those are by their relkind, tables by the letters of queries/code.sql, and routines by their own one.
var code = map[string]string{
	"v": "a view",
	"m": "a materialized view",
	"f": "a foreign table that ANALYZE reads",

	"r": "a table with rules",
	"i": "a table with an index on an expression",
	"s": "a table with statistics on an expression",
	"k": "a table whose rows a foreign key changes",
	"c": "a table with a foreign key between two types",
	"g": "a table with a column of a range type that measures by a function",
	"l": "a table that a subscription fills",

	SecurityDefiner: "a SECURITY DEFINER routine",
}
