package executor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// readers is a spec of roles that have a privilege directly, on the objects named.
func readers(grant string, from, to int) *spec.Spec {
	s := &spec.Spec{}
	for i := from; i < to; i++ {
		s.Roles = append(s.Roles, spec.Role{Name: fmt.Sprintf("reader %05d", i), DirectGrants: []spec.Grant{spec.MustGrant(grant)}})
	}
	return s
}

// without gives the same roles with nothing.
func without(s *spec.Spec) *spec.Spec {
	out := &spec.Spec{}
	for _, role := range s.Roles {
		out.Roles = append(out.Roles, spec.Role{Name: role.Name})
	}
	return out
}

// makeReaders makes roles in an order that is not that of their names, so that their OIDs are not, and that many OIDs
// apart.
func (c *cluster) makeReaders(n, apart int) {
	c.Helper()
	var sql strings.Builder
	for _, i := range rand.New(rand.NewPCG(1, 1)).Perm(n) {
		fmt.Fprintf(&sql, "CREATE ROLE \"reader %05d\";", i)
		if apart > 1 {
			fmt.Fprintf(&sql, "PERFORM pg_nextoid('pg_authid', 'oid', 'pg_authid_oid_index') FROM generate_series(2, %d);", apart)
		}
	}
	c.exec("DO $$ BEGIN "+sql.String()+" END $$", `ANALYZE pg_authid`)
}

