package script

import (
	"bufio"
	"fmt"
	"io"
)

// WriteSQL writes a script without commands of psql, for any client that takes several statements at once: the same
// transaction, under the same lock, or for a document in parts the same transactions.
func WriteSQL(w io.Writer, d Document) error {
	out := bufio.NewWriter(w)
	d.writeComments(out)
	if len(d.Statements) == 0 {
		writeComment(out, "Nothing to do.")
		return out.Flush()
	}
	if len(d.Parts) > 0 {
		d.writeSQLParts(out)
		return out.Flush()
	}
	fmt.Fprint(out, sqlOpening)
	d.writeSQLTransaction(out)
	return out.Flush()
}

const sqlOpening = `--
-- Send it as one text, in UTF-8. When a statement fails, nothing is kept: the client has then to ROLLBACK.

`

// writeSQLBegin opens a transaction and takes a lock.
func (d Document) writeSQLBegin(out io.Writer, access Access, lock string) {
	d.writeBegin(out, access)
	fmt.Fprintf(out, "%s;\n", lock)
}

// writeSQLTransaction writes one transaction with its guards.
func (d Document) writeSQLTransaction(out io.Writer) {
	w := &witness{Writer: out}
	d.writeSQLBegin(w, Writing, lockSQL(d.LockKey))
	d.writeGuarded(w, ";")
	w.writeCheck(out)
	fmt.Fprint(out, "\nCOMMIT;\n")
}

// lockSQL waits for the lock, until the end of the transaction. bigint '…' because the lowest bigint is no bigint
// constant.
func lockSQL(key int64) string {
	return fmt.Sprintf("SELECT pg_catalog.pg_advisory_xact_lock(bigint '%d')", key)
}

// writeGuarded writes the statements between the two guards, which end as is said.
func (d Document) writeGuarded(out io.Writer, end string) {
	stale, notAsPlanned := d.guards()
	d.writeGuard(out, aboutStale, d.ReliesOn, stale, end)
	d.writeStatements(out)
	d.writeGuard(out, aboutNotAsPlanned, d.LeadsTo, notAsPlanned, end)
}

// The headings of the two guards.
const (
	aboutStale        = "Check: what this script relies on is as it was"
	aboutNotAsPlanned = "Check: the result is what was planned"
)
