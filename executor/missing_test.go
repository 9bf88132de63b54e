package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// lacking names things that do not exist, one a line, beside some that do.
const lacking = `version: 1
missing: warn
roles:
  alice:
    login: {password: {env: PASSWORD}}
    grants:
      - USAGE ON SCHEMA sales
      - SELECT ON TABLE sales.orders, sales."No; such"
      - SELECT ON TABLE nowhere.orders
      - SELECT ON ALL TABLES IN SCHEMA nowhere, sales
      - CONNECT ON DATABASE atlantis
      - SELECT ON TABLE sales.numbers
      - USAGE ON SEQUENCE sales.orders
    direct_grants:
      - CREATE ON SCHEMA "Not there"
    owns:
      - TABLE sales.mine
      - SCHEMA made
`

var lackingLines = map[int]string{
	8: `TABLE sales."No; such"`, 9: `nowhere.orders`, 10: `SCHEMA nowhere`, 11: `DATABASE atlantis`, 12: `TABLE sales.numbers`, 13: `SEQUENCE sales.orders`,
	15: `SCHEMA "Not there"`, 17: `TABLE sales.mine`,
}

// refusing says nothing of what is missing.
var refusing = strings.Replace(lacking, "missing: warn\n", "\n", 1)

func newLacking(t testing.TB) *cluster {
	t.Helper()
	return newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE SEQUENCE sales.numbers`)
}

func TestMissingObjectsAreSkipped(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	warnings := c.sync(lacking, true).Plan.Warnings
	checkMissing(t, warnings)
	c.can("alice", `SELECT FROM sales.orders`)
	c.can("alice", `CREATE TABLE made.mine (a int)`)
	checkMissing(t, c.sync(lacking, false).Plan.Warnings) // in sync, and still worth saying

	c.exec(`CREATE TABLE sales.mine (a int)`, `CREATE SCHEMA nowhere`, `CREATE TABLE nowhere.orders (a int)`, `GRANT USAGE ON SCHEMA nowhere TO alice`)
	c.sync(lacking, true)
	c.can("alice", alter("sales.mine"))
	if !one[bool](c, `SELECT pg_has_role('alice', grantee, 'USAGE') FROM pg_class, aclexplode(relacl) WHERE oid = 'nowhere.orders'::regclass AND grantee <> relowner`) {
		t.Error("what exists by now was not granted")
	}
}

// checkMissing looks for one line for each thing that is missing, with its place in the file.
func checkMissing(t *testing.T, lines []string) {
	t.Helper()
	for number, what := range lackingLines {
		place := fmt.Sprintf("spec.yaml:%d:", number)
		found := 0
		for _, line := range lines {
			if strings.Contains(line, place) && strings.Contains(line, what) && strings.Contains(line, "does not exist") {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d lines say that %s at %s is missing:\n%s", found, what, place, strings.Join(lines, "\n"))
		}
	}
	if len(lines) != len(lackingLines) {
		t.Errorf("%d lines, expected %d:\n%s", len(lines), len(lackingLines), strings.Join(lines, "\n"))
	}
}

func TestMissingObjectsAreRefused(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	err := c.syncError(c.super, refusing)
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Missing) != len(lackingLines) {
		t.Fatalf("got %v", err)
	}
	lines := strings.Split(err.Error(), "\n")
	checkMissing(t, lines[1:])
	c.refuses("alice", password)
	if _, err := Plan(context.Background(), c.super, parse(t, lacking), Options{Missing: spec.RefuseMissing}); !errors.As(err, &missing) {
		t.Errorf("planning: %v", err)
	}
	if _, err := Plan(context.Background(), c.super, parse(t, refusing), Options{Missing: spec.WarnOfMissing}); err != nil {
		t.Error(err)
	}
}

// mistyped names things with a letter wrong, each with what is said to be meant.
var mistyped = []struct{ role, says string }{
	{`grants: [SELECT ON TABLE sales.order]`, `TABLE sales."order" does not exist in database "warehouse": did you mean sales.orders?`},
	{`grants: [SELECT ON TABLE sales.orderlines]`, `the nearest are sales."OrderLines", sales."Order Lines"`},
	{`grants: [SELECT ON TABLE sale.orders]`, `TABLE sale.orders does not exist in database "warehouse": did you mean sales.orders?`},
	{`grants: [SELECT ON TABLE sale.nothing]`, `there is no schema sale: did you mean sales?`},
	{`grants: [SELECT ON TABLE sales.number]`, `did you mean SEQUENCE sales.numbers?`},
	{`grants: [SELECT ON TABLE sales.countries]`, `did you mean "Reference".countries?`},
	{`grants: [SELECT ON TABLE sales.numbers]`, `it is a SEQUENCE: write ON SEQUENCE`},
	{`grants: [SELECT ON TABLE sales."Orders by number"]`, `does not exist in database "warehouse": it is an index, on which nothing can be granted: name its table`},
	{`grants: [SELECT ON ALL TABLES IN SCHEMA sales EXCEPT sales."Orders by number"]`, `matches nothing that the phrase is about: it is an index`},
	{`grants: [USAGE ON TYPE sales._orders]`, `it is an array type, on which nothing can be granted: name the type of its elements`},
	{`grants: [SELECT ON TABLE sales.address]`, `did you mean TYPE sales.address?`},
	{`grants: [SELECT ON TABLE sales.quite_another_thing]`, `TABLE sales.quite_another_thing does not exist in database "warehouse"`},
	{`direct_grants: [USAGE ON SCHEMA reference]`, `SCHEMA reference does not exist in database "warehouse": did you mean "Reference"?`},
	{`grants: [SELECT ON ALL TABLES IN SCHEMA slaes]`, `SCHEMA slaes does not exist in database "warehouse": did you mean sales?`},
	{`grants: [CONNECT ON DATABASE wharehouse]`, `DATABASE wharehouse does not exist: did you mean warehouse?`},
	{`owns: [TABLE sales.ordes]`, `did you mean sales.orders?`},
	{`preserve_in_schemas: [slaes]`, `spec.yaml:3:29: SCHEMA slaes does not exist in database "warehouse": did you mean sales?`},
	{`member_of: [analyst]`, `spec.yaml:3:19: role "analyst", of which "r" is to be a member, does not exist: did you mean "analysts"?`},
	{`member_of: [rr]`, `role "rr", of which "r" is to be a member, does not exist: did you mean "r"?`},
	{`grants: ["SELECT ON TABLES MATCHING 'fact_%' IN SCHEMA sales"]`, `there is no TABLE 'fact_%' in schema sales of database "warehouse": did you mean 'fact_.*', which matches 2?`},
	{`grants: ["SELECT ON TABLES MATCHING 'fact_*' IN SCHEMA sales"]`, `did you mean 'fact_.*', which matches 2?`},
	{`grants: ["SELECT ON TABLES MATCHING 'FACT_.*' IN SCHEMA sales"]`, `did you mean 'fact_.*', which matches 2?`},
	{`grants: ["SELECT ON TABLES MATCHING 'fact' IN SCHEMA sales"]`, `did you mean 'fact.*', which matches 2?`},
	{`grants: ["SELECT ON TABLES MATCHING 'fiction_%' IN SCHEMA sales"]`, `a pattern is a regular expression: did you mean 'fiction_.*'?`},
	{`owns: ["TABLES MATCHING 'fact_%' IN SCHEMA sales"]`, `did you mean 'fact_.*', which matches 2?`},
	{`grants: ["SELECT ON TABLES MATCHING 'fact_.*' IN SCHEMA sales, empty"]`, `there is no TABLE 'fact_.*' in schema empty of`},
}

// TestNearestNames: nothing is done, nothing that is there is lost, and what may have been meant is said, to whoever
// asks.
func TestNearestNames(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	c.exec(`CREATE SCHEMA "Reference"`, `CREATE SCHEMA empty`, `CREATE TABLE "Reference".countries ()`, `CREATE TABLE sales."Order Lines" ()`,
		`CREATE TABLE sales."OrderLines" ()`, `CREATE TABLE sales.fact_a ()`, `CREATE VIEW sales.fact_b AS SELECT 1`, `CREATE ROLE analysts`,
		`CREATE INDEX "Orders by number" ON sales.orders (a)`, `CREATE TYPE sales.address AS (street text)`,
		`CREATE TABLE sales.parts (a int) PARTITION BY RANGE (a)`,
		`CREATE ROLE r`, `GRANT SELECT ON sales.orders TO r`, `CREATE SCHEMA own AUTHORIZATION r`)
	all := mistyped
	if c.major >= 11 { // before that there are no indexes on these
		c.exec(`CREATE INDEX orders_in_parts ON sales.parts (a)`)
		all = append(slices.Clip(all), struct{ role, says string }{
			`grants: [SELECT ON TABLE sales.orders_in_parts]`, `it is an index, on which nothing can be granted: name its table`,
		})
	}
	admin := c.admin()
	for _, m := range all {
		for _, conn := range []*pgx.Conn{c.super, admin} {
			c.unchanged(func() {
				err := c.syncError(conn, "version: 1\nroles:\n  r: {"+m.role+"}\n")
				if missing := (*MissingError)(nil); !errors.As(err, &missing) || !strings.Contains(err.Error(), m.says) {
					t.Errorf("%s: got %v\nwant %s", m.role, err, m.says)
				}
			})
		}
	}
}

// TestMissingHeir is refused with the nearest name even where the run goes on without what is missing.
func TestMissingHeir(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE ann`, `CREATE ROLE archive`)
	for _, head := range []string{"", "missing: warn\n"} {
		c.unchanged(func() {
			err := c.syncError(c.super, "version: 1\n"+head+"roles:\n  ann: {absent: true, reassign_to: archiv}\n")
			missing, is := errors.AsType[*MissingError](err)
			if !is || missing.Missing[0].Heir != "archiv" {
				t.Fatal(err)
			}
			saysAll(t, err, `role "archiv", to which goes what role "ann" owns, does not exist: did you mean "archive"?`)
			if strings.Contains(err.Error(), "missing: warn") {
				t.Errorf("it says to go on without: %v", err)
			}
		})
	}
}

