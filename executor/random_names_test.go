package executor

import (
	"context"
	"testing"

	"pgsr/planner/catalog"
)

// TestNameThatIsTaken: a privilege role's name may be that of a role that nothing was read about. The next attempt has
// another one.
func TestNameThatIsTaken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`)
	op, err := syncOperation(parse(t, "version: 1\nroles: {clerk: {grants: [SELECT ON TABLE s.t]}}"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := op.plan(ctx, readOutside(c.super, op.options))
	if err != nil {
		t.Fatal(err)
	}
	taken := ""
	for _, s := range plan.Statements {
		if role, is := s.Change.(catalog.CreateRole); is && role.Holds != nil {
			taken = role.Name
		}
	}
	c.exec(`CREATE ROLE "` + taken + `"`)
	op.planning.last = nil
	result, err := op.do(ctx, c.super)
	if err != nil || !result.Applied || result.Attempts != 2 {
		t.Fatalf("%+v %v", result, err)
	}
	if !one[bool](c, `SELECT has_table_privilege('clerk', 's.t', 'SELECT') AND NOT pg_has_role('clerk', $1, 'MEMBER')`, taken) {
		t.Error("clerk has not what it should, or is a member of the role that was there")
	}
}
