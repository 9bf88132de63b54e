package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// pose is a role that bob is a member of and that is named as a privilege role of another database, with what that
// gives him here.
type pose struct{ name, made, gives string }

var posing = []pose{
	{"a member of another role", `GRANT mighty TO %s`, `pg_has_role('bob', 'mighty', 'USAGE')`},
	{"a member of a predefined role", `GRANT pg_read_all_data TO %s`, `pg_has_role('bob', 'pg_read_all_data', 'USAGE')`},
	{"one that makes roles", `ALTER ROLE %s CREATEROLE`, `pg_has_role('bob', '%s', 'MEMBER')`},
	{"one that can log in", `ALTER ROLE %s LOGIN`, `pg_has_role('bob', '%s', 'MEMBER')`},
	{"one with something that databases share", `GRANT CREATE ON DATABASE warehouse TO %s`, `has_database_privilege('bob', 'warehouse', 'CREATE')`},
	{"one with a tablespace", `GRANT CREATE ON TABLESPACE pg_default TO %s`, `has_tablespace_privilege('bob', 'pg_default', 'CREATE')`},
}

const (
	posingAs = `_pgsr_local_%d_table_select_0badbad0`
	honestAs = `_pgsr_local_%d_table_select_00000000`
)

// poses makes bob a member of a role that poses as one of the database with an OID.
func (c *cluster) poses(as, makes string) {
	c.Helper()
	c.exec(`CREATE ROLE mighty`, `CREATE ROLE `+as, `GRANT `+as+` TO bob`, fmt.Sprintf(makes, as))
}

// TestPosingAsOfAnotherDatabase: whoever may create roles may name one so, and a spec says what bob has by it as well.
// What is truly of another database stays.
func TestPosingAsOfAnotherDatabase(t *testing.T) {
	t.Parallel()
	const nothing = "version: 1\nroles:\n  bob: {login: {}}\n"
	for _, pose := range posing {
		t.Run(pose.name, func(t *testing.T) {
			t.Parallel()
			pose.needs(t)
			c := newFleet(t, "a")
			of := c.oidOf("a")
			as, honest := fmt.Sprintf(posingAs, of), fmt.Sprintf(honestAs, of)
			c.poses(as, pose.made)
			c.exec(`CREATE ROLE `+honest, `GRANT `+honest+` TO bob`)
			c.execIn("a", `GRANT SELECT ON s.t TO `+honest+`, `+as)
			gives := strings.ReplaceAll(pose.gives, "%s", as)
			for name, sync := range map[string]func(context.Context, *pgx.Conn, *spec.Spec, Options) (*Result, error){"by the look": Sync, "by all": syncReadingAll} {
				c.exec(`GRANT ` + as + ` TO bob`)
				if !one[bool](c, `SELECT `+gives) {
					t.Fatal("it gives him nothing")
				}
				if _, err := sync(context.Background(), c.super, parse(t, nothing), Options{}); err != nil {
					t.Fatal(err)
				}
				if one[bool](c, `SELECT `+gives) {
					t.Errorf("%s: bob keeps it", name)
				}
				if !one[bool](c, `SELECT pg_has_role('bob', $1, 'USAGE')`, honest) {
					t.Errorf("%s: he has lost what he has in the other database", name)
				}
			}
		})
	}
}

func (p *pose) needs(t *testing.T) {
	t.Helper()
	if strings.Contains(p.made, "pg_read_all_data") {
		needs(t, 14, "pg_read_all_data")
	}
}

func (c *cluster) oidOf(database string) uint32 {
	c.Helper()
	return one[uint32](c, `SELECT oid FROM pg_database WHERE datname = $1`, database)
}

// TestPosingOverSeveralDatabases: where the other database is the spec's as well, bob has there what it says, and
// nothing else.
func TestPosingOverSeveralDatabases(t *testing.T) {
	t.Parallel()
	const yaml = "version: 1\nroles:\n  bob: {login: {}, in: {a: {grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}}}\n"
	for _, way := range []string{"at once", "saved"} {
		for _, pose := range posing {
			t.Run(pose.name+" "+way, func(t *testing.T) {
				t.Parallel()
				pose.needs(t)
				c := newFleet(t, "a")
				as := fmt.Sprintf(posingAs, c.oidOf("a"))
				c.poses(as, pose.made)
				c.execIn("a", `GRANT SELECT ON s.t TO `+as)
				if way == "at once" {
					c.syncAll(c.super, yaml, true)
				} else if _, err := ApplySavedSequence(context.Background(), c.super, c.savedSequence(c.super, parse(t, yaml), Options{}), Options{}); err != nil {
					t.Fatal(err)
				}
				if one[bool](c, `SELECT pg_has_role('bob', $1, 'MEMBER')`, as) {
					t.Error("bob is a member still")
				}
				c.canIn(true, "a", "bob", "SELECT FROM s.t")
				c.syncAll(c.super, yaml, false)
			})
		}
	}
}

// TestLoginNamedAsOursIsSomebody: who may create roles could choose such a name for a login, and nobody would see it
// among those who can read a table, nor lose that.
func TestLoginNamedAsOursIsSomebody(t *testing.T) {
	t.Parallel()
	c := newFleet(t)
	const login, member = "_pgsr_local_5_table_select_0badbad0", "_pgsr_other"
	c.exec(`CREATE ROLE `+login+` LOGIN`, `CREATE ROLE `+member+` LOGIN`, `CREATE ROLE readers`, `GRANT readers TO `+member, `GRANT SELECT ON s.t TO `+login+`, readers, PUBLIC`,
		`CREATE ROLE _pgsr_unnamed`, `GRANT SELECT ON s.t TO _pgsr_unnamed`)
	target := &spec.MustGrants("SELECT ON TABLE s.t")[0].Target
	all, err := Who(context.Background(), c.super, target, access.Question{Privileges: []catalog.Privilege{"SELECT"}})
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, a := range all {
		who = append(who, a.Role)
	}
	for role, is := range map[string]bool{login: true, member: true, "_pgsr_unnamed": false} {
		if slices.Contains(who, role) != is {
			t.Errorf("%s is listed: %v, among %q", role, !is, who)
		}
	}
	c.exec(`REVOKE SELECT ON s.t FROM ` + login)
	plan, err := Plan(context.Background(), c.super, parse(t, "version: 1\npublic: {revokes: [SELECT ON TABLE s.t]}\nroles: {}\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if said := strings.Join(plan.Warnings, "\n"); !strings.Contains(said, "outside the spec, "+login) {
		t.Errorf("it is not said to lose what everyone loses: %s", said)
	}
}
