package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner"
)

// TestMembershipInTheWayOfGains: where the connecting role can act for an owner only once that one is no member of it
// any more, which is lost last if there are several databases, it is said beforehand, with what helps.
func TestMembershipInTheWayOfGains(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "marts")
	if c.major >= 16 {
		t.Skip("from 16 on who may grant a role is no member of its members")
	}
	admin := c.asAdmin()
	mustExec(t, admin, `CREATE ROLE crew`)
	mustExec(t, admin, `CREATE ROLE owner`)
	c.exec(`GRANT admin TO crew`)
	mustExec(t, admin, `GRANT crew TO owner`)
	c.exec(`GRANT CREATE ON SCHEMA s TO owner`, `CREATE TABLE s.owned (a int)`, `ALTER TABLE s.owned OWNER TO owner`)
	c.execIn("marts", `GRANT CREATE ON SCHEMA s TO owner`, `CREATE TABLE s.owned (a int)`, `ALTER TABLE s.owned OWNER TO owner`)
	const of = "version: 1\nroles:\n  owner: {}\n  alice: {login: {}, direct_grants: [SELECT ON TABLE s.owned], in: {marts: {direct_grants: [USAGE ON SCHEMA s, MARTS]}}}\n"
	const helps = `REVOKE "crew" FROM "owner"`
	for where, yaml := range map[string]string{
		"connected": strings.Replace(of, "MARTS", "SELECT ON TABLE s.t", 1),
		"other":     strings.NewReplacer("MARTS", "SELECT ON TABLE s.owned", "SELECT ON TABLE s.owned", "SELECT ON TABLE s.t").Replace(of),
	} {
		_, err := SyncDatabases(context.Background(), admin, parse(t, yaml), Options{})
		if !errors.As(err, new(*planner.Refusal)) || !strings.Contains(err.Error(), helps) || errors.As(err, new(*SequenceError)) {
			t.Fatalf("%s: got %v", where, err)
		}
	}
	mustExec(t, admin, helps)
	c.syncAll(admin, strings.Replace(of, "MARTS", "SELECT ON TABLE s.owned", 1), true)
	c.canIn(true, "marts", "alice", "SELECT FROM s.owned")
}

// TestSingleTransactionInSeveralDatabases: it is refused where it can not be kept, with the reason, and nothing is
// done.
func TestSingleTransactionInSeveralDatabases(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "marts")
	const yaml = "version: 1\nroles:\n  alice: {login: {}, direct_grants: [SELECT ON TABLE s.t], in: {marts: {direct_grants: [SELECT ON TABLE s.t]}}}\n"
	const says = `there is something to do in other databases than the connected one ("marts"), and a transaction is in one database`
	one := Options{SingleTransaction: true}
	if _, err := SyncDatabases(ctx, c.super, parse(t, yaml), one); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v", err)
	}
	if _, err := PlanDatabases(ctx, c.super, parse(t, yaml), one); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("got %v", err)
	}
	c.canIn(false, warehouse, "alice", "SELECT FROM s.t")
	c.execIn("marts", `GRANT SELECT ON s.t TO alice`)
	if result, err := SyncDatabases(ctx, c.super, parse(t, yaml), one); err != nil || !result.Applied() {
		t.Errorf("where it can be kept: %v", err)
	}
}