// TestMissingBesideContradictions: one run says both what is missing, with the nearest names, and what else is wrong.
func TestMissingBesideContradictions(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	const yaml = `version: 1
roles:
  r:
    member_of: [pg_read_all_dat]
    grants: [SELECT ON TABLE sales.order, SELECT ON TABLE sales.orders]
    owns: [TABLE sales.orders]
  s: {owns: [TABLE sales.orders]}
`
	for _, conn := range []*pgx.Conn{c.super, c.admin()} {
		c.unchanged(func() {
			err := c.syncError(conn, yaml)
			saysAll(t, err, `"pg_read_all_dat"`, `TABLE sales.orders is to be owned by "s" here and by "r"`, "nothing was done (missing: warn", `TABLE sales."order" does not exist`, `did you mean sales.orders?`)
			if missing, is := errors.AsType[*MissingError](err); !is || len(missing.Missing) != 1 {
				t.Errorf("missing: %v", missing)
			}
			if got := FailureOf(err); got != FailedSpec {
				t.Errorf("it is called %s", got)
			}
			err = c.syncError(conn, "missing: warn\n"+yaml)
			if _, is := errors.AsType[*MissingError](err); is {
				t.Errorf("what is only warned of is refused: %v", err)
			}
		})
	}
}

// TestWhatIsNeverMissing: all of an empty schema, schemas that are made, and roles of the spec.
func TestWhatIsNeverMissing(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	c.exec(`CREATE SCHEMA empty`)
	yaml := `version: 1
roles:
  r:
    member_of: [s, pg_monitor]
    owns: [SCHEMA made, ALL TABLES IN SCHEMA made]
    grants: [SELECT ON ALL TABLES IN SCHEMA empty, SELECT ON ALL SEQUENCES IN SCHEMA made]
    preserve_in_schemas: [made]
  s: {direct_grants: [USAGE ON SCHEMA made]}
`
	c.sync(yaml, true)
	c.sync(yaml, false)
}

