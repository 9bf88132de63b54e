package script

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"pgsr/planner/lists"
)

// Sequence is a list of documents for several databases of one cluster, each for the database that its Server names.
type Sequence struct {
	Documents []Document
	// Warnings are of no single database.
	Warnings []string
}

// aboutSequence says what holds where there are several databases.
const aboutSequence = `--
-- psql stops at the first error. Each of the transactions below connects to its database by itself, takes the lock there, and keeps nothing unless
-- all of it goes as planned: before its first change it is checked that all that it relies on is as it was, and at its end that the
-- result is what was planned. What was committed before an error is kept. After each transaction it is safe to stop: nobody is without what
-- they have before and after. A new plan goes on from there.

` + onErrorStop

// WriteSequencePSQL writes one script for plain psql that connects to one database after the other, and stops as a
// whole when something fails. psql connects as it was, but for the database. A database whose name psql cannot be given
// is an error.
func WriteSequencePSQL(w io.Writer, s Sequence) error {
	documents := s.prepared()
	out := bufio.NewWriter(w)
	writeComments(out, s.header())
	writeComment(out, digestLine(s.Digest()))
	for _, warning := range s.Warnings {
		writeComment(out, "Warning: "+warning)
	}
	if len(documents) == 0 {
		writeComment(out, "Nothing to do.")
		return out.Flush()
	}
	documents[0].writeVariables(out)
	fmt.Fprint(out, aboutSequence)
	for i, d := range documents {
		connect, err := connectCommand(d.Server.Database)
		if err != nil {
			return err
		}
		fmt.Fprint(out, "\n")
		writeComment(out, fmt.Sprintf("======== Step %d of %d: %s ========", i+1, len(documents), DescribeDatabase(d.Server)))
		writeComment(out, "step "+digestLine(d.Digest))
		writeComment(out, d.Counts())
		writeComments(out, d.notes())
		fmt.Fprintf(out, "\n%s\n\n", connect)
		for _, transaction := range d.Transactions() {
			transaction.writeTransaction(out, psql)
		}
	}
	transactions, databases := s.counts()
	writeDone(out, len(s.Statements()), transactions, databases, s.Digest())
	return out.Flush()
}

// counts counts the transactions, and the databases in which something is done.
func (s Sequence) counts() (transactions, databases int) {
	in := map[string]bool{}
	for _, d := range s.Documents {
		if len(d.Statements) > 0 {
			transactions += len(d.Transactions())
			in[d.Server.Database] = true
		}
	}
	return transactions, len(in)
}

// header is what a script says of all documents.
func (s Sequence) header() []string {
	if len(s.Documents) == 0 {
		return nil
	}
	first := s.Documents[0]
	lines := append(first.Origin.lines(), "on "+DescribeServer(first.Server), "as "+DescribeUser(first.Server), s.Counts())
	if taken := TakingCounts(s.Statements()); taken != "" {
		lines = append(lines, "takes away: "+taken)
	}
	return lines
}

// Counts counts the statements of all documents, the databases and the transactions.
func (s Sequence) Counts() string {
	transactions, databases := s.counts()
	return fmt.Sprintf("%s; in %s, in %s", StatementCounts(s.Statements()), Count(transactions, "transaction", "transactions"), Count(databases, "database", "databases"))
}

// Statements gives those of all documents.
func (s Sequence) Statements() []Statement {
	return lists.Concat(s.Documents, func(d Document) []Statement { return d.Statements })
}

// prepared gives the documents that have statements. Each gets what it has to know of those before it.
func (s Sequence) prepared() []Document {
	documents := slices.DeleteFunc(slices.Clone(s.Documents), func(d Document) bool { return len(d.Statements) == 0 })
	all := s.Statements()
	before := 0
	for i := range documents {
		documents[i] = documents[i].digested()
		documents[i].allStatements, documents[i].partsBefore = all, before
		before += len(documents[i].Transactions())
		for _, transaction := range documents[i].Transactions() {
			if i > 0 && transaction.Server.Database == documents[0].Server.Database {
				documents[0].later = append(documents[0].later, transaction.LeadsTo)
			}
		}
	}
	return documents
}

// Rollback gives the ways back of all documents, the last first.
func (s Sequence) Rollback() Sequence {
	back := Sequence{}
	for _, d := range slices.Backward(s.Documents) {
		back.Documents = append(back.Documents, d.RollbackDocument())
	}
	return back
}
