package executor

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// TestScriptComparesManyOddNames: so many that they are compared another way than a few, with all that could be taken
// for something else there.
func TestScriptComparesManyOddNames(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "odd")
	s := &spec.Spec{Missing: spec.WarnOfMissing}
	for i, name := range []string{"a,b", "{x}", `"q"`, `back\slash`, "NULL", "null", "new\nline", " lead", "trail ", "o'clock", "tab\t", "ünï", "%s", "$pgsr0$", `\N`, "--", "*/"} {
		for n := range 5 {
			s.Roles = append(s.Roles, spec.Role{
				Name: fmt.Sprintf("%s%.*d", name, min(n, 1), n), DirectGrants: spec.MustGrants(`SELECT ON TABLE sales.orders`),
				MemberOf: spec.Memberships(fmt.Sprintf("team %s %d", name, i%2)),
			})
		}
	}
	plan, err := Plan(context.Background(), d.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if out, status := d.psql("postgres", d.written("psql", s, plan, Options{})); status != 0 {
		t.Fatalf("psql's status is %d:\n%s", status, out)
	}
	for i := range s.Roles {
		s.Roles[i].DirectGrants = spec.MustGrants(`UPDATE ON TABLE sales.orders`)
	}
	if plan, err = Plan(context.Background(), d.super, s, Options{}); err != nil {
		t.Fatal(err)
	}
	text := d.written("psql", s, plan, Options{})
	d.exec(`REVOKE SELECT ON sales.orders FROM "new`+"\n"+`line"`, `GRANT DELETE ON sales.orders TO "back\slash1"`, `GRANT INSERT ON sales.orders TO "null" WITH GRANT OPTION`)
	before := d.whole()
	out, status := d.psql("postgres", text)
	if status != 3 {
		t.Errorf("psql's status is %d", status)
	}
	for _, difference := range []string{
		"TABLE sales.orders: new?line has nothing, had SELECT", `TABLE sales.orders: back\slash1 has DELETE, SELECT, had SELECT`,
		"TABLE sales.orders: null has INSERT*, SELECT, had SELECT",
	} {
		if !strings.Contains(out, difference) {
			t.Errorf("it does not say %q:\n%s", difference, out)
		}
	}
	if n := strings.Count(out, "TABLE sales.orders: "); n != 3 {
		t.Errorf("%d differences are named", n)
	}
	d.sameAs(before)
}
