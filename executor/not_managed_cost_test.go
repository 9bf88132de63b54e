package executor

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/gen"
	"pgsr/planner/spec"
)

// TestNothingUnknownTakesNoMemberships: a million of them were gone through for what privilege roles have on what is of
// no known kind, of which there mostly is nothing. pg_shdepend is gone through as a whole, which is the sooner way.
func TestNothingUnknownTakesNoMemberships(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`)
	const members = 300
	var s spec.Spec
	for i := range members {
		s.Roles = append(s.Roles, spec.Role{Name: fmt.Sprintf("r%d", i), Grants: spec.MustGrants("SELECT ON TABLE s.t")})
	}
	ctx := context.Background()
	if _, err := Sync(ctx, c.super, &s, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, known := range []bool{true, false} {
		tx, err := c.super.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		kinds := inspect.Managed()
		if !known {
			kinds = []string{}
		}
		read := func() (n int64) { // a few are, to plan
			const sql = `SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_sys_tables WHERE relname = 'pg_auth_members'`
			if err := tx.QueryRow(ctx, sql).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := read()
		rows, err := tx.Query(ctx, gen.NotManaged, kinds, inspect.FutureLetters(), s.RoleNames())
		if err != nil {
			t.Fatal(err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gen.NotManagedRow])
		if n := read() - before; err != nil || (len(found) == 0) != known || (n < members/10) != known {
			t.Errorf("kinds are known: %v: %d found, %v, %d memberships read", known, len(found), err, n)
		}
		if err := tx.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
