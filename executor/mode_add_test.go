package executor

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// oldCluster is one in which people have more, and less, than a spec gives them. Boss has CREATEROLE and owns it.
var oldCluster = []string{
	`CREATE ROLE boss LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO boss`, `SET ROLE boss`,
	`CREATE ROLE ann LOGIN PASSWORD 'correct horse'`, `CREATE ROLE bob LOGIN PASSWORD 'correct horse' CONNECTION LIMIT 7`, `CREATE ROLE team`, `CREATE ROLE other LOGIN PASSWORD 'correct horse'`,
	`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (id int, note text)`, `CREATE TABLE sales."odd name" ()`,
	`GRANT USAGE ON SCHEMA sales TO ann, bob, other`, `GRANT SELECT, INSERT ON sales.orders TO ann WITH GRANT OPTION`, `GRANT SELECT ON sales."odd name" TO bob`,
	`GRANT UPDATE (note) ON sales.orders TO bob`, `GRANT team TO bob, other`, `GRANT DELETE ON sales.orders TO team`,
	`ALTER ROLE ann SET statement_timeout = '9s'`, `ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO bob`,
	`SET SESSION AUTHORIZATION ann`, `GRANT SELECT ON sales.orders TO other`, `RESET SESSION AUTHORIZATION`,
}

const addSpec = `version: 1
mode: add
public:
  revokes: [TEMPORARY ON DATABASE warehouse]
roles:
  ann: {login: {valid_until: 2031-01-01}, settings: {work_mem: 8MB}, grants: [SELECT ON TABLE sales.orders, USAGE ON SCHEMA sales]}
  bob: {comment: Bob, attributes: [CONNECTION LIMIT 3], direct_grants: [USAGE ON SCHEMA sales, "SELECT, DELETE ON TABLE sales.\"odd name\""]}
  team: {members: []}
  carol: {login: {password: {env: PASSWORD}}, member_of: [team], direct_grants: [USAGE ON SCHEMA sales]}
`

// TestModeAdd: what the spec gives comes, all else stays and is listed, the second run has nothing to do, and sync
// takes the rest.
func TestModeAdd(t *testing.T) {
	t.Parallel()
	for _, actor := range []string{"postgres", "boss"} {
		t.Run(actor, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, oldCluster...)
			conn := c.connect(actor, warehouse, "")
			given := c.syncAs(conn, addSpec, true)
			for _, s := range given.Plan.Statements {
				if mark := s.Mark(); mark == script.Takes && !s.Section.IsTemporary() {
					t.Errorf("add takes something: %s", script.Summary(s.Change))
				}
			}
			c.can("carol", `DELETE FROM sales.orders`)
			c.can("bob", `DELETE FROM sales."odd name"`)
			c.hasStill()
			for _, left := range []string{
				"role ann: INSERT on TABLE sales.orders", "role ann: SELECT on TABLE sales.orders (which the spec gives it in another way)",
				"role ann: the end of its password", "role ann: the setting statement_timeout", "role bob: its login", "role bob: CONNECTION LIMIT 7, which is to be 3",
				`role bob: the membership in role "team"`, `role other: the membership in role "team"`, "role bob: UPDATE on column note of TABLE sales.orders",
				`role bob: SELECT on new TABLES of role "boss" in SCHEMA sales`, "everyone (PUBLIC): TEMPORARY on DATABASE warehouse",
			} {
				if !strings.Contains(leftText(given.Plan.Left), left) {
					t.Errorf("what is left lacks %q:\n%s", left, leftText(given.Plan.Left))
				}
			}
			again, err := Plan(context.Background(), conn, parse(t, addSpec), Options{})
			if actor == "boss" { // who may not read what is stored
				again.Left = slices.DeleteFunc(again.Left, func(l catalog.Left) bool {
					return l == catalog.Left{Role: "carol", What: "its password, which can not be read to be compared"}
				})
			}
			if err != nil || !again.IsEmpty() || leftText(again.Left) != leftText(given.Plan.Left) {
				t.Errorf("the second run: %v, %d statements, left:\n%s\nbefore:\n%s", err, len(again.Statements), leftText(again.Left), leftText(given.Plan.Left))
			}
			if _, err := Sync(context.Background(), conn, parse(t, addSpec), Options{Mode: spec.ModeSync}); err != nil {
				t.Fatal(err)
			}
			c.can("ann", `SELECT FROM sales.orders`)
			c.cannot("ann", `INSERT INTO sales.orders DEFAULT VALUES`)
			c.cannot("bob", `SELECT`)
			c.cannot("carol", `DELETE FROM sales.orders`)
			c.can("other", `SELECT FROM sales.orders`)
			c.cannot("other", `DELETE FROM sales.orders`)
		})
	}
}

