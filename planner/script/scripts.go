package script

import (
	"bufio"
	"fmt"
	"io"

	"pgsr/planner/catalog"
)

// WritePSQL writes a script for plain psql (psql -f, psql <, | psql): one transaction, under the advisory lock. When a
// statement fails, nothing is kept and psql exits with status 3. A document in parts gives a transaction for each. One
// without statements gives comments only.
//
// Before its first change it checks that what it relies on is as it was, and before COMMIT that the result is what
// was planned: a GRANT or REVOKE that the server answers with a WARNING did nothing, and psql goes on.
//
// Each transaction sets what [PinSettings] sets, until it ends. Event triggers of the database see that search_path, as
// they do when a dump is restored.
func WritePSQL(w io.Writer, d Document) error { return d.writeScript(w, psql) }

// WriteSQL writes a script without commands of psql, for any client that takes several statements at once: the same
// transaction, under the same lock, or for a document in parts the same transactions.
func WriteSQL(w io.Writer, d Document) error { return d.writeScript(w, anyClient) }

// client is the kind of program that sends a script.
type client struct {
	isPSQL bool
	// about stands before the only transaction, aboutParts before the first of several.
	about, aboutParts string
	// endLock ends the query that takes the lock, end the guards: they hide the row that each gives.
	endLock, end string
}

// psql stops at an error if ON_ERROR_STOP is set. The script sets it, so that nobody has to remember -v. It stops
// nothing where a script is pasted. \gset takes a row without printing it.
// https://www.postgresql.org/docs/current/app-psql.html
var psql = client{
	isPSQL:     true,
	about:      "-- psql stops at the first error, and then nothing is kept.\n" + onErrorStop,
	aboutParts: onErrorStop,
	endLock:    " AS pgsr_lock, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) AS pgsr_locked \\gset", end: " \\gset",
}

// onErrorStop comes before the first transaction. With ON_ERROR_ROLLBACK, which many have in ~/.psqlrc, an error would
// undo its statement alone: what is pasted would go on after a check that failed, and be committed.
// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES-ON-ERROR-ROLLBACK
const onErrorStop = `\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
`

// Where a script is pasted, an error keeps psql from nothing that follows. So each transaction sets a variable when all
// of it went well. Without it the next one fails, and nothing is said to be committed. What is written is known to psql
// 10 already, which enterprise systems still have: it can not ask whether a variable is set.

// done names the variable of psql that says that a transaction went well, by the number of transactions before it.
func done(before int) string { return fmt.Sprintf("pgsr_done_%d", before+1) }

// checkDone fails a transaction if the one before it failed.
func (d Document) checkDone() string {
	if d.partsBefore == 0 {
		return ""
	}
	return fmt.Sprintf("\\if :%s\n\\else\n%s;\n\\endif\n", done(d.partsBefore-1), raiseSQL("the transaction before this one was not committed, so this one is not either"))
}

var anyClient = client{
	about:      "-- Send it as one text, in UTF-8. When a statement fails, nothing is kept: the client has then to ROLLBACK.\n\n",
	aboutParts: "-- Send it as one text, in UTF-8. When a statement fails, the client has to ROLLBACK.\n",
	endLock:    ";", end: ";",
}

// aboutParts says what holds where there are several transactions. No lock is kept between them. A lock of the
// session would stay behind in a pooler, which gives each transaction a session of its choice. The guards find what
// came between.
const aboutParts = `--
-- There are %d transactions (%s), each under the lock. After each of them it
-- is safe to stop: nobody is without what they have before and after. Before the first change of each it is checked that all that it relies on
-- is as it was, also if another run came in between, and at its end that the result is what was planned. At the first error everything ends;
-- what was committed before is kept, and a new plan goes on from there.

`

func (d Document) writeScript(w io.Writer, to client) error {
	out := bufio.NewWriter(w) // which keeps the first error for Flush
	d = d.digested()
	writeComments(out, d.Header)
	writeComment(out, digestLine(d.Digest))
	writeComments(out, d.notes())
	if len(d.Statements) == 0 {
		return out.Flush()
	}
	if to.isPSQL {
		d.writeVariables(out)
	}
	if len(d.Parts) == 0 {
		fmt.Fprint(out, to.about)
		d.writeTransaction(out, to)
		d.writeDone(out, to)
		return out.Flush()
	}
	fmt.Fprintf(out, aboutParts+to.aboutParts, len(d.Parts), d.whyParts())
	for i, part := range d.Transactions() {
		fmt.Fprintf(out, "\n-- ==== Transaction %d of %d ====\n\n", i+1, len(d.Parts))
		part.writeTransaction(out, to)
	}
	d.writeDone(out, to)
	return out.Flush()
}