// TestRolesThatOnlyMemberOfNames: are created where what is missing is warned of, and refused otherwise, also where
// others of the spec are left out.
func TestRolesThatOnlyMemberOfNames(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	const yaml = "version: 1\nroles:\n  r: {member_of: [group, other]}\n  other: {}\n"
	err := c.syncError(c.super, yaml)
	saysAll(t, err, `role "group", of which "r" is to be a member, does not exist`)
	only, err := parse(t, yaml).Restrict([]string{"r"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Plan(context.Background(), c.super, only, Options{})
	saysAll(t, err, `role "other", of which "r" is to be a member, does not exist: it is a role of the spec that this run leaves out`)
	result := c.sync("missing: warn\n"+yaml, true)
	if warnings := result.Plan.Warnings; len(warnings) != 1 || !strings.Contains(warnings[0], `role "group", of which "r" is to be a member, does not exist; it is created`) {
		t.Errorf("warnings: %q", warnings)
	}
	if !one[bool](c, `SELECT pg_has_role('r', 'group', 'MEMBER') AND pg_has_role('r', 'other', 'MEMBER')`) {
		t.Error("r is no member")
	}
	c.sync(yaml, false)
}

// TestMissingByKind: a name that is another kind of object says so, which is the usual reason why it is not found.
func TestMissingByKind(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	mistaken := "missing: warn\n" + aliceLogin + "    grants: [USAGE ON SCHEMA sales, SELECT ON TABLE sales.numbers, USAGE ON SEQUENCE sales.orders]\n"
	warnings := strings.Join(c.sync(mistaken, true).Plan.Warnings, "\n")
	for _, hint := range []string{"it is a SEQUENCE: write ON SEQUENCE", "it is a TABLE: write ON TABLE"} {
		if !strings.Contains(warnings, hint) {
			t.Errorf("no warning says %q:\n%s", hint, warnings)
		}
	}
	c.cannot("alice", `SELECT last_value FROM sales.numbers`)
}

// TestPrivilegeTheServerLacks: MAINTAIN came with 17. ALL means what there is.
func TestPrivilegeTheServerLacks(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	all := aliceLogin + "    grants:\n      - USAGE ON SCHEMA sales\n      - ALL ON TABLE sales.orders\n"
	c.sync(all, true)
	c.sync(all, false)
	c.can("alice", `SELECT FROM sales.orders; INSERT INTO sales.orders VALUES (1); TRUNCATE sales.orders`)
	maintain := aliceLogin + "    grants:\n      - USAGE ON SCHEMA sales\n      - SELECT, MAINTAIN ON TABLE sales.orders\n"
	if c.major >= 17 {
		c.can("alice", `REINDEX TABLE sales.orders`)
		c.sync(maintain, true)
		c.can("alice", `REINDEX TABLE sales.orders`)
		return
	}
	c.cannot("alice", `REINDEX TABLE sales.orders`)
	err := c.syncError(c.super, maintain)
	problems := spec.Errors(nil)
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "spec.yaml:7:") || !strings.Contains(err.Error(), "MAINTAIN") ||
		!strings.Contains(err.Error(), fmt.Sprintf("PostgreSQL %d", c.major)) {
		t.Errorf("got %v", err)
	}
}
