package executor

import (
	"context"
	"strings"
	"testing"
)

// TestOwnsOfTheConnectingRole: what its own owns leaves out goes to itself, which a warning says, every time.
func TestOwnsOfTheConnectingRole(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE other`, `GRANT other TO admin`, `CREATE SCHEMA sales AUTHORIZATION admin`, `GRANT CREATE ON SCHEMA sales TO other`,
		`CREATE TABLE sales.listed ()`, `CREATE TABLE sales."left out" ()`,
		`ALTER TABLE sales.listed OWNER TO admin`, `ALTER TABLE sales."left out" OWNER TO admin`)
	admin := c.connect("admin", warehouse, "")
	yaml := "version: 1\nroles:\n  admin: {login: {}, member_of: [other], owns: [SCHEMA sales, TABLE sales.listed]}\n"
	for _, test := range []struct {
		yaml  string
		o     Options
		warns bool
	}{
		{yaml: yaml, warns: true},
		{yaml: yaml, o: Options{ReassignTo: "admin"}, warns: true},
		{yaml: strings.Replace(yaml, "listed]", `listed, TABLE sales."left out"]`, 1)},
		{yaml: strings.Replace(yaml, ", owns: [SCHEMA sales, TABLE sales.listed]", "", 1)},
		{yaml: yaml, o: Options{ReassignTo: "other"}},
	} {
		plan, err := Plan(context.Background(), admin, parse(t, test.yaml), test.o)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(plan.Warnings, "\n")
		if warns := strings.Contains(said, `keeps TABLE sales."left out", which`); warns != test.warns || strings.Contains(said, "sales.listed") {
			t.Errorf("with %+v and\n%s it warns: %s", test.o, test.yaml, said)
		}
	}
}
