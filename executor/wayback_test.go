package executor

import (
	"bytes"
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// allRows lists all memberships with all that there is to a row.
func (c *cluster) allRows() []string {
	c.Helper()
	return c.memberships(`true`)
}

// thereAndBack applies a spec and goes its way back, after which all memberships have to be as before, or the way
// back has said so.
func (c *cluster) thereAndBack(conn *pgx.Conn, yaml string) (warnings []string) {
	c.Helper()
	before, acls := c.allRows(), one[string](c, aclsOfAll)
	plan, err := Plan(context.Background(), conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatal(err)
	}
	back, err := plan.Back()
	if err != nil {
		c.Fatal(err)
	}
	c.syncAs(conn, yaml, true)
	var text bytes.Buffer
	if err := Write(&text, &spec.Spec{}, back, Options{}); err != nil {
		c.Fatal(err)
	}
	cmd := exec.Command(psqlPath(c), "-X", "-d", c.server.URL(conn.Config().User, warehouse, ""))
	cmd.Stdin = &text
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
		c.Fatalf("the way back: %v\n%s\n%s", err, out, stepsOf(back))
	}
	if after := c.allRows(); !slices.Equal(before, after) && len(back.Warnings) == 0 {
		c.Errorf("memberships\n%s\nwere\n%s\nthe way back:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"), stepsOf(back))
	}
	if after := one[string](c, aclsOfAll); acls != after && !strings.Contains(strings.Join(back.Warnings, "\n"), "the grant option of") {
		c.Errorf("ACLs\n%s\nwere\n%s\nthe way back:\n%s", after, acls, stepsOf(back))
	}
	return back.Warnings
}

// aclsOfAll gives all ACLs of this database's schemas and tables, each in order, with owners.
const aclsOfAll = `
	SELECT coalesce(string_agg(concat_ws(' ', o.name, o.owner, (SELECT array_agg(i::text ORDER BY i::text) FROM unnest(o.acl) AS i)::text), E'\n' ORDER BY o.name), '')
	FROM (
		SELECT nspname::text AS name, nspowner::regrole::text AS owner, nspacl AS acl FROM pg_namespace WHERE nspname !~ '^pg_'
		UNION ALL
		SELECT oid::regclass::text, relowner::regrole::text, relacl FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information)'
	) AS o`

// stepsOf gives what a plan runs.
func stepsOf(plan *planner.Plan) string {
	var text strings.Builder
	for step := range script.Commands(document(1, plan, Options{}).Document) {
		text.WriteString(step.SQL + "\n")
	}
	return text.String()
}

