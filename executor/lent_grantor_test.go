package executor

import (
	"context"
	"testing"
)

// TestTemporaryMembershipByARoleThatIsLost: from 16 on who joins a role by the ADMIN OPTION of another one, whose
// privileges it has, can end that only as long as it has them. The plan takes them away.
func TestTemporaryMembershipByARoleThatIsLost(t *testing.T) {
	needs(t, 16, "grantors of memberships")
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE ROLE maker CREATEROLE`, `CREATE SCHEMA s`)
	admin := c.admin()
	c.exec(`GRANT maker TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`, `ALTER SCHEMA s OWNER TO admin`, `SET ROLE maker`, `CREATE ROLE heir`, `RESET ROLE`)
	for _, sql := range []string{`CREATE ROLE between`, `GRANT between TO admin`, `GRANT maker TO between`, `CREATE TABLE s.t ()`} {
		mustExec(t, admin, sql)
	}
	s := parse(t, "version: 1\nroles: {between: {}, heir: {owns: [TABLE s.t], grants: [CREATE ON SCHEMA s]}}\n")
	for round := range 2 {
		result, err := Sync(ctx, admin, s, Options{AllowLockout: true})
		if err != nil || result.Applied != (round == 0) {
			t.Fatalf("round %d: %+v, %v", round, result, err)
		}
		got := one[string](c, `SELECT concat_ws(' ', relowner::regrole, pg_has_role('admin', 'maker', 'USAGE'),
				EXISTS (SELECT FROM pg_auth_members WHERE roleid = 'heir'::regrole AND member = 'admin'::regrole))
			FROM pg_class WHERE oid = 's.t'::regclass`)
		if got != "heir f f" {
			t.Errorf("round %d: owner of the table, whether admin has what maker has, and whether it is still a member: %s", round, got)
		}
	}
}
