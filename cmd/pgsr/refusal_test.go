package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestRefusalsSayWhereTheSpecAsks: what the connecting role may not do names the file and line that asks for it, also
// in another database, and many objects take one line.
func TestRefusalsSayWhereTheSpecAsks(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "postgres", `CREATE ROLE finance SUPERUSER; CREATE ROLE plain LOGIN`)
	s.sql("postgres", "postgres", `CREATE DATABASE vaults`)
	var tables strings.Builder
	for n := range 50 {
		fmt.Fprintf(&tables, "CREATE TABLE vault.t%d (); ALTER TABLE vault.t%[1]d OWNER TO finance; ", n)
	}
	for _, database := range []string{"warehouse", "vaults"} {
		s.sql("postgres", database, "CREATE SCHEMA vault; GRANT USAGE ON SCHEMA vault TO deployer WITH GRANT OPTION; "+tables.String())
	}
	s.sql("postgres", "warehouse", `GRANT SELECT ON vault.t7 TO plain`)
	one := s.file("one.yaml", "version: 1\nroles:\n  reader:\n    direct_grants:\n      - SELECT ON ALL TABLES IN SCHEMA vault\n  plain: {}\n")
	two := s.file("two.yaml", "version: 1\nroles:\n  writer:\n    direct_grants: [INSERT ON TABLE vault.t1]\n")
	three := s.file("three.yaml", "version: 1\nroles:\n  reader:\n    in:\n      vaults:\n        direct_grants: [SELECT ON TABLE vault.t2]\n")
	for _, args := range [][]string{{"plan"}, {"check"}, {"apply", "--yes"}} {
		o := s.want(1, append(args, "-f", one, "-f", two)...)
		contains(t, o.stderr, one+":5:9: grant SELECT on TABLE vault.t0, ", " and 45 more to reader: ", two+":4:21: grant INSERT on TABLE vault.t1 to writer: ",
			one+":6:3: revoke SELECT on TABLE vault.t7 from plain: ")
		if lines := strings.Count(o.stderr, "grant SELECT on TABLE"); lines != 1 {
			t.Errorf("%v: %d lines say\n%s", args, lines, o.stderr)
		}
		contains(t, s.want(1, append(args, "-f", three)...).stderr, three+":6:25: grant SELECT on TABLE vault.t2 to reader: ")
	}
}
