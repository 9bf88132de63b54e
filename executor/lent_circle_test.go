package executor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// TestLentCircle: the connecting role joins, for the moment, a role that the spec makes its own member by way of
// another. The way back has to end that before it joins.
func TestLentCircle(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"script", "saved"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			c := newOffice(t, lentCircle...)
			c.name = warehouse
			if c.major >= 16 { // to grant owner is to be its member already: no order would do
				c.refusesCircle()
				return
			}
			admin := c.connect("admin", warehouse, "")
			before := c.memberships("true")
			plan := c.planAs(admin, ownerUnderAdmin)
			back, err := plan.Back()
			if err != nil {
				t.Fatal(err)
			}
			s, texts := parse(t, ownerUnderAdmin), [2]bytes.Buffer{}
			for i, p := range []*planner.Plan{plan, back} {
				if err := WriteAs(&texts[i], "psql", s, p, Options{}); err != nil {
					t.Fatal(err)
				}
			}
			switch way {
			case "script":
				c.runs("admin", texts[0].String())
			case "saved":
				if _, err := ApplySaved(context.Background(), admin, c.readBack(s, plan), Options{}); err != nil {
					t.Fatal(err)
				}
			}
			c.syncAs(admin, ownerUnderAdmin, false)
			if !c.isMember("owner", "clerks") || !one[bool](c, `SELECT pg_has_role('owner', 'admin', 'USAGE') AND NOT pg_has_role('admin', 'owner', 'MEMBER')`) {
				t.Errorf("the memberships are %v", c.memberships("true"))
			}
			c.runs("admin", texts[1].String())
			if now := c.memberships("true"); strings.Join(now, "\n") != strings.Join(before, "\n") {
				t.Errorf("after the way back the memberships are %v, and were %v", now, before)
			}
			c.syncAs(admin, ownerUnderAdmin, true)
		})
	}
}

var lentCircle = []string{
	`SET ROLE admin`, `CREATE ROLE owner`, `RESET ROLE`, `CREATE ROLE clerks`, `GRANT admin TO clerks`,
	`CREATE SCHEMA sales AUTHORIZATION owner`, `CREATE TABLE sales.orders ()`, `ALTER TABLE sales.orders OWNER TO owner`,
}

const ownerUnderAdmin = "version: 1\nroles:\n  owner: {member_of: [clerks], grants: [SELECT ON TABLE sales.orders]}\n"

// refusesCircle checks that nothing is planned, and nothing is done.
func (c *cluster) refusesCircle() {
	c.Helper()
	admin := c.connect("admin", warehouse, "")
	var err error
	c.unchanged(func() { _, err = Sync(context.Background(), admin, parse(c, ownerUnderAdmin), Options{}) })
	if problems := (spec.Errors)(nil); !errors.As(err, &problems) || !strings.Contains(err.Error(), "spec.yaml:3") {
		c.Errorf("got %v", err)
	}
}

func (c *cluster) runs(user, text string) {
	c.Helper()
	if out, code := c.psql(user, text); code != 0 {
		c.Fatalf("psql: %d\n%s\n%s", code, out, text)
	}
}
