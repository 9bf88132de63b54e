package executor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch/scratchtest"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// refused is something that the connecting role may not do.
type refused struct {
	name  string
	setup []string
	// as is who connects: admin, if it is empty.
	as   string
	yaml string
	// says are words that the refusal must have, never such that it must not have.
	says, never []string
	// after checks what there is in the end.
	after func(*cluster)
	// reasons is how many there must be at least; 1 if it is 0.
	reasons  int
	from, to int
	options  Options
	// noRemedy is set where there is nothing that could be recommended.
	noRemedy bool
}

// TestRefusals: what may not be done is said before anything is written, with whose it is, and with what
// would allow it. A superuser then runs just that, once and in the order that it is said in, and after that it can be
// done.
func TestRefusals(t *testing.T) {
	t.Parallel()
	major := scratchtest.Major(t)
	for _, r := range slices.Concat(refusals, remediedRefusals) {
		if r.from > major || r.to > 0 && r.to < major {
			continue // the server has other rules: another case is for those
		}
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			c := newOffice(t, append([]string{`CREATE ROLE helper LOGIN`}, r.setup...)...)
			if r.as == "" {
				r.as = "admin"
			}
			r.check(c, c.connect(r.as, warehouse, ""))
		})
	}
}

func (r refused) check(c *cluster, conn *pgx.Conn) {
	c.Helper()
	first := c.refusal(conn, r)
	saysAll(c, first, r.says...)
	for _, words := range r.never {
		if strings.Contains(first.Error(), words) {
			c.Errorf("it says %q: %v", words, first)
		}
	}
	if len(first.Reasons) < max(r.reasons, 1) {
		c.Errorf("too few reasons: %v", first)
	}
	c.exec(first.Remedies...)
	if hasNone := slices.ContainsFunc(first.Reasons, func(r planner.Reason) bool { return r.Superuser }); hasNone != r.noRemedy {
		c.Errorf("left to a superuser: %v: %v", hasNone, first)
	}
	if r.noRemedy {
		return
	}
	if _, err := Sync(context.Background(), conn, parse(c, r.yaml), r.options); err != nil {
		c.Fatalf("with the remedies: %v", err)
	}
	if plan, err := Plan(context.Background(), conn, parse(c, r.yaml), r.options); err != nil || !plan.InSync() {
		c.Errorf("planned again: %+v, %v", plan, err)
	}
	if r.after != nil {
		r.after(c)
	}
}

// refusal runs a Sync, which changes nothing, and gives the refusal.
func (c *cluster) refusal(conn *pgx.Conn, r refused) *planner.Refusal {
	c.Helper()
	var refusal *planner.Refusal
	c.unchanged(func() {
		if _, err := Sync(context.Background(), conn, parse(c, r.yaml), r.options); !errors.As(err, &refusal) {
			c.Fatalf("it is not refused: %v", err)
		}
	})
	isUsable(c, conn)
	return refusal
}

// TestBootstrapSuperuserIsRefused: for whoever connects.
func TestBootstrapSuperuserIsRefused(t *testing.T) {
	t.Parallel()
	c := newOffice(t)
	s := parse(t, "version: 1\nroles: {postgres: {}}")
	for _, conn := range []*pgx.Conn{c.super, c.asAdmin()} {
		c.unchanged(func() {
			_, err := Sync(context.Background(), conn, s, Options{})
			var problems spec.Errors
			if !errors.As(err, &problems) {
				t.Errorf("%T", err)
			}
			saysAll(t, err, `"postgres"`, "superuser", "spec.yaml:2:")
		})
	}
}

// TestSuperuserOfTheSpec: another superuser's rights can be changed by a superuser, though it keeps every right
// without them.
func TestSuperuserOfTheSpec(t *testing.T) {
	t.Parallel()
	c := newShop(t, `CREATE ROLE chief SUPERUSER LOGIN PASSWORD '`+password+`'`, `GRANT SELECT ON sales.orders TO chief`)
	c.sync("version: 1\nroles: {chief: {login: {}, direct_grants: [INSERT ON TABLE sales.orders]}}", true)
	c.sync("version: 1\nroles: {chief: {login: {}, direct_grants: [INSERT ON TABLE sales.orders]}}", false)
	c.can("chief", `DELETE FROM sales.orders`)
	c.sync("version: 1\nroles: {chief: {}}", true)
	c.cannot("chief", `SELECT 1`)
}

// TestPruneIsRefusedToo: dropping a role takes ADMIN OPTION on it from 16 on.
func TestPruneIsRefusedToo(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE SCHEMA sales AUTHORIZATION admin`)
	c.sync("version: 1\nroles: {alice: {grants: [USAGE ON SCHEMA sales]}}", true)
	c.exec(`DROP SCHEMA sales`)
	conn := c.asAdmin()
	_, err := Prune(context.Background(), conn, 1, Options{})
	if c.major < 16 {
		if err != nil {
			t.Error(err)
		}
		return
	}
	var refusal *planner.Refusal
	if !errors.As(err, &refusal) || len(refusal.Reasons) != 1 {
		t.Fatalf("%v", err)
	}
	saysAll(t, err, `drop role "_pgsr_local_`, "no ADMIN OPTION")
	c.exec(refusal.Remedies...)
	if result, err := Prune(context.Background(), conn, 1, Options{}); err != nil || !result.Applied {
		t.Errorf("with the remedy: %+v, %v", result, err)
	}
}