// TestWayBackOfMemberships brings back options, who granted them, and what was granted on, in an order that the
// server takes.
func TestWayBackOfMemberships(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		setup []string
		spec  string
		from  int
	}{
		"SET FALSE":      {[]string{`GRANT x TO b WITH SET FALSE`}, "  b: {member_of: [x]}\n", 16},
		"neither, ADMIN": {[]string{`GRANT x TO b WITH SET FALSE, INHERIT FALSE, ADMIN TRUE`}, "  b: {member_of: [x]}\n", 16},
		"granted on":     {[]string{`GRANT x TO b WITH ADMIN OPTION`, `GRANT x TO a GRANTED BY b`}, "  a: {}\n  b: {}\n", 14},
		"granted on twice": {[]string{`GRANT x TO b WITH ADMIN OPTION`, `GRANT x TO a WITH ADMIN OPTION GRANTED BY b`, `GRANT x TO c WITH SET FALSE GRANTED BY a`, `GRANT y TO b WITH ADMIN OPTION`, `GRANT y TO c GRANTED BY b`},
			"  a: {}\n  b: {}\n  c: {}\n", 16},
		"who granted it":   {[]string{`GRANT b TO c WITH ADMIN OPTION`, `SET ROLE c`, `GRANT b TO a WITH ADMIN OPTION`, `RESET ROLE`}, "  a: {}\n", 14},
		"ADMIN by another": {[]string{`GRANT b TO c WITH ADMIN OPTION`, `SET ROLE c`, `GRANT b TO a WITH ADMIN OPTION`, `RESET ROLE`}, "  a: {member_of: [b]}\n", 14},
	} {
		for _, user := range []string{"postgres", "admin"} {
			t.Run(name+"/"+user, func(t *testing.T) {
				t.Parallel()
				c := newOffice(t, `SET ROLE admin`, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE c`, `CREATE ROLE x`, `CREATE ROLE y`, `RESET ROLE`)
				if c.major < test.from {
					t.Skip("there are no options of memberships before 16")
				}
				if user == "admin" && c.major >= 16 {
					c.exec(`GRANT a, b, c TO admin WITH INHERIT TRUE`, `SET ROLE admin`)
				}
				c.exec(test.setup...)
				c.exec(`RESET ROLE`)
				conn := c.connect(user, warehouse, "")
				warnings := c.thereAndBack(conn, "version: 1\nroles:\n"+test.spec)
				if isTold := len(warnings) > 0; isTold != (user == "admin" && c.major < 16) {
					t.Errorf("it warns: %q", warnings)
				}
			})
		}
	}
}

// TestWayBackKeepsColumns: what a REVOKE on a table takes from its columns comes back, with what was granted on there.
func TestWayBackKeepsColumns(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newOffice(t, `SET ROLE admin`, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE c`, `RESET ROLE`,
				`GRANT a, b, c TO admin`, `CREATE TABLE public.open (a int, b text)`, `ALTER TABLE public.open OWNER TO admin`,
				`SET ROLE admin`, `GRANT INSERT (b) ON public.open TO a WITH GRANT OPTION`, `GRANT INSERT ON public.open TO b WITH GRANT OPTION`,
				`SET ROLE a`, `GRANT INSERT (b) ON public.open TO c`, `SET ROLE b`, `GRANT INSERT ON public.open TO a`, `RESET ROLE`)
			columns := `SELECT array_agg(attacl::text ORDER BY attnum)::text FROM pg_attribute WHERE attrelid = 'public.open'::regclass AND attacl IS NOT NULL`
			before := one[string](c, columns)
			c.thereAndBack(c.connect(user, warehouse, ""), "version: 1\nroles:\n  b: {}\n")
			if after := one[string](c, columns); after != before {
				t.Errorf("the columns have %s, had %s", after, before)
			}
		})
	}
}

// TestWayBackGivesAdminFirst, also where it is not read where its grantor has it from.
func TestWayBackGivesAdminFirst(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `SET ROLE admin`, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE c`, `CREATE ROLE x`, `RESET ROLE`,
		`GRANT x TO c WITH ADMIN OPTION`, `SET ROLE c`, `GRANT x TO b WITH ADMIN OPTION`, `SET ROLE b`, `GRANT x TO a WITH ADMIN OPTION`, `RESET ROLE`)
	c.name = warehouse
	before := c.memberships(`roleid = 'x'::regrole`)
	s := parse(t, "version: 1\nroles:\n  b: {member_of: [x], grants: [CONNECT ON DATABASE warehouse]}\n")
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := plan.Back()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*planner.Plan{plan, back} {
		if out, status := c.psql("postgres", c.written("psql", s, p, Options{})); status != 0 {
			t.Fatalf("psql's status is %d:\n%s", status, out)
		}
	}
	if after := c.memberships(`roleid = 'x'::regrole`); c.major >= 16 && !slices.Equal(before, after) {
		t.Errorf("%q is not %q", after, before)
	}
}

// TestRevokeLeavesWhatAnotherAdminOptionHolds: who has ADMIN OPTION of two keeps what it granted when one of them
// takes it back.
func TestRevokeLeavesWhatAnotherAdminOptionHolds(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE r0`, `CREATE ROLE r1`, `CREATE ROLE r4`, `CREATE ROLE r6`, `GRANT r0, r1, r4, r6 TO admin WITH ADMIN OPTION`,
		`SET ROLE admin`, `GRANT r1 TO r4, r6 WITH ADMIN OPTION`, `SET ROLE r4`, `GRANT r1 TO r0 WITH ADMIN OPTION`, `SET ROLE r6`, `GRANT r1 TO r4`, `RESET ROLE`)
	if c.major < 16 {
		t.Skip("up to 15 a membership has one row, whoever granted it")
	}
	conn := c.asAdmin()
	for _, o := range []Options{{}, {Effect: true}} {
		plan, err := Plan(context.Background(), conn, parse(t, "version: 1\nroles:\n  r6: {member_of: [r1]}\n"), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range plan.Statements {
			if revoke, is := s.Change.(catalog.RevokeRole); is && revoke.Cascade {
				t.Errorf("%+v", revoke)
			}
		}
	}
	c.syncAs(conn, "version: 1\nroles:\n  r6: {member_of: [r1]}\n", true)
	if rows := c.memberships(`roleid = 'r1'::regrole AND member = 'r0'::regrole`); len(rows) != 1 {
		t.Errorf("%q", rows)
	}
}

