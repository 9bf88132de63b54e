package executor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// TestReachAgreesWithServer asks the server about every pair of roles in random graphs of memberships.
func TestReachAgreesWithServer(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE boss SUPERUSER`)
	random := rand.New(rand.NewPCG(7, uint64(c.major)))
	for graph := range 4 {
		roles := c.randomGraph(random, graph)
		if graph%2 == 1 {
			c.exec(`ALTER DATABASE warehouse OWNER TO ` + roles[0])
		}
		scope := catalog.Scope{Roles: append(roles, "admin", "boss", "postgres"), Mentioned: []string{"pg_database_owner"},
			Objects: []catalog.ObjectID{{Kind: catalog.Database, Name: warehouse}}}
		current, err := inspect.Catalog(context.Background(), c.super, scope)
		if err != nil {
			t.Fatal(err)
		}
		c.compareReach(current, append(scope.Roles, "pg_database_owner"))
	}
}

// randomGraph makes roles with memberships from lower to higher ones, some of them granted by one who has ADMIN OPTION.
func (c *cluster) randomGraph(random *rand.Rand, graph int) []string {
	c.Helper()
	var roles []string
	for i := range 10 {
		role := fmt.Sprintf("g%d_%d", graph, i)
		c.exec(`CREATE ROLE ` + role + ` ` + []string{"INHERIT", "INHERIT", "NOINHERIT"}[random.IntN(3)])
		roles = append(roles, role)
	}
	members := append([]string{"admin", "boss"}, roles...)
	for i, role := range roles {
		for _, member := range members[:i+2] {
			if random.IntN(100) < 25 {
				c.exec(c.randomMembership(random, role, member))
			}
		}
		if i > 2 && random.IntN(100) < 40 {
			_, _ = c.super.Exec(context.Background(), `SET ROLE `+roles[random.IntN(i)]+`; GRANT `+role+` TO admin`)
			c.exec(`RESET ROLE`)
		}
	}
	return roles
}

func (c *cluster) randomMembership(random *rand.Rand, role, member string) string {
	word := func() string { return []string{"TRUE", "TRUE", "FALSE"}[random.IntN(3)] }
	switch {
	case c.major >= 16:
		return fmt.Sprintf(`GRANT %s TO %s WITH ADMIN %s, INHERIT %s, SET %s`, role, member, word(), word(), word())
	case random.IntN(3) == 0:
		return fmt.Sprintf(`GRANT %s TO %s WITH ADMIN OPTION`, role, member)
	}
	return fmt.Sprintf(`GRANT %s TO %s`, role, member)
}

// compareReach: before 16 there is no SET, and whoever is a member can SET ROLE. A superuser counts to the server as
// a member of everything.
func (c *cluster) compareReach(current *catalog.Catalog, roles []string) {
	c.Helper()
	reach := access.NewReach(current)
	set := "SET"
	if c.major < 16 {
		set = "MEMBER"
	}
	rows, _ := c.super.Query(context.Background(), `
		SELECT a.rolname::text, b.rolname::text, pg_has_role(a.oid, b.oid, 'USAGE'), pg_has_role(a.oid, b.oid, $2), pg_has_role(a.oid, b.oid, 'MEMBER'),
			pg_has_role(a.oid, b.oid, 'MEMBER WITH ADMIN OPTION')
		FROM pg_roles AS a, pg_roles AS b WHERE a.rolname = ANY($1) AND b.rolname = ANY($1)`, roles, set)
	var member, role string
	var usage, canSet, isMember, admin bool
	pairs := 0
	_, err := pgx.ForEachRow(rows, []any{&member, &role, &usage, &canSet, &isMember, &admin}, func() error {
		pairs++
		for what, pair := range map[string][2]bool{
			"HasPrivilegesOf": {reach.HasPrivilegesOf(member, role), usage},
			"CanSetRole":      {reach.CanSetRole(member, role), canSet},
			"IsMember":        {reach.IsMember(member, role) || current.IsSuperuser(member), isMember},
			"HasAdmin":        {reach.HasAdmin(member, role), admin},
		} {
			if pair[0] != pair[1] {
				c.Errorf("%s(%q, %q) is %v, but the server says %v", what, member, role, pair[0], pair[1])
			}
		}
		return nil
	})
	if err != nil || pairs < 150 {
		c.Errorf("%d pairs, %v", pairs, err)
	}
}
