package script

import (
	"fmt"
	"time"

	"pgsr/planner/catalog"
)

// Document is what all formats write: the statements of a plan and what is to be said around them. It is a value; where
// it needs the time or a version, they are in the Header.
type Document struct {
	// Header is what the script says first: by what it was made, when, for which database. A line each.
	Header []string
	// Server is the one that the plan was made for, and the role that is to run it.
	Server catalog.Server
	// LockKey is the key of pg_advisory_xact_lock.
	LockKey int64
	// LockTimeout and StatementTimeout are written as settings of the transaction; 0: not given.
	LockTimeout, StatementTimeout time.Duration
	// Masked hides the verifiers of passwords. The script can then be read but not run.
	Masked   bool
	Warnings []string
	// ReliesOn is what a script checks before its first change, LeadsTo before COMMIT.
	ReliesOn, LeadsTo State
	// Statements are in the order of their sections; the order inside a section is kept.
	Statements []Statement
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
			out = append(out, fmt.Sprintf("SET LOCAL %s = '%dms'", s.name, roundUp(s.value)))
		}
	}
	return out
}

// roundUp gives whole milliseconds, which is what the server counts in; 0 would be no timeout at all.
func roundUp(d time.Duration) int64 {
	return int64((d-1)/time.Millisecond) + 1
}
