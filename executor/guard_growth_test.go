package executor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// TestGuardFindsDefaultPrivilegesOneByOne: a guard does not put the default privileges of a role in each schema
// together with those in each other one.
func TestGuardFindsDefaultPrivilegesOneByOne(t *testing.T) {
	t.Parallel()
	const schemas = 300
	c := newCluster(t, `CREATE ROLE loader`, fmt.Sprintf(`DO $$ BEGIN FOR i IN 1..%d LOOP EXECUTE format('CREATE SCHEMA s%%s', i); END LOOP; END $$`, schemas))
	var phrases []string
	for i := range schemas {
		phrases = append(phrases, fmt.Sprintf("SELECT ON FUTURE TABLES IN SCHEMA s%d FOR ROLE loader", i+1))
	}
	s := &spec.Spec{Roles: []spec.Role{{Name: "reader", DirectGrants: spec.MustGrants(phrases...)}}}
	ctx := context.Background()
	if _, err := Sync(ctx, c.super, s, Options{}); err != nil {
		t.Fatal(err)
	}
	s.Roles[0].DirectGrants = nil
	plan, err := Plan(ctx, c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sql := script.DifferencesSQL(plan.From.Server, plan.ReliesOn())
	var explained []byte
	if err := c.super.QueryRow(ctx, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+sql).Scan(&explained); err != nil {
		t.Fatal(err)
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal(explained, &plans); err != nil {
		t.Fatal(err)
	}
	if rows := plans[0].Plan.mostRows(); rows < schemas || rows > 20*schemas || !strings.Contains(string(explained), "pg_default_acl") {
		t.Errorf("for default privileges in %d schemas, a step of the guard gave %.0f rows:\n%s", schemas, rows, explained)
	}
}

// planNode is a step of a plan that was explained as JSON.
type planNode struct {
	Rows  float64 `json:"Actual Rows"`
	Loops float64 `json:"Actual Loops"`
	Plans []planNode
}

// mostRows is how many rows a step gave that gave most.
func (n planNode) mostRows() float64 {
	most := n.Rows * n.Loops
	for _, p := range n.Plans {
		most = max(most, p.mostRows())
	}
	return most
}
