package executor

import (
	"context"
	"strings"
	"testing"

	"pgsr/executor/inspect"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
)

// TestLargeObjectsOfPredefinedRoles: pg_shdepend knows nothing of what predefined roles, and everyone, were granted.
// https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
func TestLargeObjectsOfPredefinedRoles(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE owner`, `CREATE ROLE watcher`, `GRANT pg_monitor TO watcher`, `SELECT lo_create(4711), lo_create(4712), lo_create(4713)`,
		`GRANT SELECT ON LARGE OBJECT 4711 TO pg_monitor`, `GRANT UPDATE ON LARGE OBJECT 4712 TO PUBLIC`, `ALTER LARGE OBJECT 4713 OWNER TO owner`)
	for _, group := range []string{"watcher", "pg_monitor"} {
		plan, err := Plan(context.Background(), c.super, parse(t, "version: 1\nroles: {new: {member_of: ["+group+"]}}"), Options{Effect: true})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Join(report.EffectLines(plan.Effect(), 0), "\n")
		if !strings.Contains(lines, "LARGE OBJECT 4711") || strings.Contains(lines, "LARGE OBJECT 4713") {
			t.Errorf("as a member of %s:\n%s", group, lines)
		}
	}
	// All that is read at once shows the same.
	whole := inspectReading(t, c.super, catalog.Scope{Roles: []string{"watcher"}}, inspect.Whole)
	for _, name := range []string{"4711", "4712"} {
		found := false
		for id := range whole.Objects {
			found = found || id.Kind == catalog.LargeObject && id.Name == name
		}
		if !found {
			t.Errorf("LARGE OBJECT %s is not read", name)
		}
	}
}
