package executor

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// What is all new has no OID yet, and on the way back no attributes are known of what is gone.
func TestFormatsWhereAllIsNew(t *testing.T) {
	t.Parallel()
	for name, yaml := range map[string]string{
		"a schema":           "version: 1\nroles:\n  o: {owns: [SCHEMA nw]}",
		"a role":             "version: 1\nroles:\n  o: {comment: new}",
		"roles and a schema": "version: 1\nroles:\n  o: {owns: [SCHEMA nw, SCHEMA nw2]}\n  p: {direct_grants: [USAGE ON SCHEMA nw], member_of: [o]}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newCluster(t).everyFormatDoes(yaml, 1)
		})
	}
}

// Passwords may have ended before all time, and end in years that other formats of dates do not have.
func TestFormatsWherePasswordsEndAtOddTimes(t *testing.T) {
	t.Parallel()
	var setup []string
	var yaml strings.Builder
	yaml.WriteString("version: 1\nroles:\n")
	for i, end := range []string{"-infinity", "infinity", "0044-03-15 12:00:00+00 BC", "0001-12-31 23:59:59.999999+00 BC", "0001-01-01+00",
		"4713-01-01 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00", "10000-01-01 00:00:00.5+00", "0004-02-29+00", "0005-02-28+00 BC", "2027-01-31+00"} {
		setup = append(setup, fmt.Sprintf(`CREATE ROLE r%02d LOGIN VALID UNTIL '%s'`, i, end))
		fmt.Fprintf(&yaml, "  r%02d: {comment: touched, grants: [CONNECT ON DATABASE warehouse]}\n", i)
	}
	c := newCluster(t, append(setup, `CREATE ROLE endless LOGIN`)...)
	c.everyFormatDoes(yaml.String()+"  endless: {comment: touched}\n", 20)
	if until := c.everything().Roles["r00"].ValidUntil; until == nil || !until.Equal(catalog.NegativeInfinity) {
		t.Errorf("-infinity is read as %v", until)
	}
}

// A server whose arrays have no NULL, and whose dates and texts are written in other ways, is given the same.
func TestFormatsUnderOddSettings(t *testing.T) {
	t.Parallel()
	settings := []string{"array_nulls = off", "DateStyle = 'German'", "quote_all_identifiers = on", "bytea_output = 'escape'",
		"standard_conforming_strings = off", "backslash_quote = off", "TimeZone = 'Pacific/Chatham'", "escape_string_warning = on"}
	var setup []string
	for _, setting := range settings {
		setup = append(setup, "ALTER DATABASE warehouse SET "+setting, "SET "+setting)
	}
	var yaml strings.Builder
	yaml.WriteString("version: 1\nroles:\n  o: {owns: [SCHEMA nw]}\n")
	for i := range 70 { // more than are written row by row
		fmt.Fprintf(&yaml, "  %q: {comment: new, direct_grants: [USAGE ON SCHEMA nw]}\n", fmt.Sprintf(`NULL %d \ '`, i))
	}
	newCluster(t, setup...).everyFormatDoes(yaml.String(), 70)
}
