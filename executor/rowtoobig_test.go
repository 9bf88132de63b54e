package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/spec"
)

// readers is a spec of roles that have a privilege directly, on the objects named.
func readers(grant string, from, to int) *spec.Spec {
	s := &spec.Spec{}
	for i := from; i < to; i++ {
		s.Roles = append(s.Roles, spec.Role{Name: fmt.Sprintf("reader %05d", i), DirectGrants: spec.MustGrants(grant)})
	}
	return s
}

// makeReaders makes the roles of such a spec.
func (c *cluster) makeReaders(n int) {
	c.Helper()
	c.exec(fmt.Sprintf(`DO $$ BEGIN FOR i IN 0..%d LOOP EXECUTE format('CREATE ROLE %%I', 'reader ' || lpad(i::text, 5, '0')); END LOOP; END $$`, n-1), `ANALYZE pg_authid`)
}

// apply makes it so, and gives the warnings.
func (c *cluster) apply(s *spec.Spec) []string {
	c.Helper()
	result, err := Sync(context.Background(), c.super, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	if !result.Applied {
		c.Error("nothing was applied")
	}
	return result.Plan.Warnings
}

// warnings plans, and gives the warnings.
func (c *cluster) warnings(s *spec.Spec) []string {
	c.Helper()
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	return plan.Warnings
}

const selectOnOrders = `SELECT ON TABLE sales.orders`

// TestMoreDirectGrantsThanFitIntoARow: the server refuses them, and nothing is done. The error names the object and
// what helps, which does: the same privilege by way of a privilege role.
func TestMoreDirectGrantsThanFitIntoARow(t *testing.T) {
	t.Parallel()
	const many = 2600
	c := newShop(t)
	c.makeReaders(many)
	direct := readers(selectOnOrders, 0, many)
	c.unchanged(func() {
		_, err := Sync(context.Background(), c.super, direct, Options{})
		var statement *StatementError
		var server *pgconn.PgError
		if !errors.As(err, &statement) || !errors.As(err, &server) || server.Code != "54000" {
			t.Fatalf("not refused by the server for want of room: %v", err)
		}
		saysAll(t, err, "row is too big", "TABLE sales.orders has too many direct grantees", "one page", "pg_class", "grants: in the place of direct_grants:")
	})
	for i := range direct.Roles {
		direct.Roles[i].Grants, direct.Roles[i].DirectGrants = direct.Roles[i].DirectGrants, nil
	}
	c.apply(direct)
	const have = `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'reader %' AND has_table_privilege(oid, 'sales.orders', 'SELECT')`
	if n := one[int](c, have); n != many {
		t.Errorf("%d of %d have it by way of the privilege role", n, many)
	}
}

// TestManyDirectGranteesAreWarnedOf: from 1,000 on, in one line for any number of objects; nothing is said of an
// object that gets none.
func TestManyDirectGranteesAreWarnedOf(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	for i := range 7 {
		c.exec(fmt.Sprintf(`CREATE TABLE sales.t%d ()`, i), fmt.Sprintf(`CREATE SEQUENCE sales.q%d`, i))
	}
	c.makeReaders(1001)
	if w := c.warnings(readers(selectOnOrders, 0, 999)); len(w) != 0 {
		t.Errorf("warned of 999: %q", w)
	}
	w := c.warnings(readers(selectOnOrders, 0, 1000))
	saysAll(t, errors.New(strings.Join(w, "\n")), "TABLE sales.orders, 1000 direct grantees", "one page", "grants: in the place of direct_grants:")
	w = c.warnings(readers(`SELECT ON ALL TABLES IN SCHEMA sales`, 0, 1000))
	if len(w) != 1 || strings.Count(w[0], " direct grantees;") != 5 {
		t.Fatalf("warnings: %q", w)
	}
	saysAll(t, errors.New(w[0]), "; 4 more)")
	w = c.warnings(readers(`SELECT ON ALL SEQUENCES IN SCHEMA sales`, 0, 1000))
	saysAll(t, errors.New(strings.Join(w, "\n")), "SEQUENCE sales.q0, 1000 direct grantees")
	c.apply(readers(selectOnOrders, 0, 1001))
	fewer := readers(selectOnOrders, 0, 1001)
	fewer.Roles[0].DirectGrants = nil
	if w := c.apply(fewer); len(w) != 0 {
		t.Errorf("warned of what only removes: %q", w)
	}
}

// TestExchangeOfManyGrantees: who is to have nothing any more goes first, as there is no room for them and who comes.
func TestExchangeOfManyGrantees(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.makeReaders(3000)
	leaving, coming := readers(selectOnOrders, 0, 1500), readers(selectOnOrders, 1500, 3000)
	c.apply(leaving)
	for i := range leaving.Roles {
		leaving.Roles[i].DirectGrants = nil
	}
	c.apply(&spec.Spec{Roles: slices.Concat(leaving.Roles, coming.Roles)})
	if n := one[int](c, `SELECT count(*) FROM pg_class, aclexplode(relacl) AS i WHERE oid = 'sales.orders'::regclass AND i.grantee <> relowner`); n != 1500 {
		t.Errorf("%d have it", n)
	}
}
