package executor

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// planned plans the spec of these tests without running it, so that it can be seen what planning again does.
func (c *cluster) planned() (p *planning, again func() *planner.Plan) {
	c.Helper()
	p, err := newPlanning(parse(c, staleSpec), Options{Missing: spec.WarnOfMissing})
	if err != nil {
		c.Fatal(err)
	}
	return p, func() *planner.Plan {
		c.Helper()
		plan, err := p.from(inspected(c, c.super, p.scope()))
		if err != nil {
			c.Fatal(err)
		}
		return plan
	}
}

// TestPlanIsTakenOverWhereNothingHasChanged, and only there: what the plan relies on, it is made anew for.
func TestPlanIsTakenOverWhereNothingHasChanged(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, interference := range interferences {
		t.Run(interference.what, func(t *testing.T) {
			d := c.database(t, fmt.Sprintf("over%d", i))
			_, again := d.planned()
			first := again()
			d.exec(`GRANT SELECT ON sales.elsewhere TO carol`) // which nobody asks for
			if again() != first {
				t.Error("without a change it is made anew")
			}
			d.exec(interference.by)
			if again() == first {
				t.Error("it is taken over")
			}
		})
	}
}

// TestResultIsVerifiedByComparing: after a plan has run, nothing has to be worked out to see that it is as planned,
// and whatever was done to it by hand is seen.
func TestResultIsVerifiedByComparing(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, by := range []string{
		`SELECT`, `GRANT DELETE ON sales.orders TO alice`, `REVOKE INSERT ON sales.orders FROM alice`, `ALTER TABLE sales.parts OWNER TO carol`,
		`REVOKE analysts FROM alice`, `GRANT carol TO alice`, `ALTER ROLE alice LOGIN`, `ALTER ROLE bob VALID UNTIL '2031-01-01'`, `COMMENT ON ROLE bob IS 'x'`,
		`DROP TABLE sales.orders`, `ALTER TABLE sales.parts RENAME TO x; ALTER TABLE sales.elsewhere RENAME TO parts; ALTER TABLE sales.parts OWNER TO bob`,
	} {
		t.Run(by, func(t *testing.T) {
			d := c.database(t, fmt.Sprintf("verified%d", i))
			p, again := d.planned()
			for step := range script.Commands(document(1, again(), Options{}).Document) {
				d.exec(step.SQL)
			}
			d.exec(by)
			if fulfilled := p.made.isFulfilledBy(inspected(t, d.super, p.scope())); fulfilled != (i == 0) {
				t.Errorf("it counts as planned: %v", fulfilled)
			}
		})
	}
}

// TestFirstResultIsVerifiedByComparing: also where all is new, administrator roles too, and where passwords can not
// be read.
func TestFirstResultIsVerifiedByComparing(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newVault(t, 3)
			conn := c.connect(user, warehouse, "")
			p, err := newPlanning(parse(c, allReaders("ann", "bob")), Options{})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				plan, err := p.from(inspected(c, conn, p.scope()))
				if err != nil {
					t.Fatal(err)
				}
				tx := begin(conn, 1, Options{})
				tx.run(document(1, plan, Options{}).Document, Options{})
				if err := tx.Commit(context.Background()); err != nil {
					t.Fatal(err)
				}
				now := inspected(t, conn, p.scope())
				if !p.made.isFulfilledBy(now) {
					t.Errorf("it does not count as planned:\n%s", strings.Join(catalog.Differences(p.made.desired, now), "\n"))
				}
			}
		})
	}
}
