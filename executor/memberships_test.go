package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/lists"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// clubs are roles that others are members of: what one can do shows who is a member. Bob is a member and in no spec.
var clubs = []string{
	`CREATE SCHEMA sales`, `GRANT USAGE ON SCHEMA sales TO PUBLIC`,
	`CREATE TABLE sales.orders (a int)`, `CREATE TABLE sales.parts (a int)`,
	`CREATE ROLE readers`, `GRANT SELECT ON sales.orders TO readers`,
	`CREATE ROLE writers`, `GRANT INSERT ON sales.orders TO writers`,
}

const (
	readOrders  = `SELECT FROM sales.orders`
	writeOrders = `INSERT INTO sales.orders VALUES (1)`
)

func newClubs(t testing.TB, more ...string) *cluster {
	t.Helper()
	c := newCluster(t, clubs...)
	c.people("bob", "carol")
	c.exec(`GRANT readers, writers TO bob`)
	c.exec(more...)
	return c
}

// member is a spec of alice, who can log in and is a member of the given roles.
func member(groups ...string) string {
	quoted := make([]string, len(groups))
	for i, group := range groups {
		quoted[i] = fmt.Sprintf("%q", group)
	}
	return aliceLogin + "    member_of: [" + strings.Join(quoted, ", ") + "]\n"
}

// memberships lists all there are: role, member, grantor and options, each as the server says it.
func (c *cluster) memberships(where string) []string {
	c.Helper()
	rows, _ := c.super.Query(context.Background(), `
		SELECT concat_ws(' ', roleid::regrole, member::regrole, 'by', grantor::regrole, (to_jsonb(m) - '{oid,roleid,member,grantor}'::text[])::text)
		FROM pg_auth_members AS m WHERE `+where+` ORDER BY 1`)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		c.Fatal(err)
	}
	return lines
}

