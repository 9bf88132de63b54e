package executor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/script"
)

// grantsToAdd are what roles get in TestAdditionsAreThoseOfEverything.
var grantsToAdd = []string{
	"USAGE ON SCHEMA s", "CREATE ON SCHEMA s", "SELECT ON TABLE s.t", "INSERT ON TABLE s.t", "SELECT ON TABLE s.other", "CONNECT ON DATABASE warehouse",
}

// meddlings are what others do with privilege and administrator roles, {any} being some of these, {other} another, and
// {member} some other role. Some of them fail, which does not matter.
var meddlings = []string{
	`GRANT {any} TO {member} WITH ADMIN OPTION`, `GRANT {any} TO {member}`, `GRANT {any} TO {member} GRANTED BY {other}`, `REVOKE {any} FROM {member} CASCADE`,
	`GRANT {any} TO {member} WITH INHERIT FALSE`, `GRANT {any} TO {member} WITH SET FALSE`, `REVOKE ADMIN OPTION FOR {any} FROM {other} CASCADE`, `GRANT {any} TO {other}`,
	`REVOKE {any} FROM admin`, `GRANT {any} TO admin WITH ADMIN OPTION`, `REVOKE SET OPTION FOR {any} FROM admin`, `ALTER ROLE {any} CREATEROLE`, `ALTER ROLE {any} NOINHERIT`,
	`COMMENT ON ROLE {any} IS 'planted'`, `ALTER ROLE {member} SUPERUSER`, `ALTER ROLE {member} NOSUPERUSER`, `GRANT admin TO {member}`, `GRANT {member} TO admin WITH ADMIN OPTION`,
	`SET ROLE {member}; GRANT {any} TO other; RESET ROLE`, `REVOKE SELECT ON s.t FROM {any}`, `GRANT SELECT ON s.t TO {any}`, `GRANT SELECT ON s.other TO {any} WITH GRANT OPTION`,
}

// TestAdditionsAreThoseOfEverything: whatever others did with privilege and administrator roles, what is planned from a
// look has the statements and the warnings of what is planned from everything.
func TestAdditionsAreThoseOfEverything(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		eachAdding(t, func(t *testing.T, c *cluster, user string) {
			random := rand.New(rand.NewPCG(seed, 1))
			members := []string{"first", "eve", "other"}
			c.exec(`CREATE ROLE eve CREATEROLE`, `SET ROLE admin`, `CREATE ROLE first LOGIN`, `CREATE ROLE other LOGIN`, `RESET ROLE`)
			c.syncAs(c.connect(user, warehouse, ""), "version: 1\nroles: {first: {login: {}, grants: ["+strings.Join(grantsToAdd, ", ")+"]}}\n", true)
			added := 0
			for round := range 25 {
				_, _ = c.super.Exec(context.Background(), someMeddling(c, random, members))
				c.exec(`RESET ROLE`)
				role := oneOf(random, append(members, fmt.Sprintf("new%d", round)))
				grants := slices.DeleteFunc(slices.Clone(grantsToAdd), func(string) bool { return random.IntN(2) == 0 })
				yaml := "version: 1\nroles: {" + role + ": {login: {}, grants: [" + strings.Join(grants, ", ") + "]}}\n"
				if c.addsAsFromEverything(user, yaml) {
					added++
				}
				_, _ = Sync(context.Background(), c.connect(user, warehouse, ""), parse(t, yaml), Options{}) // which may be refused
			}
			if added < 2 {
				t.Errorf("of 25 plans, %d were additions", added)
			}
		})
	}
}

func oneOf(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }

// someMeddling is one statement that somebody runs.
func someMeddling(c *cluster, random *rand.Rand, members []string) string {
	ours := one[[]string](c, `SELECT array_agg(quote_ident(rolname) ORDER BY rolname) FROM pg_roles WHERE left(rolname::text, 6) = '_pgsr_'`)
	return strings.NewReplacer("{any}", oneOf(random, ours), "{other}", oneOf(random, append(ours, "admin", "postgres")), "{member}", oneOf(random, members)).Replace(oneOf(random, meddlings))
}

// addsAsFromEverything compares what is planned from a look, if that is anything.
func (c *cluster) addsAsFromEverything(user, yaml string) bool {
	c.Helper()
	ctx, conn := context.Background(), c.connect(user, warehouse, "")
	defer conn.Close(ctx)
	p, err := newPlanning(parse(c, yaml), Options{})
	if err != nil {
		c.Fatal(err)
	}
	seen, err := inspect.Drift(ctx, wire.Session{Conn: conn}, p.including(p.scope(), false))
	if err != nil {
		c.Fatal(err)
	}
	_, wanted := p.inSync(seen.Catalog)
	additions := p.additionsAfter(seen, wanted)
	if wanted == nil || additions == nil {
		return false
	}
	plan, err := additions(ctx, begin(conn, 1, Options{}))
	if failed := wire.Rollback(conn); err != nil || failed != nil {
		c.Fatal(err, failed)
	}
	if plan == nil {
		return false
	}
	whole, err := Plan(ctx, conn, parse(c, yaml), Options{})
	if err != nil || saidOf(whole) != saidOf(plan) {
		c.Errorf("%s\nfrom everything: %v\n%s\nfrom the look:\n%s", yaml, err, saidOf(whole), saidOf(plan))
	}
	return true
}

// saidOf is what a plan does and warns of.
func saidOf(plan *planner.Plan) string {
	if plan == nil {
		return ""
	}
	text := strings.Join(plan.Warnings, "\n")
	for _, s := range plan.Statements {
		text += fmt.Sprintf("\n%s: %s -- %s", s.As, script.Masked(s.Change, plan.Server), s.Reason)
	}
	return text
}
