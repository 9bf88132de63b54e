package main

import (
	"fmt"
	"strings"
	"testing"
)

// A plan that does not fit into one transaction is said to be several wherever it is shown, and refused where one was
// asked for.
func TestSeveralTransactions(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t, "max_locks_per_transaction", "10", "max_connections", "12", "max_worker_processes", "1", "autovacuum_max_workers", "1")
	var roles strings.Builder
	for i := range 400 { // each takes an entry of the lock table
		fmt.Fprintf(&roles, "  clerk%03d: {comment: one of many}\n", i)
	}
	s.file("pgsr.yaml", "version: 1\nroles:\n"+roles.String())
	for _, command := range []string{"plan", "apply"} {
		o := s.want(1, command, "--single-transaction")
		contains(t, o.stderr, "max_locks_per_transaction = ", "(now 10)", "restart")
		empty(t, "stdout", o.stdout)
	}
	if s.exists("clerk000") {
		t.Error("something was done")
	}
	o := s.want(0, "plan")
	contains(t, o.stdout, "\n-- ==== Transaction 2 of ", "pg_advisory_xact_lock(")
	contains(t, o.stderr, "800 statements in ")
	contains(t, s.want(1, "plan", "--format", "goose").stderr, "goose runs a migration in one")
	s.want(0, "plan", "--format", "json", "-o", "plan.json")
	contains(t, s.want(1, "apply", "--plan", "plan.json", "--single-transaction").stderr, "plan again with --single-transaction")
	o = s.want(0, "apply", "--plan", "plan.json")
	contains(t, o.stderr, " transactions: --verbose shows each.", "applied 800 statements in ")
	contains(t, s.want(0, "apply").stderr, "in sync")
}
