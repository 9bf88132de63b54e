package main

import "testing"

const countPrivilegeRoles = `count(*) FROM pg_roles WHERE rolname LIKE '\_pgsr\_local\_%'`

func TestPrune(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "apply")
	contains(t, s.want(0, "prune").stderr, "in sync: nothing to do")
	s.sql("deployer", "warehouse", "DROP TABLE sales.orders")

	o := s.want(0, "prune", "--dry-run", "--lock-key", "77")
	contains(t, o.stdout, "BEGIN ", "'77'", "DROP ROLE", "table_select", "COMMIT;")
	contains(t, o.stderr, "1 statement to run")
	if !s.tells("2 = " + countPrivilegeRoles) {
		t.Error("the dry run dropped something")
	}
	s.holdLock(77)
	contains(t, s.want(1, "prune", "--lock-key", "77", "--lock-timeout", "100").stderr, "key 77")
	o = s.want(0, "prune")
	empty(t, "stdout", o.stdout)
	contains(t, o.stderr, "- drop role _pgsr_", "applied 1 statement in ")
	if !s.tells("1 = " + countPrivilegeRoles) {
		t.Error("it did not drop the one that it was for")
	}
}
