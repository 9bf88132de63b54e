package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// lacking names things that do not exist, one a line, beside some that do.
const lacking = `version: 1
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
	7: `No; such`, 8: `nowhere.orders`, 9: `SCHEMA nowhere`, 10: `DATABASE atlantis`, 11: `TABLE sales.numbers`, 12: `SEQUENCE sales.orders`,
	14: `SCHEMA Not there`, 16: `TABLE sales.mine`,
}

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
	err := c.syncError(c.super, lacking, Options{RefuseMissing: true})
	var missing *MissingError
	if !errors.As(err, &missing) || len(missing.Missing) != len(lackingLines) {
		t.Fatalf("got %v", err)
	}
	lines := strings.Split(err.Error(), "\n")
	checkMissing(t, lines[1:])
	c.refuses("alice", password)
	if _, err := Plan(context.Background(), c.super, parse(t, lacking), Options{RefuseMissing: true}); !errors.As(err, &missing) {
		t.Errorf("planning: %v", err)
	}
}

// TestMissingByKind: a name that is another kind of object says so, which is the usual reason why it is not found.
func TestMissingByKind(t *testing.T) {
	t.Parallel()
	c := newLacking(t)
	mistaken := aliceLogin + "    grants: [USAGE ON SCHEMA sales, SELECT ON TABLE sales.numbers, USAGE ON SEQUENCE sales.orders]\n"
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
	err := c.syncError(c.super, maintain, Options{})
	problems := spec.Errors(nil)
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "spec.yaml:7:") || !strings.Contains(err.Error(), "MAINTAIN") ||
		!strings.Contains(err.Error(), fmt.Sprintf("PostgreSQL %d", c.major)) {
		t.Errorf("got %v", err)
	}
}