// TestWayBackDropsSchemas before the membership goes by which the connecting role may.
func TestWayBackDropsSchemas(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `SET ROLE admin`, `CREATE ROLE o`, `RESET ROLE`)
	c.thereAndBack(c.asAdmin(), "version: 1\nroles:\n  o: {owns: [SCHEMA nw]}\n")
	if c.major >= 16 {
		c.exec(`GRANT o TO admin`)
	}
	c.thereAndBack(c.super, "version: 1\nroles:\n  o: {owns: [SCHEMA nw]}\n  admin: {login: {}, member_of: [o]}\n")
}

// TestWayBackGrantsAsTheOwner, where the connecting role also has what another holder of the grant option has.
func TestWayBackGrantsAsTheOwner(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE o`, `CREATE ROLE a_holder`, `CREATE ROLE z`, `GRANT o, a_holder TO admin`, `CREATE SCHEMA so AUTHORIZATION o`,
		`SET ROLE o`, `GRANT USAGE, CREATE ON SCHEMA so TO a_holder WITH GRANT OPTION`, `GRANT CREATE ON SCHEMA so TO z WITH GRANT OPTION`, `RESET ROLE`)
	if c.major >= 16 {
		c.exec(`GRANT a_holder, z TO admin WITH ADMIN TRUE`)
	}
	c.thereAndBack(c.asAdmin(), "version: 1\nroles:\n  a_holder: {}\n  z: {}\n")
}

// TestWayBackSaysWhichGrantOptionIsLost: who has the option by a membership, too, can give it to itself, and nobody can
// when the membership is not there yet.
func TestWayBackSaysWhichGrantOptionIsLost(t *testing.T) {
	t.Parallel()
	const grant = `GRANT CREATE ON SCHEMA x TO `
	c := newOffice(t, `CREATE SCHEMA x`, `CREATE ROLE p`, `CREATE ROLE r`, `CREATE ROLE s`, grant+`p, r WITH GRANT OPTION`, `GRANT p TO r`,
		`SET ROLE r`, grant+`r, s WITH GRANT OPTION`, `RESET ROLE`)
	warnings := c.thereAndBack(c.super, "version: 1\nroles:\n  r: {}\n  s: {}\n")
	if want := "the grant option of r for CREATE on SCHEMA x does not come back"; len(warnings) != 1 || !strings.HasPrefix(warnings[0], want) {
		t.Errorf("%q does not say %q alone", warnings, want)
	}
	acl := one[string](c, `SELECT nspacl::text FROM pg_namespace WHERE nspname = 'x'`)
	for _, item := range []string{"p=C*/postgres", "r=C*/postgres", "r=C/r", "s=C*/r"} {
		if !strings.Contains(acl, item) {
			t.Errorf("%s is not in %s", item, acl)
		}
	}
}

// TestRevokeReachesWhatAMemberOfTheConnectingRoleGranted: what the connecting role is lent, its own members are not.
func TestRevokeReachesWhatAMemberOfTheConnectingRoleGranted(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE o`, `CREATE ROLE s`, `CREATE ROLE t`, `GRANT admin TO s`, `CREATE SCHEMA x AUTHORIZATION o`,
		`GRANT CREATE ON SCHEMA x TO s WITH GRANT OPTION`, `SET ROLE s`, `GRANT CREATE ON SCHEMA x TO t WITH GRANT OPTION`, `RESET ROLE`)
	yaml := "version: 1\nroles:\n  s: {member_of: [admin], direct_grants: [CREATE ON SCHEMA x]}\n  t: {direct_grants: [CREATE ON SCHEMA x]}\n"
	if c.major >= 16 {
		c.exec(`GRANT o, t TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
	}
	// Before 16 whoever inherits from the connecting role has what that is lent as well, so that nothing is taken from
	// it in cascade.
	if !c.works(c.major >= 16, c.asAdmin(), yaml) {
		return
	}
	if acl := one[string](c, `SELECT nspacl::text FROM pg_namespace WHERE nspname = 'x'`); strings.Contains(acl, "*") {
		t.Errorf("a grant option is left: %s", acl)
	}
}
