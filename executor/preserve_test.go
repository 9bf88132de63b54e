package executor

import (
	"fmt"
	"strings"
	"testing"
)

// scratch is a schema in whose contents alice is to keep what she has.
const scratchSchema = `"Scratch; ""x"""`

// newPreserve has things granted by hand in two schemas, to alice and to bob alike.
func newPreserve(t testing.TB) *cluster {
	t.Helper()
	c := newCluster(t,
		`CREATE SCHEMA sales`, `CREATE SCHEMA `+scratchSchema, `GRANT USAGE ON SCHEMA sales, `+scratchSchema+` TO PUBLIC`,
		`CREATE TABLE sales.orders (a int)`, `CREATE TABLE `+scratchSchema+`.t1 (a int)`, `CREATE TABLE `+scratchSchema+`.t2 (a int, b int)`,
		`CREATE VIEW `+scratchSchema+`.t3 AS SELECT 1 AS a`, `CREATE SEQUENCE `+scratchSchema+`.numbers`,
	)
	c.people("bob", "carol")
	c.sync(preserving(""), true)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	scratch, sales := fmt.Sprintf("_pgsr_local_%d_table_select_00000001", here), fmt.Sprintf("_pgsr_local_%d_table_select_00000002", here)
	c.exec(`CREATE ROLE `+scratch, `CREATE ROLE `+sales, `GRANT SELECT ON `+scratchSchema+`.t3 TO `+scratch, `GRANT SELECT ON sales.orders TO `+sales)
	for _, who := range []string{"alice", "bob"} {
		c.give([]string{
			`GRANT SELECT ON ` + scratchSchema + `.t1 TO $who WITH GRANT OPTION`, `GRANT SELECT (a) ON ` + scratchSchema + `.t2 TO $who`,
			`GRANT USAGE ON SEQUENCE ` + scratchSchema + `.numbers TO $who`, `GRANT CREATE ON SCHEMA ` + scratchSchema + ` TO $who`,
			`GRANT ` + scratch + `, ` + sales + ` TO $who`, `GRANT INSERT ON sales.orders TO $who`,
		}, who)
	}
	c.as("alice", `GRANT SELECT ON `+scratchSchema+`.t1 TO carol`)
	return c
}

// preserving is a spec of alice and bob in which alice keeps what she has in the contents of a schema.
func preserving(schema string) string {
	text := aliceLogin
	if schema != "" {
		text += fmt.Sprintf("    preserve_in_schemas: [%q]\n", schema)
	}
	return text + "  bob:\n    login: {password: {env: PASSWORD}}\n"
}

// inScratch is what is on the contents of the schema; notInScratch what is elsewhere, or on the schema itself.
var (
	inScratch = []string{
		`SELECT FROM ` + scratchSchema + `.t1`, `SELECT a FROM ` + scratchSchema + `.t2`, `SELECT FROM ` + scratchSchema + `.t3`,
		`SELECT nextval('` + scratchSchema + `.numbers')`,
	}
	notInScratch = []string{`CREATE TABLE ` + scratchSchema + `.made (a int)`, `SELECT FROM sales.orders`, `INSERT INTO sales.orders VALUES (1)`}
)

func TestPreserve(t *testing.T) {
	t.Parallel()
	c := newPreserve(t)
	for _, who := range []string{"alice", "bob"} {
		for _, sql := range append(notInScratch, inScratch...) {
			c.can(who, sql)
		}
	}
	c.sync(preserving(`Scratch; "x"`), true)
	for _, sql := range inScratch {
		c.can("alice", sql)
		c.cannot("bob", sql)
	}
	for _, sql := range notInScratch {
		c.cannot("alice", sql)
		c.cannot("bob", sql)
	}
	if !one[bool](c, `SELECT has_table_privilege('alice', $1, 'SELECT WITH GRANT OPTION')`, scratchSchema+".t1") {
		t.Error("the grant option was not kept")
	}
	c.can("carol", inScratch[0])
	c.unchanged(func() { c.sync(preserving(`Scratch; "x"`), false) })

	c.exec(`GRANT DELETE ON `+scratchSchema+`.t1 TO alice`, `CREATE TABLE `+scratchSchema+`.t4 (a int)`, `GRANT ALL ON `+scratchSchema+`.t4 TO alice`)
	c.sync(preserving(`Scratch; "x"`), false) // what is granted later is left alone, too
	c.sync(preserving(""), true)
	for _, sql := range inScratch {
		c.cannot("alice", sql)
	}
	c.can("carol", inScratch[0])
}

