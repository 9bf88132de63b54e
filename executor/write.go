package executor

import (
	"fmt"
	"io"
	"strings"
	"time"

	"pgsr/planner"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// Write writes a plan as a script for psql, which takes the lock that the spec names. Running it and applying the plan send the same statements.
func Write(w io.Writer, s *spec.Spec, plan *planner.Plan, o Options) error {
	return script.WritePSQL(w, document(lockKey(s), plan, o))
}

// document puts around a plan what a script has to say.
func document(lockKey int64, plan *planner.Plan, o Options) script.Document {
	return script.Document{
		Header: header(plan, o), Server: plan.Server, LockKey: lockKey, Warnings: plan.Warnings,
		LockTimeout: o.LockTimeout, StatementTimeout: o.StatementTimeout, Statements: plan.Statements,
		ReliesOn: plan.ReliesOn(), LeadsTo: plan.LeadsTo(),
	}
}

func header(plan *planner.Plan, o Options) []string {
	server := plan.Server
	return []string{
		strings.TrimSpace("Written by pgsr " + o.Version),
		fmt.Sprintf("for database %s (OID %d) on PostgreSQL %s, as role %s", server.Database, server.DatabaseOID, version(server.VersionNum), server.CurrentUser),
	}
}

// version writes server_version_num as people do: 15.18.
func version(number int) string { return fmt.Sprintf("%d.%d", number/10000, number%10000) }

// lockKey is the key of the advisory lock.
func lockKey(s *spec.Spec) int64 {
	if s.LockKey == 0 {
		return spec.DefaultLockKey
	}
	return s.LockKey
}

// ledgerEntry says what the ledger is to keep of a plan that was run.
func ledgerEntry(d script.Document, plan *planner.Plan, o Options, took time.Duration) (Entry, error) {
	var text strings.Builder
	d.Masked = true
	if err := script.WritePSQL(&text, d); err != nil {
		return Entry{}, err
	}
	return Entry{
		Version: o.Version, Digest: plan.Digest(), Statements: len(plan.Statements),
		Duration: took, Result: "applied", Script: text.String(),
	}, nil
}
