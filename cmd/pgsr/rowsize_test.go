package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestDirectGrantsThatDoNotFit are refused by each command that plans, with what to write instead, and change nothing.
func TestDirectGrantsThatDoNotFit(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	var spec strings.Builder
	spec.WriteString("version: 1\nroles:\n")
	for i := range 2600 {
		fmt.Fprintf(&spec, "  reader%04d: {direct_grants: [SELECT ON TABLE sales.orders]}\n", i)
	}
	s.file("pgsr.yaml", spec.String())
	for _, args := range [][]string{{"plan"}, {"check"}, {"apply", "--yes"}} {
		o := s.want(1, args...)
		empty(t, "stdout", o.stdout)
		contains(t, o.stderr, "TABLE sales.orders: 2601 items", "fit", "reader0000, reader0001, reader0002, 2597 more", "grants: in the place of direct_grants:", "nothing was done")
	}
	if !s.tells(`NOT EXISTS (SELECT FROM pg_roles WHERE rolname ~ '^reader')`) {
		t.Error("roles were made")
	}
	s.file("half.yaml", strings.Join(strings.SplitAfter(spec.String(), "\n")[:1502], ""))
	contains(t, s.want(0, "plan", "-f", "half.yaml").stderr, "warning: direct grants take more than half of the room", "TABLE sales.orders: 1501 items")
}
