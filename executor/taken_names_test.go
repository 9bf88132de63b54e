package executor

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
	"pgsr/planner/report"
)

const takenNamesSpec = "version: 1\nroles: {clerk: {grants: [SELECT ON TABLE s.t, 'USAGE ON SCHEMA s']}}"

// newPrivilegeRoles gives the names of those that a plan creates.
func newPrivilegeRoles(t *testing.T, conn *pgx.Conn, spec string) (names []string) {
	t.Helper()
	plan, err := Plan(context.Background(), conn, parse(t, spec), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range plan.Statements {
		if role, is := s.Change.(catalog.CreateRole); is && role.Holds != nil {
			names = append(names, role.Name)
		}
	}
	return names
}

// TestNameThatIsTaken: a privilege role's name may be that of a role that nothing was read about. The next attempt has
// another one.
func TestNameThatIsTaken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`)
	first := newPrivilegeRoles(t, c.super, takenNamesSpec)
	for _, taken := range first {
		c.exec(`CREATE ROLE "` + taken + `"`)
	}
	// A plan by itself asks, so that its script can run.
	second := newPrivilegeRoles(t, c.super, takenNamesSpec)
	if len(first) != 2 || len(second) != 2 || first[0] == second[0] || first[1] == second[1] {
		t.Fatalf("%q, then %q", first, second)
	}
	result, err := Sync(ctx, c.super, parse(t, takenNamesSpec), Options{})
	if err != nil || !result.Applied || result.Attempts != 2 {
		t.Fatalf("%+v %v", result, err)
	}
	if !one[bool](c, `SELECT has_table_privilege('clerk', 's.t', 'SELECT') AND NOT pg_has_role('clerk', $1, 'MEMBER')`, first[0]) {
		t.Error("clerk has not what it should, or is a member of the role that was there")
	}
	if !one[bool](c, `SELECT pg_has_role('clerk', $1, 'MEMBER') AND pg_has_role('clerk', $2, 'MEMBER')`, second[0], second[1]) {
		t.Error("apply has other names than the plan")
	}
}

// TestPlansAreTheSameTwice: to the byte in every format, however much is read.
func TestPlansAreTheSameTwice(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE`, `CREATE SCHEMA s AUTHORIZATION admin`, `SET ROLE admin; CREATE TABLE s.t (a int); RESET ROLE`)
	s := parse(t, `version: 1
roles:
  clerk: {grants: [SELECT ON TABLE s.t, UPDATE (a) ON TABLE s.t, 'USAGE, CREATE ON SCHEMA s']}
  reader: {grants: [SELECT ON ALL TABLES IN SCHEMA s]}`)
	for name, conn := range map[string]*pgx.Conn{"superuser": c.super, "admin": c.connect("admin", warehouse, "")} {
		for _, format := range report.FormatNames() {
			var written [3]strings.Builder
			for i := range written {
				plan, err := Plan(ctx, conn, s, Options{Effect: i == 2})
				if err != nil {
					t.Fatal(err)
				}
				if err := WriteAs(&written[i], format, s, plan, Options{}); err != nil {
					t.Fatal(err)
				}
			}
			if written[0].String() != written[1].String() || written[0].String() != written[2].String() && format == "psql" {
				t.Errorf("%s as %s differs", format, name)
			}
		}
	}
}
