package script

import (
	"fmt"
	"io"
)

// aboutParts says what holds for the transactions of a document in parts.
const aboutParts = `--
-- One transaction would take more locks than the server's lock table has room for, so there are %d. After each of them it is safe to stop: nobody
-- is without what they have before and after. Before the first change of each it is checked that all that it relies on is as it was, and at
-- its end that the result is what was planned. At the first error everything ends; what was committed before is kept, and a new
-- plan goes on from there. A lock of the session, until its end or that of the script, keeps other runs out all the while.

`

// writePSQLParts writes a transaction for each part, all under a lock of the session.
func (d Document) writePSQLParts(out io.Writer) {
	fmt.Fprintf(out, aboutParts+"\\set ON_ERROR_STOP on\n\n", len(d.Parts))
	d.writePSQLBegin(out, Reading, sessionLockSQL(d.LockKey))
	d.writeParts(out, Document.writePSQLTransaction)
	fmt.Fprintln(out)
	d.writePSQLBegin(out, Reading, sessionUnlockSQL(d.LockKey))
	fmt.Fprint(out, "COMMIT;\n")
}

// writeSQLParts does the same without commands of psql.
func (d Document) writeSQLParts(out io.Writer) {
	fmt.Fprintf(out, aboutParts+"-- Send it as one text, in UTF-8. When a statement fails, the client has to ROLLBACK, and to end its session or unlock.\n\n", len(d.Parts))
	d.writeSQLBegin(out, Reading, sessionLockSQL(d.LockKey))
	d.writeParts(out, Document.writeSQLTransaction)
	fmt.Fprintln(out)
	d.writeSQLBegin(out, Reading, sessionUnlockSQL(d.LockKey))
	fmt.Fprint(out, "COMMIT;\n")
}

// writeParts ends the transaction that takes the session's lock, and writes the others.
func (d Document) writeParts(out io.Writer, write func(Document, io.Writer)) {
	fmt.Fprint(out, "COMMIT;\n")
	for i, part := range d.Transactions() {
		writePartHeading(out, i+1, len(d.Parts))
		write(part, out)
	}
}

func writePartHeading(out io.Writer, n, of int) {
	fmt.Fprintf(out, "\n-- ==== Transaction %d of %d ====\n\n", n, of)
}

// sessionLockSQL waits for the lock and keeps it until the session ends: that of the transactions has the same key,
// and the session that has the one is not kept from the other.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
func sessionLockSQL(key int64) string {
	return fmt.Sprintf("SELECT pg_catalog.pg_advisory_lock(bigint '%d')", key)
}

func sessionUnlockSQL(key int64) string {
	return fmt.Sprintf("SELECT pg_catalog.pg_advisory_unlock(bigint '%d')", key)
}