// writeDone lets psql say last what was done.
func (d Document) writeDone(out io.Writer, to client) {
	if to.isPSQL {
		writeDone(out, len(d.Statements), len(d.Transactions()), 1, d.Digest)
	}
}

func writeDone(out io.Writer, statements, transactions, databases int, digest string) {
	text := Count(statements, "statement", "statements")
	if transactions > 1 {
		text += " in " + Count(transactions, "transaction", "transactions")
	}
	if databases > 1 {
		text += " in " + Count(databases, "database", "databases")
	}
	fmt.Fprintf(out, "\\if :%s\n\\echo 'pgsr: %s, committed, digest %s'\n\\else\n\\echo '%s'\n\\endif\n",
		done(transactions-1), text, digest, notCommitted(transactions))
}

func notCommitted(transactions int) string {
	if transactions > 1 {
		return "pgsr: not all transactions were committed, see the errors above"
	}
	return "pgsr: nothing was committed, see the error above"
}

// notes are what a script says before its statements.
func (d Document) notes() []string {
	notes := d.inWords()
	taken := Takings(d.Statements)
	for i, line := range Highlights(d.Statements) {
		notes = append(notes, "It "+line)
		if i > 0 { // the first is that of what is taken, if anything is
			continue
		}
		for _, s := range taken[:min(len(taken), mostHighlighted)] {
			notes = append(notes, "  - "+Summary(s.Change))
		}
		if more := len(taken) - mostHighlighted; more > 0 {
			notes = append(notes, fmt.Sprintf("  and %s more", Number(more)))
		}
	}
	for _, warning := range d.Warnings {
		notes = append(notes, "Warning: "+warning)
	}
	if len(d.Statements) == 0 {
		notes = append(notes, "Nothing to do.")
	}
	return notes
}

// inWords says in words what is done and why, of the first statements.
func (d Document) inWords() []string {
	var lines []string
	for _, s := range d.Statements[:min(len(d.Statements), mostHighlighted)] {
		line := fmt.Sprintf("%c %s", s.Mark(), Summary(s.Change))
		if s.Reason != "" {
			line += " (" + s.Reason + ")"
		}
		lines = append(lines, line)
	}
	if more := len(d.Statements) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("  and %s more, below", Number(more)))
	}
	return lines
}

func writeComments(out io.Writer, lines []string) {
	for _, line := range lines {
		writeComment(out, line)
	}
}

func writeComment(out io.Writer, text string) {
	if text == "" {
		fmt.Fprint(out, "--\n")
		return
	}
	fmt.Fprintf(out, "-- %s\n", catalog.Printable(text))
}

// writeTransaction writes one transaction, under the lock and between its guards.
func (d Document) writeTransaction(out io.Writer, to client) {
	w, check := out, &encodingCheck{Writer: out}
	if !to.isPSQL {
		w = check
	}
	stale, notAsPlanned := d.guards()
	if to.isPSQL {
		fmt.Fprintf(w, "\\set %s false\n", done(d.partsBefore))
	}
	d.writeBegin(w, ReadWrite)
	if to.isPSQL {
		fmt.Fprint(w, d.checkDone())
	}
	fmt.Fprintf(w, "%s%s\n", lockSQL(d.LockKey), to.endLock)
	for i, sql := range d.checksBefore(stale) {
		if i == 0 {
			fmt.Fprintf(w, "\n-- == %s ==\n", aboutStale)
		}
		end := to.end
		if i < settings {
			end = ";"
		}
		fmt.Fprintf(w, "%s%s\n", sql, end)
	}
	d.writeStatements(w)
	if !d.LeadsTo.IsEmpty() {
		fmt.Fprintf(w, "\n-- == %s ==\n%s%s\n", aboutNotAsPlanned, notAsPlanned.sqlAfter(), to.end)
	}
	check.write(out)
	if to.isPSQL {
		d.writeLedger(w)
		fmt.Fprintf(w, "SELECT true AS %s \\gset\n", done(d.partsBefore))
	}
	fmt.Fprint(out, "COMMIT;\n")
}

// lockSQL takes the lock until the end of the transaction. The key is in quotes, since the lowest bigint is no
// constant.
func lockSQL(key int64) string {
	return fmt.Sprintf("SELECT pg_catalog.pg_advisory_xact_lock(bigint '%d')", key)
}

// MachineCheck begins the headings of what no person has to read.
const MachineCheck = "Machine check, nothing to review: "

const (
	aboutStale        = MachineCheck + "what this script relies on is as it was"
	aboutNotAsPlanned = MachineCheck + "the result is what was planned"
)

// writeStatements writes all that is to be sent, and before the first of each statement why it is there.
func (d Document) writeStatements(out io.Writer) {
	previous := -1
	for step := range Commands(d) {
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
	if s.Reason != "" {
		writeComment(out, s.Reason)
	}
}
