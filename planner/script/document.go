package script

import (
	"fmt"
	"time"

	"pgsr/planner/catalog"
)

// Document is what a script is written from: the statements of a plan, and what the script says around them. It is a
// value. If it needs the time or a version, they are in the Header.
type Document struct {
	// Header is what the script says first: by what it was made, for which database. A line each: [HeaderLines].
	Header []string
	// Digest names the plan: see [Document.PlanDigest]; empty: it is worked out when it is written.
	Digest string
	// Origin says where the plan comes from, for formats that show it in a way of their own.
	Origin Origin
	// Server is the one that the plan was made for, and the role that is to run it.
	Server catalog.Server
	// LockKey is the key of pg_advisory_xact_lock.
	LockKey int64
	// LockTimeout and StatementTimeout are written as settings of the transaction; 0: not given.
	LockTimeout, StatementTimeout time.Duration
	// NoLedger leaves the ledger out of a script for psql. LedgerOwners are roles that it may belong to, beside the
	// connecting role and the one that made the cluster.
	NoLedger     bool
	LedgerOwners []string
	// Masked hides the verifiers of passwords. The script can then be read but not run.
	Masked bool
	// Passwords says how they are held; empty: as is usual for the format.
	Passwords Passwords
	Warnings  []string
	// Ends names the phrases of the spec that end soon, a line each. The Header says them.
	Ends []string
	// Left is what mode sync would take and mode add leaves.
	Left []catalog.Left
	// ReliesOn is what a script checks before its first change, LeadsTo before COMMIT.
	ReliesOn, LeadsTo State
	// Statements are in the order of their sections; the order inside a section is kept.
	Statements []Statement
	// Parts are the transactions whose statements these are, in order, when it takes several; nil: it is one. Guards
	// are those of the parts then.
	Parts []Part
	// Rollback is the way back; nil: not known. Its warnings say what it cannot bring back. Only its statements,
	// warnings, parts and guards count: see [Document.RollbackDocument].
	Rollback *Document
	// allStatements are the statements of the whole document of which this is a part. PartsBefore counts the parts before
	// it.
	allStatements []Statement
	partsBefore   int
	// later are the states after the later transactions in the same database. Only the first transaction has them.
	later []State
	// part is which of partOf transactions this is; 0: it is the only one.
	part, partOf int
}

// Settings gives the statements that set the timeouts which are given, for the transaction only.
// https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT
func Settings(d Document) []string {
	var out []string
	for _, s := range []struct {
		name  string
		value time.Duration
	}{{"lock_timeout", d.LockTimeout}, {"statement_timeout", d.StatementTimeout}} {
		if s.value > 0 {
			out = append(out, fmt.Sprintf("SET LOCAL %s = '%dms'", s.name, Milliseconds(s.value)))
		}
	}
	return out
}

// Milliseconds gives a timeout in what the server counts in, rounded up, for 0 is no timeout at all.
func Milliseconds(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64((d-1)/time.Millisecond) + 1
}

// RollbackDocument gives the way back with what the document itself says of server, lock, timeouts and passwords. It is
// one without statements where there is no way back.
func (d Document) RollbackDocument() Document {
	way := Document{}
	if d.Rollback != nil {
		way = *d.Rollback
	}
	return Document{
		Origin: d.Origin, Server: d.Server, LockKey: d.LockKey, LockTimeout: d.LockTimeout, StatementTimeout: d.StatementTimeout,
		Masked: d.Masked, Passwords: d.Passwords, NoLedger: d.NoLedger, LedgerOwners: d.LedgerOwners,
		Warnings: way.Warnings, Statements: way.Statements, Parts: way.Parts, ReliesOn: way.ReliesOn, LeadsTo: way.LeadsTo,
	}
}