// TestPreserveAndGrant: what is declared in such a schema is granted, and stays when it is no longer declared.
func TestPreserveAndGrant(t *testing.T) {
	t.Parallel()
	c := newPreserve(t)
	declared := "missing: warn\n" + aliceLogin + "    preserve_in_schemas: ['Scratch; \"x\"', not there]\n    grants: ['SELECT ON " + scratchSchema + ".t2']\n" +
		"    direct_grants: ['INSERT ON " + scratchSchema + ".t1']\n"
	c.sync(declared, true)
	for _, sql := range append(inScratch, `SELECT b FROM `+scratchSchema+`.t2`, `INSERT INTO `+scratchSchema+`.t1 VALUES (1)`) {
		c.can("alice", sql)
	}
	c.sync(declared, false)
	c.sync(preserving(`Scratch; "x"`), true)
	c.can("alice", `SELECT b FROM `+scratchSchema+`.t2`)
	c.can("alice", `INSERT INTO `+scratchSchema+`.t1 VALUES (1)`)
}

// TestPreserveKeepsGrantsAndNoOwnership: who owns what is the spec's to say, in such a schema as well.
func TestPreserveKeepsGrantsAndNoOwnership(t *testing.T) {
	t.Parallel()
	c := newPreserve(t)
	c.exec(`CREATE TABLE `+scratchSchema+`.mine (a int)`, `ALTER TABLE `+scratchSchema+`.mine OWNER TO alice`)
	c.can("alice", alter(scratchSchema+`.mine`))
	nothing := strings.Replace(preserving(`Scratch; "x"`), "  bob:", "    owns: []\n  bob:", 1)
	c.sync(nothing, true)
	c.cannot("alice", alter(scratchSchema+`.mine`))
	c.sync(nothing, false)
}

// TestPreserveByWayOfRolesWithMore: also what a role has by way of one that is named as a privilege role, and has
// several privileges, an option, or a column, is left alone; such a role for what lies elsewhere is not.
func TestPreserveByWayOfRolesWithMore(t *testing.T) {
	t.Parallel()
	c := newPreserve(t)
	given := map[string]string{
		"several": `GRANT SELECT, INSERT ON ` + scratchSchema + `.t1 TO %s`,
		"option":  `GRANT UPDATE ON ` + scratchSchema + `.t1 TO %s WITH GRANT OPTION`,
		"column":  `GRANT SELECT (a) ON ` + scratchSchema + `.t2 TO %s`,
		"mixed":   `GRANT DELETE ON ` + scratchSchema + `.t1 TO %s; GRANT USAGE ON SCHEMA elsewhere TO %[1]s`,
		"other":   `GRANT USAGE, CREATE ON SCHEMA elsewhere TO %s`,
	}
	c.exec(`CREATE SCHEMA elsewhere`)
	for name, grant := range given {
		role := id("_pgsr_" + name)
		c.exec(`CREATE ROLE `+role, fmt.Sprintf(grant, role), `GRANT `+role+` TO alice, bob`)
	}
	result := c.sync(preserving(`Scratch; "x"`), true)
	for name := range given {
		if keeps := c.isMember("alice", "_pgsr_"+name); keeps != (name != "other") {
			t.Errorf("alice is a member of the role with %s: %v", name, keeps)
		}
		if c.isMember("bob", "_pgsr_"+name) {
			t.Errorf("bob, for whom nothing is preserved, is a member of the role with %s", name)
		}
	}
	want := `role "alice" keeps something on SCHEMA elsewhere: it has that by the same membership as what is left alone on TABLE "Scratch; ""x""".t1, and pgsr explain says by which`
	if warnings := result.Plan.Warnings; len(warnings) != 1 || warnings[0] != want {
		t.Errorf("warnings: %q", warnings)
	}
	c.sync(preserving(`Scratch; "x"`), false)
}