// tooBig plans what must be too much, and gives the only ACL for which it is.
func (c *cluster) tooBig(s *spec.Spec) planner.FullACL {
	c.Helper()
	var full *planner.RowTooBigError
	if _, err := Sync(context.Background(), c.super, s, Options{}); !errors.As(err, &full) || len(full.ACLs) != 1 {
		c.Fatalf("not one ACL that is too big: %v", err)
	}
	return full.ACLs[0]
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

const selectOnOrders = `SELECT ON TABLE sales.orders`

// TestDirectGrantsUpToTheLastThatFits: what the plan says fits does fit, one more is refused before anything runs.
// What is stored is known, so that one can come near to what the server takes, and beyond that it takes none.
func TestDirectGrantsUpToTheLastThatFits(t *testing.T) {
	t.Parallel()
	grown := []string{"roles far apart", "new roles", "lz4"}
	if testing.Short() {
		grown = grown[:1]
	}
	for _, grown := range grown {
		t.Run(grown, func(t *testing.T) {
			t.Parallel()
			const many = 2600
			c := newShop(t)
			switch grown {
			case "roles far apart":
				c.makeReaders(many, 20)
			case "lz4":
				if _, err := c.super.Exec(context.Background(), `SET default_toast_compression = 'lz4'`); err != nil {
					return // a server that was built without it
				}
				c.makeReaders(many, 1)
			}
			var full planner.FullACL
			c.unchanged(func() { full = c.tooBig(readers(selectOnOrders, 0, many)) })
			others := full.Fit - 1 // the owner has an item of its own
			if full.Items != many+1 || len(full.Grantees) != many || others < 1700 {
				t.Errorf("%d of %d items fit", full.Fit, full.Items)
			}
			c.tooBig(readers(selectOnOrders, 0, others+1))
			c.apply(readers(selectOnOrders, 0, others))
			first := others
			others = c.tooBig(readers(selectOnOrders, 0, many)).Fit - 1
			c.apply(readers(selectOnOrders, 0, others))
			t.Logf("%d at first, then %d", first, others)
			if others <= first {
				t.Error("that the server needs less than estimated makes no difference")
			}
			c.exceeds(others, others/8)
		})
	}
}

// TestOtherCompressionThanThatOfWhatIsStored: what was written by one method has to fit by the other as soon as
// anything is added.
func TestOtherCompressionThanThatOfWhatIsStored(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	const many = 2200
	c.makeReaders(many+1, 1)
	c.apply(readers(selectOnOrders, 0, many))
	if _, err := c.super.Exec(context.Background(), `SET default_toast_compression = 'lz4'`); err != nil {
		return // a server that was built without it
	}
	c.tooBig(readers(selectOnOrders, 0, many+1))
	c.exceeds(many, 1)
}

// exceeds checks that the server takes no more grantees on sales.orders than some more.
func (c *cluster) exceeds(has, more int) {
	c.Helper()
	var names []string
	for i := range more {
		names = append(names, fmt.Sprintf("surplus%d", i))
		c.exec(`CREATE ROLE ` + names[i])
	}
	_, err := c.super.Exec(context.Background(), `GRANT SELECT ON sales.orders TO `+strings.Join(names, ", "))
	if err == nil || !strings.Contains(err.Error(), "row is too big") {
		c.Errorf("beside %d it takes %d more: %v", has, more, err)
	}
}

// TestHalfOfTheRoomIsWarnedOf: in one line, for any number of objects; nothing is said of less, nor of what the plan
// adds nothing to.
func TestHalfOfTheRoomIsWarnedOf(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	for i := range 7 {
		c.exec(fmt.Sprintf(`CREATE TABLE sales.t%d ()`, i), fmt.Sprintf(`CREATE SEQUENCE sales.q%d`, i))
	}
	c.makeReaders(1400, 1)
	if w := c.warnings(readers(selectOnOrders, 0, 900)); len(w) != 0 {
		t.Errorf("warned of less than half: %q", w)
	}
	w := c.warnings(readers(selectOnOrders, 0, 1400))
	saysAll(t, errors.New(strings.Join(w, "\n")), "TABLE sales.orders: 1401 items, about 2", "half", "grants:", "direct_grants:")
	w = c.warnings(readers(`SELECT ON ALL TABLES IN SCHEMA sales`, 0, 1400))
	if len(w) != 1 || strings.Count(w[0], " items") != 5 {
		t.Fatalf("warnings: %q", w)
	}
	saysAll(t, errors.New(w[0]), "; and ", " more")
	w = c.warnings(readers(`SELECT ON ALL SEQUENCES IN SCHEMA sales`, 0, 1400))
	saysAll(t, errors.New(strings.Join(w, "\n")), "SEQUENCE sales.q0: 1401 items")
	c.apply(readers(selectOnOrders, 0, 1400))
	fewer := readers(selectOnOrders, 0, 1400)
	for i := range 700 {
		fewer.Roles[2*i].DirectGrants = nil
	}
	if w := c.apply(fewer); len(w) != 0 {
		t.Errorf("warned of what only removes: %q", w)
	}
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

// TestAllThatDoNotFitAreRefusedAtOnce: the first few by name.
func TestAllThatDoNotFitAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`)
	for i := range 8 {
		c.exec(fmt.Sprintf(`CREATE TABLE sales.t%d ()`, i))
	}
	c.makeReaders(2600, 1)
	var full *planner.RowTooBigError
	_, err := Plan(context.Background(), c.super, readers(`INSERT ON ALL TABLES IN SCHEMA sales`, 0, 2600), Options{})
	if !errors.As(err, &full) || len(full.ACLs) != 8 {
		t.Fatalf("%v", err)
	}
	saysAll(t, err, "TABLE sales.t0: 2601 items", "reader 00000, reader 00001, reader 00002, 2597 more", "TABLE sales.t4", "and 3 more", "grants: in the place of direct_grants:")
}

// TestExchangeWithoutRoomForBoth: who is to have nothing any more goes first where there is no room for them and who
// comes.
func TestExchangeWithoutRoomForBoth(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.makeReaders(3000, 1)
	first, second := readers(selectOnOrders, 0, 1500), readers(selectOnOrders, 1500, 3000)
	c.apply(first)
	exchange := without(first)
	exchange.Roles = append(exchange.Roles, second.Roles...)
	c.apply(exchange)
	if n := one[int](c, `SELECT count(*) FROM pg_class, aclexplode(relacl) AS i WHERE oid = 'sales.orders'::regclass AND i.grantee <> relowner`); n != 1500 {
		t.Errorf("%d have it", n)
	}
}

// TestFullACLCanAlwaysShrink: also one with more than would be planned, and with many different privileges.
func TestFullACLCanAlwaysShrink(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	const many = 2000
	c.makeReaders(many, 1)
	var names []string
	for i := range many {
		names = append(names, fmt.Sprintf(`"reader %05d"`, i))
	}
	for from, privileges := range []string{"SELECT", "INSERT", "SELECT, UPDATE", "INSERT, DELETE"} {
		var some []string
		for i := from; i < many; i += 4 {
			some = append(some, names[i])
		}
		c.exec(`GRANT ` + privileges + ` ON sales.orders TO ` + strings.Join(some, ", "))
	}
	s := readers(selectOnOrders, 0, many)
	for i := range s.Roles {
		grant := []string{"SELECT", "INSERT", "SELECT, UPDATE", "INSERT"}[i%4]
		s.Roles[i].DirectGrants = []spec.Grant{spec.MustGrant(grant + ` ON TABLE sales.orders`)}
	}
	s.Roles[0].DirectGrants = nil
	if w := c.apply(s); len(w) != 0 {
		t.Errorf("warned of what only removes: %q", w)
	}
}
