package executor

import (
	"slices"
	"strings"
	"testing"
)

// TestLeaverHasGrantedMemberships: who is a member of a role by a leaver's ADMIN OPTION stays one, with the same
// options, and so does whom that member has granted it in turn.
func TestLeaverHasGrantedMemberships(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		c := newCluster(t)
		admin := c.admin()
		for _, role := range []string{"leaver", "heir", "team", "middle", "last"} {
			mustExec(t, admin, `CREATE ROLE `+role)
		}
		mustExec(t, admin, `GRANT team TO leaver WITH ADMIN OPTION`)
		c.exec(`SET ROLE leaver`, `GRANT team TO middle WITH ADMIN OPTION`, `RESET ROLE`, `SET ROLE middle`, `GRANT team TO last`, `RESET ROLE`)
		options := func() []string {
			return one[[]string](c, `SELECT coalesce(array_agg(concat_ws(' ', m.roleid::regrole, m.member::regrole, to_jsonb(m) - '{oid,roleid,member,grantor}'::text[]) ORDER BY m.member), '{}')
				FROM pg_auth_members AS m WHERE m.member IN ('middle'::regrole, 'last'::regrole)`)
		}
		before := options()
		c.syncAs(c.connect(user, warehouse, ""), "version: 1\nroles: {leaver: {absent: true, reassign_to: heir}}\n", true)
		if after := options(); !slices.Equal(before, after) {
			t.Errorf("%s: the memberships are %q, were %q", user, after, before)
		}
		c.exec(`SET ROLE middle`, `GRANT team TO heir`, `RESET ROLE`)
		c.syncAs(c.connect(user, warehouse, ""), "version: 1\nroles: {leaver: {absent: true, reassign_to: heir}}\n", false)
	}
}

// TestLeaverWithStrandedGrants: what a leaver has granted on a column by an option on the table that was taken away
// from it neither REVOKE ... CASCADE nor DROP OWNED removes, and it keeps the server from dropping the leaver.
func TestLeaverWithStrandedGrants(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE leaver`, `CREATE ROLE heir`, `CREATE TABLE public.t (a int, b int)`, `GRANT SELECT ON public.t TO leaver WITH GRANT OPTION`)
	c.people("reader")
	c.exec(`SET ROLE leaver`, `GRANT SELECT (a) ON public.t TO reader`, `RESET ROLE`, `REVOKE SELECT ON public.t FROM leaver`, `DROP OWNED BY leaver`)
	if _, err := c.super.Exec(t.Context(), `DROP ROLE leaver`); err == nil {
		t.Fatal("the server drops it: this proves nothing")
	}
	c.can("reader", `SELECT a FROM public.t`)
	c.sync("version: 1\nroles: {leaver: {absent: true, reassign_to: heir}}\n", true)
	c.can("reader", `SELECT a FROM public.t`)
	c.cannot("reader", `SELECT b FROM public.t`)
	c.sync("version: 1\nroles: {leaver: {absent: true, reassign_to: heir}}\n", false)
}

// TestLeaverStaysInModeAdd: mode add drops nobody, and says what it left.
func TestLeaverStaysInModeAdd(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE leaver`)
	plan := c.planAs(c.super, "version: 1\nmode: add\nroles: {leaver: {absent: true}}\n")
	if !plan.IsEmpty() || len(plan.Left) != 1 || plan.Left[0].Role != "leaver" {
		t.Errorf("left is %+v of %s", plan.Left, stepsOf(plan))
	}
}

// TestLeaversOfWhomOneHasGrantedTheOther: a role can not be dropped before those in which it has granted memberships.
func TestLeaversOfWhomOneHasGrantedTheOther(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		c := newCluster(t)
		admin := c.admin()
		for _, role := range []string{"c", "b", "a", "stays"} {
			mustExec(t, admin, `CREATE ROLE `+role)
		}
		mustExec(t, admin, `GRANT c TO b WITH ADMIN OPTION`)
		c.exec(`SET ROLE b`, `GRANT c TO a WITH ADMIN OPTION`, `RESET ROLE`, `SET ROLE a`, `GRANT c TO stays`, `RESET ROLE`)
		c.syncAs(c.connect(user, warehouse, ""), "version: 1\nroles: {a: {absent: true}, b: {absent: true}, c: {absent: true}}\n", true)
		if n := one[int](c, `SELECT count(*)::int FROM pg_roles WHERE rolname IN ('a', 'b', 'c')`); n != 0 {
			t.Errorf("%s: %d are there", user, n)
		}
	}
}

// TestLeaversWithMembershipsInWhatStays: nor before the members of a role that stays to whom it has granted it. Where
// each of two has granted the other one something, one of the two is revoked.
func TestLeaversWithMembershipsInWhatStays(t *testing.T) {
	t.Parallel()
	const yaml = "version: 1\nroles: {a: {absent: true}, b: {absent: true}, c: {absent: true}}\n"
	for _, between := range [][]string{
		{`SET ROLE a`, `GRANT one TO c`},
		{`SET ROLE a`, `GRANT one TO b WITH ADMIN OPTION`, `SET ROLE b`, `GRANT one TO c`},
		{`SET ROLE a`, `GRANT one TO b`, `SET ROLE b`, `GRANT two TO a`},
		{`SET ROLE a`, `GRANT one TO b WITH ADMIN OPTION`, `SET ROLE b`, `GRANT one TO c`, `GRANT two TO c WITH ADMIN OPTION`, `SET ROLE c`, `GRANT two TO a`},
		{`SET ROLE b`, `GRANT two TO c`, `SET ROLE a`, `GRANT one TO c`, `GRANT one TO stays`},
	} {
		for _, user := range []string{"postgres", "admin"} {
			c := newCluster(t)
			admin := c.admin()
			for _, role := range []string{"a", "b", "c", "one", "two", "stays"} {
				mustExec(t, admin, `CREATE ROLE `+role)
			}
			mustExec(t, admin, `GRANT one TO a WITH ADMIN OPTION`)
			mustExec(t, admin, `GRANT two TO b WITH ADMIN OPTION`)
			c.exec(append(between, `RESET ROLE`)...)
			conn := c.connect(user, warehouse, "")
			c.syncAs(conn, yaml, true)
			c.syncAs(conn, yaml, false)
			if left := one[string](c, `SELECT coalesce(string_agg(rolname, ' '), '') FROM pg_roles WHERE rolname IN ('a', 'b', 'c')`); left != "" {
				t.Errorf("%v as %s: there is still %s", between, user, left)
			}
			if c.super.QueryRow(t.Context(), `SELECT FROM pg_auth_members WHERE member = 'stays'::regrole`).Scan() != nil && strings.HasSuffix(between[len(between)-1], "stays") {
				t.Errorf("%v as %s: who stays is no member any more", between, user)
			}
		}
	}
}