// sameMemberships checks that the memberships of which something is true are the same after as before.
func (c *cluster) sameMemberships(where string, do func()) {
	c.Helper()
	before := c.memberships(where)
	do()
	if after := c.memberships(where); !slices.Equal(before, after) {
		c.Errorf("memberships where %s:\n%s\nwere\n%s", where, strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// isMember asks the server, whatever the membership's options are.
func (c *cluster) isMember(member, role string) bool {
	c.Helper()
	return one[bool](c, `SELECT count(*) > 0 FROM pg_auth_members WHERE member = $1::regrole AND roleid = $2::regrole`, id(member), id(role))
}

// syncError applies a spec that can not be applied, which must change nothing.
func (c *cluster) syncError(conn *pgx.Conn, yaml string) (err error) {
	c.Helper()
	c.unchanged(func() { _, err = Sync(context.Background(), conn, parse(c, yaml), Options{}) })
	if err == nil {
		c.Errorf("no error for this spec:\n%s", yaml)
	}
	return err
}

func TestMembership(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	c.sameMemberships(`member = 'bob'::regrole`, func() {
		c.sync(member(), true)
		c.cannot("alice", readOrders)
		c.sync(member("readers"), true)
		c.can("alice", readOrders)
		c.cannot("alice", writeOrders)
		c.unchanged(func() { c.sync(member("readers"), false) })
		c.sync(member("writers", "readers"), true)
		c.can("alice", writeOrders)
		c.sync(member("writers"), true)
		c.cannot("alice", readOrders)
		c.can("alice", writeOrders)
	})
	c.can("bob", readOrders)
}

// TestMembershipOfMissingRoles: a role that is only named in member_of is created, where the spec says so, and
// nothing else is decided about it.
func TestMembershipOfMissingRoles(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	c.sync("missing: warn\n"+member("new", "New Too"), true)
	for _, name := range []string{"new", "New Too"} {
		if one[bool](c, `SELECT rolcanlogin OR rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = $1`, name) {
			t.Errorf("role %q can do more than be there", name)
		}
		if !c.isMember("alice", name) {
			t.Errorf("alice is no member of %q", name)
		}
	}
	c.exec(`GRANT readers TO "New Too"`, `ALTER ROLE new LOGIN`)
	c.sync(member("new", "New Too"), false)
	c.can("alice", readOrders)
}

func TestMembershipOfPredefinedRole(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	const watch = `SELECT * FROM pg_ls_waldir()`
	c.sync(member(), true)
	c.cannot("alice", watch)
	c.sync(member("pg_monitor"), true)
	c.can("alice", watch)
	c.sync(member("pg_monitor"), false)
	c.sync(member(), true)
	c.cannot("alice", watch)

	err := c.syncError(c.super, member("pg_of_the_future"))
	if problems := (spec.Errors)(nil); !errors.As(err, &problems) || !strings.Contains(err.Error(), "pg_of_the_future") {
		t.Errorf("got %v", err)
	}
	s := &spec.Spec{Roles: []spec.Role{{Name: "alice", MemberOf: spec.Memberships("pg_database_owner")}}}
	c.unchanged(func() { _, err = Sync(context.Background(), c.super, s, Options{}) })
	if problems := (spec.Errors)(nil); !errors.As(err, &problems) {
		t.Errorf("pg_database_owner takes no members: got %v", err)
	}
}

// TestMistypedPredefinedRoles: each that the server has is meant by its name with a letter too many, and no other is.
func TestMistypedPredefinedRoles(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	roles := one[[]string](c, `SELECT array_agg(rolname::text) FROM pg_roles WHERE rolname ~ '^pg_' AND rolname <> 'pg_database_owner'`)
	wrong := lists.Map(roles, func(role string) string { return role + "x" })
	said := c.syncError(c.super, member(append(wrong, "pg_maintaim")...)).Error()
	for _, role := range roles {
		if !strings.Contains(said, fmt.Sprintf("did you mean %q", role)) {
			t.Errorf("%s is not said:\n%s", role, said)
		}
	}
	if strings.Contains(said, `"pg_maintain"`) != (c.major >= 17) {
		t.Errorf("a role that comes with 17:\n%s", said)
	}
}

func TestMembershipByHandIsRevoked(t *testing.T) {
	t.Parallel()
	needs(t, 14, "pg_read_all_data")
	c := newClubs(t)
	c.sync(member("writers"), true)
	c.exec(`CREATE ROLE "Some; ""club"`, `GRANT readers, "Some; ""club" TO alice`, `GRANT pg_read_all_data TO alice`, `GRANT bob TO alice`)
	c.can("alice", readOrders)
	c.sync(member("writers"), true)
	c.cannot("alice", readOrders)
	c.can("alice", writeOrders)
	c.can("bob", readOrders)
	c.sync(member("writers"), false)
}

// TestAdminOption: the spec gives memberships without it. What alice granted on by it, to roles outside of the spec,
// stays.
func TestAdminOption(t *testing.T) {
	t.Parallel()
	for _, groups := range [][]string{{"readers"}, {}} {
		t.Run(strings.Join(groups, ""), func(t *testing.T) {
			c := newClubs(t, `REVOKE readers FROM bob`)
			c.people("dave")
			c.sync(member(), true)
			c.exec(
				`GRANT readers TO alice WITH ADMIN OPTION`,
				`SET ROLE alice`, `GRANT readers TO bob WITH ADMIN OPTION`, `RESET ROLE`,
				`SET ROLE bob`, `GRANT readers TO carol`, `RESET ROLE`,
				`SET ROLE alice`, `GRANT readers TO dave`, `RESET ROLE`,
			)
			c.sync(member(groups...), true)
			c.sync(member(groups...), false)
			for _, role := range []string{"bob", "carol", "dave"} {
				c.can(role, readOrders)
			}
			c.cannot("alice", `GRANT readers TO carol`)
			c.can("bob", `GRANT readers TO alice`)
			if len(groups) > 0 {
				c.can("alice", readOrders)
			} else {
				c.cannot("alice", readOrders)
			}
		})
	}
}

// TestDependentsInTheSpec: who is in the spec loses what it was granted on, too.
func TestDependentsInTheSpec(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	two := member() + "  erin: {login: {password: {env: PASSWORD}}}\n"
	c.sync(two, true)
	c.exec(`GRANT readers TO alice WITH ADMIN OPTION`, `SET ROLE alice`, `GRANT readers TO erin`, `RESET ROLE`)
	c.can("erin", readOrders)
	c.sync(two, true)
	c.cannot("erin", readOrders)
	c.cannot("alice", readOrders)
	c.can("bob", readOrders)
	c.sync(two, false)
}

// TestImpairedMembership: from 16 on a membership can lack what a plain GRANT gives. Of that SET comes, and INHERIT,
// of which the spec says nothing, stays as it is.
func TestImpairedMembership(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	if c.major < 16 {
		c.impairedBefore16()
		return
	}
	c.sync(member(), true)
	for _, options := range []string{"INHERIT FALSE", "SET FALSE", "INHERIT FALSE, SET FALSE", "ADMIN TRUE, INHERIT FALSE", "ADMIN TRUE, SET FALSE"} {
		c.exec(`GRANT readers TO alice WITH ` + options)
		c.sync(member("readers"), options != "INHERIT FALSE")
		if strings.Contains(options, "INHERIT FALSE") {
			c.cannot("alice", readOrders)
		} else {
			c.can("alice", readOrders)
		}
		c.can("alice", `SET ROLE readers`)
		c.cannot("alice", `GRANT readers TO carol`)
		c.sync(member("readers"), false)
		c.exec(`REVOKE readers FROM alice`)
	}
	c.sameMemberships(`member = 'bob'::regrole`, func() {
		c.exec(`GRANT readers TO bob WITH INHERIT FALSE`)
		c.sync(member("readers"), true)
		c.cannot("bob", readOrders) // not in the spec, so not healed
		c.exec(`GRANT readers TO bob WITH INHERIT TRUE`)
	})
}

// impairedBefore16: the member's own attribute decides, and an attribute that the spec does not list keeps its value.
func (c *cluster) impairedBefore16() {
	c.sync(member("readers"), true)
	c.exec(`ALTER ROLE alice NOINHERIT`)
	c.cannot("alice", readOrders)
	c.sync(member("readers"), false)
}

func TestMemberWithoutInherit(t *testing.T) {
	t.Parallel()
	c := newClubs(t, `CREATE ROLE alice LOGIN NOINHERIT PASSWORD '`+password+`'`)
	c.sync(member("readers"), true)
	c.sync(member("readers"), false)
	c.cannot("alice", readOrders)
	c.can("alice", `SET ROLE readers; `+readOrders)
	c.sync(member(), true)
	c.cannot("alice", `SET ROLE readers`)
}

// TestSeveralGrantors: from 16 on, each of them has granted a membership of its own.
func TestSeveralGrantors(t *testing.T) {
	t.Parallel()
	c := newClubs(t, `CREATE ROLE lead`, `GRANT readers TO lead WITH ADMIN OPTION`, `CREATE ROLE second`, `GRANT readers TO second WITH ADMIN OPTION`)
	c.sync(member(), true)
	c.exec(`GRANT readers TO alice`, `SET ROLE lead`, `GRANT readers TO alice WITH ADMIN OPTION`, `RESET ROLE`)
	c.exec(`SET ROLE second`, `GRANT readers TO alice`, `RESET ROLE`)
	c.sameMemberships(`member IN ('lead'::regrole, 'second'::regrole, 'bob'::regrole)`, func() {
		c.sync(member("readers"), true)
		c.can("alice", readOrders)
		c.cannot("alice", `GRANT readers TO carol`)
		c.sync(member("readers"), false)
		c.sync(member(), true)
		c.cannot("alice", readOrders)
		c.sync(member(), false)
	})
}

func TestCircles(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	for _, yaml := range []string{
		"version: 1\nroles:\n  a: {member_of: [b]}\n  b: {member_of: [c]}\n  c: {member_of: [a]}\n",
		"version: 1\nroles:\n  a: {member_of: [a]}\n",
		"version: 1\nroles:\n  readers: {member_of: [bob]}\n", // bob, who is in no spec, is a member of readers
	} {
		s, err := specfile.Parse([]specfile.File{{Name: "spec.yaml", Data: []byte(yaml)}}, specfile.Secrets{})
		if err == nil {
			c.unchanged(func() { _, err = Sync(context.Background(), c.super, s, Options{}) })
		}
		if problems := (spec.Errors)(nil); !errors.As(err, &problems) || !strings.Contains(err.Error(), "spec.yaml:") {
			t.Errorf("got %v for\n%s", err, yaml)
		}
	}
}

// TestFlip turns memberships round, which no order of grants before revokes can do.
func TestFlip(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	flip := func(lower, middle, upper string) string {
		return fmt.Sprintf("version: 1\nmissing: warn\nroles:\n  %s: {member_of: [%s, x]}\n  %s: {member_of: [%s]}\n  %s: {}\n", lower, middle, middle, upper, upper)
	}
	c.sync(flip("a", "b", "c"), true)
	c.sync(flip("c", "b", "a"), true)
	c.sync(flip("c", "b", "a"), false)
	for _, pair := range [][2]string{{"c", "b"}, {"b", "a"}} {
		if !c.isMember(pair[0], pair[1]) || c.isMember(pair[1], pair[0]) {
			t.Errorf("%s is not the member of %s", pair[0], pair[1])
		}
	}
}

// TestCreatorsMembership: what PostgreSQL gives the creator of a role from 16 on is not for a spec to take.
func TestCreatorsMembership(t *testing.T) {
	t.Parallel()
	c := newClubs(t)
	admin := c.admin()
	c.syncAs(admin, "missing: warn\n"+member("made"), true)
	c.sameMemberships(`member = 'admin'::regrole`, func() {
		c.syncAs(admin, "missing: warn\n"+member("made", "made too"), true)
		if c.major >= 16 {
			c.exec(`GRANT readers TO admin`) // by hand: goes
		}
		c.exec(`REVOKE "made too" FROM alice`, `DROP ROLE "made too"`)
		c.sync("version: 1\nroles:\n  admin: {login: {}}\n", c.major >= 16)
		c.syncAs(admin, aliceLogin, true)
		c.syncAs(admin, member("made"), true)
	})
	if !c.isMember("alice", "made") {
		t.Error("alice is no member of a role that admin made")
	}
}

// TestForeignPrivilegeRoles: a privilege role of another database is for something that can not be seen from here.
func TestForeignPrivilegeRoles(t *testing.T) {
	t.Parallel()
	c := newClubs(t, `CREATE DATABASE elsewhere`)
	other := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = 'elsewhere'`)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	abroad := fmt.Sprintf("_pgsr_local_%d_table_select_0000000a", other)
	posing := fmt.Sprintf("_pgsr_local_%d_table_select_0000000b", other)
	columns := fmt.Sprintf("_pgsr_local_%d_table_select_0000000c", other)
	owning := fmt.Sprintf("_pgsr_local_%d_schema_create_0000000d", other)
	local := fmt.Sprintf("_pgsr_local_%d_table_select_0000000e", here)
	global := "_pgsr_global_database_connect_0000000f"
	c.sync(member(), true)
	for _, role := range []string{abroad, posing, columns, owning, local, global} {
		c.exec(`CREATE ROLE `+role, `GRANT `+role+` TO alice, bob`)
	}
	c.exec(`GRANT SELECT ON sales.orders TO `+posing, `GRANT SELECT (a) ON sales.parts TO `+columns, `CREATE SCHEMA theirs AUTHORIZATION `+owning)
	c.sameMemberships(`member = 'bob'::regrole`, func() { c.sync(member(), true) })
	if !c.isMember("alice", abroad) {
		t.Error("a privilege role of another database was taken away")
	}
	for _, role := range []string{posing, columns, owning, local, global} {
		if c.isMember("alice", role) {
			t.Errorf("%s has something here, or is not of another database, and alice still has it", role)
		}
	}
	c.cannot("alice", readOrders)
	c.sync(member(), false)
}

// TestMembershipOfLosingGrantor: who has ADMIN OPTION from one that is to lose it keeps it from one that may give it.
func TestMembershipOfLosingGrantor(t *testing.T) {
	t.Parallel()
	for name, setup := range map[string][]string{
		"creator": {`SET ROLE maker`, `CREATE ROLE club`, `RESET ROLE`, `GRANT club TO alice WITH ADMIN OPTION`},
		"other":   {`CREATE ROLE club`, `GRANT club TO alice WITH ADMIN OPTION`},
		"connecting": {
			`CREATE ROLE club`, `CREATE ROLE boss`, `GRANT boss TO maker`, `GRANT club TO boss WITH ADMIN OPTION`,
			`GRANT club TO alice WITH ADMIN OPTION GRANTED BY boss`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, `CREATE ROLE alice`, `CREATE ROLE bob`, `CREATE ROLE maker LOGIN CREATEROLE`)
			if c.major < 16 {
				t.Skip("a membership has one row, whoever granted it")
			}
			c.exec(setup...)
			c.exec(`SET ROLE alice`, `GRANT club TO maker WITH ADMIN TRUE, INHERIT TRUE`, `SET ROLE maker`, `GRANT club TO bob`, `RESET ROLE`)
			conn := c.super
			if name == "connecting" {
				c.exec(`GRANT alice TO maker WITH ADMIN OPTION`)
				conn = c.connect("maker", warehouse, "")
			}
			const wanted = "version: 1\nroles:\n  alice: {member_of: [club]}\n"
			c.syncAs(conn, wanted, true)
			if !one[bool](c, `SELECT pg_has_role('maker', 'club', 'USAGE WITH ADMIN OPTION') AND pg_has_role('maker', 'club', 'SET')
				AND pg_has_role('bob', 'club', 'MEMBER') AND NOT pg_has_role('alice', 'club', 'USAGE WITH ADMIN OPTION')`) {
				t.Errorf("the memberships are %v", c.memberships("true"))
			}
			c.exec(`SET ROLE maker`, `GRANT club TO bob WITH INHERIT FALSE`, `RESET ROLE`)
			c.syncAs(conn, wanted, false)
		})
	}
}
