package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/script"
)

// standing says what a role has by memberships, whoever granted them, as its rows and as the server say it.
func (c *cluster) standing(member string) []string {
	c.Helper()
	options := `false, true, true`
	if c.major >= 16 {
		options = `bool_or(m.admin_option), bool_or(m.inherit_option), bool_or(m.set_option)`
	}
	rows, _ := c.super.Query(context.Background(), `
		SELECT unnest(array_remove(ARRAY[
			r.rolname || ': member', CASE WHEN bool_or(m.admin_option) THEN r.rolname || ': admin' END,
			CASE WHEN (ARRAY[`+options+`])[2] THEN r.rolname || ': inherit' END, CASE WHEN (ARRAY[`+options+`])[3] THEN r.rolname || ': set' END,
			CASE WHEN pg_has_role($1, r.oid, 'USAGE') THEN r.rolname || ': has its privileges' END
		], NULL))
		FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.roleid
		WHERE m.member = $1::regrole GROUP BY r.oid, r.rolname ORDER BY 1`, member)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		c.Fatal(err)
	}
	return lines
}

// losesNothing checks that a role has at least what it had by memberships.
func (c *cluster) losesNothing(member string, do func()) {
	c.Helper()
	before := c.standing(member)
	do()
	after := c.standing(member)
	for _, line := range before {
		if !slices.Contains(after, line) {
			c.Errorf("%s lost %q; it has\n%s", member, line, strings.Join(after, "\n"))
		}
	}
}

// TestOutsidersKeepTheirRows: what a role of the spec has granted to one outside of it comes from someone else, with
// all options, whatever rows there are by others already.
func TestOutsidersKeepTheirRows(t *testing.T) {
	t.Parallel()
	by := func(grantor string, statements ...string) []string {
		return slices.Concat([]string{`SET ROLE ` + grantor}, statements, []string{`RESET ROLE`})
	}
	made := by("giver", `CREATE ROLE x`, `GRANT x TO r, s WITH ADMIN OPTION`)
	for name, setup := range map[string][]string{
		"which created the role":     append(by("outsider", `CREATE ROLE x`, `GRANT x TO r WITH ADMIN OPTION`), `GRANT x TO outsider GRANTED BY r`),
		"that lacks options there":   append(made, `GRANT x TO outsider WITH INHERIT FALSE, SET FALSE GRANTED BY giver`, `GRANT x TO outsider GRANTED BY r`),
		"that lacks the superuser's": append(made, `GRANT x TO outsider WITH INHERIT FALSE, SET FALSE`, `GRANT x TO outsider GRANTED BY r`),
		"that has some options":      append(made, `GRANT x TO outsider WITH INHERIT FALSE, SET TRUE`, `GRANT x TO outsider WITH ADMIN TRUE, INHERIT TRUE, SET FALSE GRANTED BY r`),
		"with ADMIN, which it used":  append(made, `GRANT x TO outsider WITH ADMIN TRUE GRANTED BY r`, `GRANT x TO beyond WITH INHERIT FALSE GRANTED BY outsider`),
		"which is NOINHERIT":         append(made, `ALTER ROLE outsider NOINHERIT`, `GRANT x TO outsider WITH INHERIT TRUE GRANTED BY r`),
		"by two of the spec":         append(made, `GRANT x TO outsider WITH INHERIT FALSE GRANTED BY r`, `GRANT x TO outsider WITH SET FALSE GRANTED BY s`),
	} {
		for _, user := range []string{"postgres", "admin"} {
			t.Run(name+"/"+user, func(t *testing.T) {
				t.Parallel()
				c := newOffice(t, `CREATE ROLE r`, `CREATE ROLE s`, `CREATE ROLE giver CREATEROLE`, `CREATE ROLE outsider CREATEROLE`, `CREATE ROLE beyond`)
				if c.major < 16 {
					t.Skip("a member has a role once before 16, whoever granted it")
				}
				c.exec(setup...)
				c.exec(`CREATE TABLE t ()`, `GRANT SELECT ON t TO x`, `GRANT giver, outsider, x TO admin WITH ADMIN TRUE, INHERIT TRUE, SET TRUE`)
				conn := c.connect(user, warehouse, "")
				c.losesNothing("beyond", func() {
					c.losesNothing("outsider", func() { c.syncAs(conn, "version: 1\nroles:\n  r: {}\n  s: {}\n", true) })
				})
				if c.isMember("r", "x") {
					t.Error("r still is a member of x")
				}
				c.syncAs(conn, "version: 1\nroles:\n  r: {}\n  s: {}\n", false)
			})
		}
	}
}

