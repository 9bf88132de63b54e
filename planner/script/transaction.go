package script

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// TransactionMode is what a transaction may do, and what it sees.
type TransactionMode string

const (
	// ReadOnly sees the same snapshot from its first query to its last, and can change nothing.
	ReadOnly TransactionMode = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
	// ReadWrite sees with each statement what was committed before that. A snapshot from before the lock was had would
	// not show what the lock's last holder did.
	// https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
	ReadWrite TransactionMode = "ISOLATION LEVEL READ COMMITTED READ WRITE"
)

// UTF8 is the client_encoding of all that is written here.
const UTF8 = "UTF8"

// pinnedSettings are the settings on which the meaning of our SQL depends. ALTER ROLE or ALTER DATABASE ... SET may
// have changed them: whoever owns a database could put a schema of his own in front of pg_catalog, and whoever
// connects would run his functions, operators and types. pg_temp is named because it comes first where it is not.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
func pinnedSettings(encoding string) [][2]string {
	return [][2]string{
		{"search_path", "pg_catalog, pg_temp"},
		{"client_encoding", encoding},
		{"array_nulls", "on"}, // '{NULL}' would hold a text otherwise
	}
}

// Begin gives the statement that begins a transaction. [PinSettings] has to be the next.
func Begin(access TransactionMode) string { return "BEGIN " + string(access) }

// Savepoint is set and released at once, which changes nothing.
// https://www.postgresql.org/docs/current/sql-savepoint.html
var Savepoint = []string{"SAVEPOINT pgsr", "RELEASE SAVEPOINT pgsr"}

// PinSettings gives the one statement that comes first in every transaction. It sets, until that ends, the settings on
// which the meaning of the others depends, and depends on none itself. The encoding is client_encoding. Its last column
// is the process ID of the session's server process.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
func PinSettings(encoding string) string {
	calls := lists.Join(pinnedSettings(encoding), func(s [2]string) string { return fmt.Sprintf("pg_catalog.set_config('%s', '%s', true)", s[0], s[1]) })
	return "SELECT " + calls + ", pg_catalog.pg_backend_pid()"
}

// pinStatements gives the same as statements without a result, for scripts. SET LOCAL lets a session that includes a
// script have its own settings back.
func pinStatements() []string {
	return lists.Map(pinnedSettings(UTF8), func(s [2]string) string { return fmt.Sprintf("SET LOCAL %s = %s", s[0], s[1]) })
}

// writeBegin begins one of a script's transactions.
func (d Document) writeBegin(out io.Writer, access TransactionMode) {
	fmt.Fprintf(out, "%s; %s;\n", Begin(access), strings.Join(slices.Concat(pinStatements(), Settings(d)), "; "))
}