// hasStill looks whether all have what they had.
func (c *cluster) hasStill() {
	c.Helper()
	c.can("ann", `INSERT INTO sales.orders DEFAULT VALUES`)
	c.can("ann", `GRANT INSERT ON sales.orders TO other`)
	c.can("bob", `UPDATE sales.orders SET note = ''`)
	c.can("bob", `SELECT FROM sales."odd name"`)
	c.can("bob", `DELETE FROM sales.orders`)
	c.can("bob", `CREATE TEMP TABLE t ()`)
	c.can("other", `SELECT FROM sales.orders`)
	c.can("other", `DELETE FROM sales.orders`)
	if !one[bool](c, `SELECT rolvaliduntil IS NULL OR rolvaliduntil = 'infinity' FROM pg_roles WHERE rolname = 'ann'`) {
		c.Errorf("the password of ann has an end")
	}
	if got := one[int](c, `SELECT rolconnlimit FROM pg_roles WHERE rolname = 'bob'`); got != 7 {
		c.Errorf("bob has CONNECTION LIMIT %d", got)
	}
	if got := one[string](c, `SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = 'ann'::regrole`); got != `{statement_timeout=9s,work_mem=8MB}` {
		c.Errorf("the settings of ann are %s", got)
	}
}

func leftText(left []catalog.Left) string {
	return strings.Join(texts(left, catalog.Left.String), "\n")
}

// TestModeAddAndColumnsOfAnOwner: an owner has on columns what it has on the table, so that add gives it nothing there,
// which would stay with the next owner.
func TestModeAddAndColumnsOfAnOwner(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE owner`, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int, b int)`, `ALTER TABLE s.t OWNER TO owner`)
	const yaml = `version: 1
roles: {owner: {direct_grants: ["REFERENCES (b) ON TABLE s.t"], owns: []}}
`
	for _, mode := range []spec.Mode{spec.ModeAdd, spec.ModeSync} {
		if _, err := Sync(context.Background(), c.super, parse(t, yaml), Options{Mode: mode}); err != nil {
			t.Fatal(err)
		}
	}
	if got := one[string](c, `SELECT attacl::text FROM pg_attribute WHERE attrelid = 's.t'::regclass AND attname = 'b'`); got != `{owner=x/postgres}` {
		t.Errorf("column b has the ACL %s", got)
	}
}

// TestModeAddAndOwners: the connecting role gives what it owns, to who is named. Nobody else loses an ownership.
func TestModeAddAndOwners(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO boss`, `SET ROLE boss`, `CREATE ROLE keeper`, `CREATE ROLE old`, `GRANT keeper, old TO boss`,
		`CREATE SCHEMA mine`, `CREATE TABLE mine.t (id serial)`, `GRANT SELECT ON mine.t TO old`, `RESET ROLE`, `CREATE SCHEMA theirs AUTHORIZATION old`, `CREATE TABLE theirs.t ()`,
		`ALTER TABLE theirs.t OWNER TO old`)
	conn := c.connect("boss", warehouse, "")
	const text = "version: 1\nmode: add\nroles:\n  old: {owns: []}\n  keeper: {owns: [SCHEMA mine, TABLE mine.t, SCHEMA fresh, TABLE theirs.t]}\n"
	given := c.syncAs(conn, text, true)
	for object, owner := range map[string]string{"mine.t": "keeper", "mine.t_id_seq": "keeper", "theirs.t": "old"} {
		if got := one[string](c, `SELECT relowner::regrole::text FROM pg_class WHERE oid = $1::regclass`, object); got != owner {
			t.Errorf("%s is owned by %s, not %s", object, got, owner)
		}
	}
	for schema, owner := range map[string]string{"mine": "keeper", "fresh": "keeper", "theirs": "old"} {
		if got := one[string](c, `SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = $1`, schema); got != owner {
			t.Errorf("schema %s is owned by %s, not %s", schema, got, owner)
		}
	}
	if text := leftText(given.Plan.Left); !strings.Contains(text, `role old: the ownership of TABLE theirs.t, which "keeper" is to own`) || !strings.Contains(text, "role old: the ownership of SCHEMA theirs") ||
		!strings.Contains(text, "role old: SELECT on TABLE mine.t") {
		t.Errorf("left:\n%s", text)
	}
	c.syncAs(conn, text, false)
}

// TestModeIsChecked: a mode that there is not is refused, from Go too.
func TestModeIsChecked(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for _, o := range []Options{{Mode: "ad"}, {Mode: "sync "}} {
		if _, err := Plan(context.Background(), c.super, parse(t, "version: 1\nroles: {}\n"), o); err == nil || !strings.Contains(err.Error(), "neither spec.ModeSync nor spec.ModeAdd") {
			t.Errorf("%q: %v", o.Mode, err)
		}
	}
}
