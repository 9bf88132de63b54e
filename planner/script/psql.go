package script

import (
	"bufio"
	"fmt"
	"io"
)

// WritePSQL writes a script for plain psql (psql -f, psql <, | psql): one transaction, under the advisory lock, that
// keeps nothing and makes psql exit with status 3 when a statement fails. A document in parts gives a transaction for
// each. One without statements gives comments only.
//
// Before its first change it checks that what it relies on is as it was, and before COMMIT that the result is what
// was planned: a GRANT or REVOKE that the server answers with a WARNING did nothing, and psql goes on.
//
// Its transactions set what [Pin] sets, and give it back. Event triggers of the database meet that search_path, as
// they do when a dump is restored.
func WritePSQL(w io.Writer, d Document) error {
	out := bufio.NewWriter(w) // which keeps the first error for Flush
	d.writeComments(out)
	if len(d.Statements) == 0 {
		writeComment(out, "Nothing to do.")
		return out.Flush()
	}
	d.writeVariables(out)
	if len(d.Parts) > 0 {
		d.writePSQLParts(out)
		return out.Flush()
	}
	fmt.Fprint(out, opening)
	d.writePSQLTransaction(out)
	return out.Flush()
}

// writeComments writes what is to be said before the first command.
func (d Document) writeComments(out io.Writer) {
	for _, line := range d.Header {
		writeComment(out, line)
	}
	for _, line := range Highlights(d.Statements) {
		writeComment(out, "It "+line)
	}
	for _, warning := range d.Warnings {
		writeComment(out, "Warning: "+warning)
	}
}

func writeComment(out io.Writer, text string) {
	if text == "" {
		fmt.Fprint(out, "--\n")
		return
	}
	fmt.Fprintf(out, "-- %s\n", Printable(text))
}

// opening sets up psql. ON_ERROR_STOP is psql's variable and is set here, so that nobody has to remember -v.
// https://www.postgresql.org/docs/current/app-psql.html
const opening = `--
-- psql stops at the first error, and then nothing is kept. Before the first change it is checked that all that the script relies on
-- is as it was, and at the end that the result is what was planned.

\set ON_ERROR_STOP on
`

// writePSQLBegin opens a transaction and takes a lock.
func (d Document) writePSQLBegin(out io.Writer, access Access, lock string) {
	d.writeBegin(out, access)
	fmt.Fprintf(out, "%s AS pgsr_lock%s\n", lock, psqlEnd)
}

// writePSQLTransaction writes one transaction with its guards.
func (d Document) writePSQLTransaction(out io.Writer) {
	d.writePSQLBegin(out, Writing, lockSQL(d.LockKey))
	d.writeGuarded(out, psqlEnd)
	fmt.Fprint(out, "\nCOMMIT;\n")
}

// psqlEnd ends a query whose row psql is to take without printing it.
const psqlEnd = " \\gset"

// writeGuard writes a check, if there is something to check. READ COMMITTED lets it see what was committed while the
// script waited for the lock.
func (d Document) writeGuard(out io.Writer, heading string, state State, guard Guard, end string) {
	if !state.IsEmpty() {
		fmt.Fprintf(out, "\n-- == %s ==\n\n%s%s\n", heading, GuardSQL(d.Server, state, guard), end)
	}
}

// writeStatements writes every step, and before the first of each statement why it is there.
func (d Document) writeStatements(out io.Writer) {
	previous := -1
	for step := range Steps(d) {
		if step.Statement != previous {
			d.writeWhy(out, previous, step.Statement)
			previous = step.Statement
		}
		fmt.Fprintf(out, "%s;\n", step.SQL)
	}
}

// writeWhy writes a statement's heading and reason where they differ from those of the previous statement.
func (d Document) writeWhy(out io.Writer, previous, next int) {
	s := d.Statements[next]
	newSection := previous < 0 || d.Statements[previous].Section != s.Section
	if newSection {
		fmt.Fprintf(out, "\n-- == %s ==\n", s.Section)
	}
	if !newSection && d.Statements[previous].Reason == s.Reason {
		return
	}
	fmt.Fprintln(out)
	if s.Reason != "" {
		writeComment(out, s.Reason)
	}
}
