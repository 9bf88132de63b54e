package executor

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// TestWhatIsNotDecidedIsNamed: attributes, what is owned and members outside the spec, for whoever asks, and only
// where the spec says nothing of them.
func TestWhatIsNotDecidedIsNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE etl CREATEDB REPLICATION`, `CREATE ROLE team`, `CREATE ROLE plain`, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE listed`, `CREATE ROLE outsider`, `CREATE ROLE inside`,
		`CREATE SCHEMA s AUTHORIZATION etl`, `CREATE TABLE s.t (a serial)`, `CREATE VIEW s.v AS SELECT 1`, `ALTER TABLE s.t OWNER TO etl`,
		`ALTER VIEW s.v OWNER TO etl`, `CREATE ROLE "Odd One"`, `GRANT team TO outsider, inside`, `GRANT listed TO outsider`,
		`GRANT plain TO outsider, "Odd One", a, b`)
	admin := c.admin()
	const plain = `; plain: 4 members outside the spec ("Odd One", "a", "b" and 1 more)`
	for _, conn := range []*pgx.Conn{c.super, admin} {
		for owns, want := range map[string]string{
			"": "etl: CREATEDB, REPLICATION, ownership of 1 schema and 2 tables and 1 sequence; team: 1 member outside the spec (\"outsider\")" + plain,
			", owns: [SCHEMA s, 'ALL TABLES IN SCHEMA s']": "etl: CREATEDB, REPLICATION; team: 1 member outside the spec (\"outsider\")" + plain,
		} {
			yaml := "version: 1\nroles:\n  etl: {preserve_in_schemas: [s]" + owns + "}\n  team: {}\n  plain: {}\n  listed: {}\n  inside: {member_of: [team]}\n"
			declared := parse(t, yaml)
			listed := slices.IndexFunc(declared.Roles, func(r spec.Role) bool { return r.Name == "listed" })
			declared.Roles[listed].Members = []spec.Membership{{Role: "outsider"}}
			plan, err := Plan(context.Background(), conn, declared, Options{Undecided: true})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(plan.Undecided, "; ")
			got = strings.ReplaceAll(strings.ReplaceAll(got, `the spec does not decide what role "`, ""), `" has of`, "")
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}
