package script

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Access is what a transaction may do, and what it sees.
type Access string

const (
	// Reading sees one moment from its first question to its last, and can change nothing.
	Reading Access = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
	// Writing sees with each statement what was committed before that: a snapshot from before a lock was had would not
	// show what its last holder did.
	// https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
	Writing Access = "ISOLATION LEVEL READ COMMITTED READ WRITE"
)

// UTF8 is the client_encoding that all our texts have.
const UTF8 = "UTF8"

// pinned are the settings that the meaning of our texts depends on. What a role or a database has set of them may be
// anybody's: whoever owns a database may put a schema of his own in front of pg_catalog, and his functions, operators
// and types would be run by whoever connects. pg_temp is named because it comes first where it is not.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
func pinned(encoding string) [][2]string {
	return [][2]string{
		{"search_path", "pg_catalog, pg_temp"},
		{"client_encoding", encoding},
		{"array_nulls", "on"}, // '{NULL}' would hold a text otherwise
	}
}

// Begin gives the statement that begins a transaction. [Pin] has to be the next.
func Begin(access Access) string { return "BEGIN " + string(access) }

// Pin gives the one statement that comes first in every transaction: it sets, until that ends, what the meaning of
// all that follows depends on. It depends on nothing itself. The encoding is that of what the client sends and gets.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
func Pin(encoding string) string {
	var calls []string
	for _, s := range pinned(encoding) {
		calls = append(calls, fmt.Sprintf("pg_catalog.set_config('%s', '%s', true)", s[0], s[1]))
	}
	return "SELECT " + strings.Join(calls, ", ")
}

// pins gives the same as statements for scripts, which show no rows: they are SET LOCAL, so that a session that
// includes a script gets its own back.
func pins() []string {
	var out []string
	for _, s := range pinned(UTF8) {
		out = append(out, fmt.Sprintf("SET LOCAL %s = %s", s[0], s[1]))
	}
	return out
}

// writeBegin begins one of a script's transactions.
func (d Document) writeBegin(out io.Writer, access Access) {
	for _, sql := range slices.Concat([]string{Begin(access)}, pins(), Settings(d)) {
		fmt.Fprintf(out, "%s;\n", sql)
	}
}