// TestOwnerThatIsAMemberOfTheConnectingRole by way of another role can not be joined by it: that is refused, whatever
// is to be shown of the plan.
func TestOwnerThatIsAMemberOfTheConnectingRole(t *testing.T) {
	t.Parallel()
	for _, ways := range [][]string{{`GRANT admin TO o`}, {`GRANT admin TO z`, `GRANT z TO o`}, {`GRANT admin TO z`, `GRANT z TO y`, `GRANT y TO o`}} {
		t.Run(fmt.Sprint(len(ways)), func(t *testing.T) {
			t.Parallel()
			c := newOffice(t, `CREATE ROLE o`, `CREATE ROLE y`, `CREATE ROLE z`, `CREATE SCHEMA so AUTHORIZATION o`, `CREATE ROLE guest`)
			c.exec(ways...)
			if c.major >= 16 {
				c.exec(`GRANT guest TO admin WITH ADMIN TRUE`)
			}
			yaml := "version: 1\nroles:\n  guest: {direct_grants: [USAGE ON SCHEMA so]}\n"
			said := map[string]bool{}
			for _, effect := range []bool{false, true} {
				_, err := Plan(context.Background(), c.asAdmin(), parse(t, yaml), Options{Effect: effect})
				said[fmt.Sprint(err)] = true
			}
			if len(said) != 1 || said["<nil>"] {
				t.Errorf("it says %v", said)
			}
			c.works(false, c.asAdmin(), yaml)
		})
	}
}

// TestOutsidersThatLoseAreSeen when a plan is verified, which would have taken a privilege or an option from them by
// the way.
func TestOutsidersThatLoseAreSeen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what, by string
		from     int
	}{
		{"nothing", `SELECT`, 14},
		{"the grant option on a table", `REVOKE GRANT OPTION FOR SELECT ON t FROM outsider`, 14},
		{"a column", `REVOKE SELECT (a) ON u FROM outsider`, 14},
		{"an option of a membership", `REVOKE INHERIT OPTION FOR x FROM outsider GRANTED BY postgres`, 16},
		{"a membership", `REVOKE x FROM outsider GRANTED BY postgres`, 16},
	} {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, `CREATE ROLE r`, `CREATE ROLE outsider`, `CREATE ROLE x`, `CREATE TABLE t ()`, `CREATE TABLE u (a int)`,
				`GRANT SELECT ON t TO r WITH GRANT OPTION`, `GRANT SELECT (a) ON u TO r WITH GRANT OPTION`, `GRANT x TO r WITH ADMIN OPTION`,
				`SET ROLE r`, `GRANT SELECT ON t TO outsider WITH GRANT OPTION`, `GRANT SELECT (a) ON u TO outsider`, `GRANT x TO outsider`, `RESET ROLE`)
			if c.major < test.from {
				t.Skip("a member has a role once before 16, whoever granted it")
			}
			p, err := newPlanning(parse(t, "version: 1\nroles:\n  r: {}\n"), Options{})
			if err != nil {
				t.Fatal(err)
			}
			plan, err := p.planCatalog(inspected(t, c.super, p.scope()))
			if err != nil {
				t.Fatal(err)
			}
			for step := range script.Commands(document(1, plan, Options{}).Document) {
				c.exec(step.SQL)
			}
			c.exec(test.by)
			others := p.last.cascadeCheck(p.spec)
			if lost := others.lost(inspected(t, c.super, others.widen(p.scope()))); (len(lost) == 1) != (test.by != `SELECT`) {
				t.Errorf("it sees %q", lost)
			}
		})
	}
}
