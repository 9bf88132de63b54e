package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestDirectGrantsThatDoNotFit are warned of by each command that plans, and where the server has no room for them, the
// error says what to write instead, and nothing is changed.
func TestDirectGrantsThatDoNotFit(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	var spec strings.Builder
	spec.WriteString("version: 1\nroles:\n")
	for i := range 2600 {
		fmt.Fprintf(&spec, "  reader%04d: {direct_grants: [SELECT ON TABLE sales.orders]}\n", i)
	}
	s.file("pgsr.yaml", spec.String())
	for status, args := range map[int][]string{0: {"plan"}, 2: {"check"}} {
		contains(t, s.want(status, args...).stderr, "warning: 1000 direct grantees or more", "TABLE sales.orders, 2600 direct grantees")
	}
	contains(t, s.want(1, "apply", "--yes").stderr, "row is too big", "TABLE sales.orders has too many direct grantees", "grants: in the place of direct_grants:")
	if !s.tells(`NOT EXISTS (SELECT FROM pg_roles WHERE rolname ~ '^reader')`) {
		t.Error("roles were made")
	}
}
