package script

import (
	"fmt"
	"io"
)

// aboutParts says what holds for the transactions of a document in parts.
const aboutParts = `--
-- One transaction would take more locks than the server's lock table has room for, so there are %d, each under the lock. After each of them it
-- is safe to stop: nobody is without what they have before and after. Before the first change of each it is checked that all that it relies on
-- is as it was, also if another run came in between, and at its end that the result is what was planned. At the first error everything ends;
-- what was committed before is kept, and a new plan goes on from there.

`

// writePSQLParts writes a transaction for each part. No lock is kept from one to the next: of a session it would stay
// behind in a pooler, which gives each transaction a session of its choice, and what came in between each transaction
// finds out by itself.
func (d Document) writePSQLParts(out io.Writer) {
	fmt.Fprintf(out, aboutParts+"\\set ON_ERROR_STOP on\n", len(d.Parts))
	d.writeParts(out, Document.writePSQLTransaction)
}

// writeSQLParts does the same without commands of psql.
func (d Document) writeSQLParts(out io.Writer) {
	fmt.Fprintf(out, aboutParts+"-- Send it as one text, in UTF-8. When a statement fails, the client has to ROLLBACK.\n", len(d.Parts))
	d.writeParts(out, Document.writeSQLTransaction)
}

func (d Document) writeParts(out io.Writer, write func(Document, io.Writer)) {
	for i, part := range d.Transactions() {
		writePartHeading(out, i+1, len(d.Parts))
		write(part, out)
	}
}

func writePartHeading(out io.Writer, n, of int) {
	fmt.Fprintf(out, "\n-- ==== Transaction %d of %d ====\n\n", n, of)
}
