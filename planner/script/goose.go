package script

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// refuseGooseParts refuses parts. With +goose NO TRANSACTION each statement, BEGIN too, may go to another connection.
func (d Document) refuseGooseParts() error {
	text := "the plan takes several transactions, for " + d.whyParts() + ", and goose runs a migration in one: write psql or json"
	if !d.endsSessions() {
		text += ", or raise max_locks_per_transaction"
	}
	return errors.New(text)
}

// WriteGoose writes a migration for goose, whose Down is the way back. goose runs each direction in a transaction of
// its own, in which the lock is taken. A document in parts is refused.
// https://pressly.github.io/goose/documentation/annotations/
func WriteGoose(w io.Writer, d Document) error {
	if len(d.Parts) > 0 || len(d.RollbackDocument().Parts) > 0 {
		return d.refuseGooseParts()
	}
	out := bufio.NewWriter(w)
	d = d.digested()
	writeGooseComments(out, append(slices.Clip(d.Header), digestLine(d.Digest))...)
	fmt.Fprint(out, "\n-- +goose Up\n")
	d.writeDirection(out)
	fmt.Fprint(out, "\n-- +goose Down\n")
	if d.Rollback == nil && len(d.Statements) > 0 {
		writeGooseStatement(out, raiseSQL("there is no way back for this migration, so nothing was changed"))
		return out.Flush()
	}
	d.RollbackDocument().writeDirection(out)
	return out.Flush()
}

// writeDirection writes what is done up or down, without BEGIN and COMMIT.
func (d Document) writeDirection(out io.Writer) {
	writeGooseComments(out, d.notes()...)
	if len(d.Statements) == 0 {
		return
	}
	for _, sql := range slices.Concat([]string{saveSearchPath}, pinStatements(), Settings(d), []string{lockSQL(d.LockKey)}) {
		writeGooseStatement(out, sql)
	}
	for i, sql := range d.checksBefore(Stale) {
		if i == 0 {
			fmt.Fprintf(out, "\n-- == %s ==\n", aboutStale)
		}
		writeGooseStatement(out, sql)
	}
	d.writeGooseStatements(out)
	if !d.LeadsTo.IsEmpty() {
		fmt.Fprintf(out, "\n-- == %s ==\n", aboutNotAsPlanned)
		writeGooseStatement(out, NotAsPlanned.sqlAfter())
	}
	fmt.Fprintln(out)
	writeGooseStatement(out, restoreSearchPath)
}

// goose writes its version in the same transaction, into a table that it looks for by the search_path.
const (
	saveSearchPath    = "SELECT pg_catalog.set_config('pgsr.search_path', pg_catalog.current_setting('search_path'), true)"
	restoreSearchPath = "SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting('pgsr.search_path'), true)"
)

// writeGooseStatements writes every statement, and why it is there where that differs from the one before.
func (d Document) writeGooseStatements(out io.Writer) {
	reason := ""
	for step := range Commands(d) {
		if why := d.Statements[step.Statement].Reason; why != reason {
			reason = why
			fmt.Fprintln(out)
			writeGooseComments(out, why)
		}
		writeGooseStatement(out, step.SQL)
	}
}

// writeGooseComments breaks +goose up: goose takes every comment that holds it, in any place, for an annotation.
func writeGooseComments(out io.Writer, lines ...string) {
	for _, line := range lines {
		writeComment(out, strings.ReplaceAll(line, "+goose", "+ goose"))
	}
}

// writeGooseStatement marks where a statement begins and ends if goose could get that wrong. It takes a semicolon at
// the end of a line, or before --, for the end, and knows nothing of quotes.
func writeGooseStatement(out io.Writer, sql string) {
	if strings.Contains(sql, "--") || strings.Contains(sql, "\n") {
		fmt.Fprintf(out, "-- +goose StatementBegin\n%s;\n-- +goose StatementEnd\n", sql)
		return
	}
	fmt.Fprintf(out, "%s;\n", sql)
}
