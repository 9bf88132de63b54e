package executor

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// warehouseSpecs are what is applied there, by who applies it.
var warehouseSpecs = map[string]string{
	"postgres": `
version: 1
roles:
  newcomer:
    member_of: [readers]
    grants:
      - USAGE ON SCHEMA sales, finance, "Old Stuff"
      - SELECT ON ALL TABLES, SEQUENCES IN SCHEMA sales
      - "SELECT (id, note), UPDATE (note) ON TABLE finance.t1, \"Old Stuff\".t2"
      - EXECUTE ON ROUTINES MATCHING 'f[12]' IN SCHEMA sales
      - USAGE ON FOREIGN SERVER files
  "Jane.Doe":
    grants: [SELECT ON TABLES MATCHING 't.*' IN SCHEMA sales EXCEPT sales.t3]
    direct_grants: [USAGE ON TYPE sales.mood, SELECT ON TABLE hr.t11 WITH GRANT OPTION]
  bi:
    member_of: [readers]
    direct_grants:
      - EXECUTE ON FUNCTION app.f2(int, text)
      - SELECT ON FUTURE TABLES IN SCHEMA marts FOR ROLE etl
  intern: {}
`,
	"dba": `
version: 1
roles:
  newcomer:
    grants:
      - USAGE ON SCHEMA sales, finance
      - SELECT ON ALL TABLES IN SCHEMA finance
      - EXECUTE ON FUNCTION finance.f2(integer, text)
    direct_grants:
      - "SELECT (id) ON TABLE hr.t5"
      - USAGE ON TYPE staging.mood
`,
}

// TestWarehouse plans, applies and goes back in a database as people have it: what roles outside the spec have on
// anything stays, and the way back brings back everything.
func TestWarehouse(t *testing.T) {
	t.Parallel()
	needs(t, 11, "procedures")
	for actor, yaml := range warehouseSpecs {
		t.Run(actor, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t)
			c.name = warehouse
			script, err := os.ReadFile("testdata/warehouse.sql")
			if err != nil {
				t.Fatal(err)
			}
			if out, status := c.psql("postgres", string(script)); status != 0 || strings.Contains(out, "ERROR") {
				t.Fatalf("%d: %s", status, out)
			}
			c.exec(`ALTER DATABASE warehouse OWNER TO dba`, `GRANT CREATE ON TABLESPACE pg_default TO dba`)
			if c.major >= 16 {
				c.exec(`GRANT app_owner, etl, loader TO dba WITH ADMIN TRUE, INHERIT TRUE, SET TRUE`)
			}
			oracle := &lawServer{TB: t, server: c.server, super: c.super, major: c.major}
			before := oracle.facts()
			conn := c.connect(actor, warehouse, "")
			back := c.appliedWithBack(conn, yaml)
			after := oracle.facts()
			s := parse(t, yaml)
			in := func(role string) bool {
				return strings.HasPrefix(role, "_pgsr_") || slices.ContainsFunc(s.Roles, func(r spec.Role) bool { return r.Name == role })
			}
			for _, lost := range without(outsidersOf(before, in), outsidersOf(after, in)) {
				t.Errorf("lost: %s", lost)
			}
			if out, status := c.psql(actor, c.written("psql", s, back, Options{})); status != 0 || strings.Contains(out, "WARNING") {
				t.Fatalf("the way back: %d: %s", status, out)
			}
			if d := diffLines(before.lines(), oracle.facts().lines()); len(d) > 0 || len(back.Warnings) > 0 {
				t.Errorf("after the way back: %s %s", strings.Join(d, "\n"), back.Warnings)
			}
		})
	}
}

// outsidersOf lists what roles that are not in the spec have, from whomever.
func outsidersOf(f facts, in func(string) bool) []string {
	var out []string
	for _, row := range f {
		switch {
		case row[0] == "acl" && !in(row[3]):
			out = append(out, strings.Join([]string{row[1], row[2], row[3], row[5]}, " "))
		case row[0] == "membership" && !in(row[2]):
			out = append(out, strings.Join(append(row[:3:3], row[4:]...), " "))
		case row[0] == "default" && !in(row[4]), row[0] == "owner", row[0] == "setting", row[0] == "role" && !in(row[1]):
			out = append(out, strings.Join(row, " "))
		}
	}
	return out
}

// appliedWithBack plans, applies, and sees that nothing is left to do. It gives the plan back.
func (c *cluster) appliedWithBack(conn *pgx.Conn, yaml string) *planner.Plan {
	c.Helper()
	ctx := context.Background()
	plan, err := Plan(ctx, conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatal(err)
	}
	back, err := plan.Back()
	if err != nil {
		c.Fatal(err)
	}
	s := parse(c, yaml)
	if out, status := c.psql(conn.Config().User, c.written("psql", s, plan, Options{})); status != 0 || strings.Contains(out, "WARNING") {
		c.Fatalf("%d: %s", status, out)
	}
	again, err := Plan(ctx, conn, parse(c, yaml), Options{})
	if err != nil || !again.IsEmpty() {
		c.Fatalf("%v: left to do: %s", err, stepsOf(again))
	}
	return back
}
