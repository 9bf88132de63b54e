package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// reading is a spec of alice who may read two tables by way of privilege roles.
const reading = aliceLogin + "    grants:\n      - CONNECT ON DATABASE warehouse\n      - USAGE ON SCHEMA sales\n      - SELECT ON TABLE sales.orders, sales.parts\n"

var pruneSetup = []string{`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE TABLE sales.parts (a int)`}

// prune prunes; whether anything was done must be as expected.
func (c *cluster) prune(conn *pgx.Conn, applies bool) {
	c.Helper()
	result, err := Prune(context.Background(), conn, spec.DefaultLockKey, Options{})
	if err != nil {
		c.Fatal(err)
	}
	if result.Applied != applies {
		c.Errorf("applied: %v, but expected %v; statements:%s", result.Applied, applies, statementsOf(result))
	}
}

// privilegeRoles lists all roles that are named like privilege roles.
func (c *cluster) privilegeRoles() []string {
	c.Helper()
	rows, _ := c.super.Query(context.Background(), `SELECT rolname::text FROM pg_roles WHERE left(rolname::text, 6) = '_pgsr_' ORDER BY 1`)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		c.Fatal(err)
	}
	return names
}

func TestPrune(t *testing.T) {
	t.Parallel()
	c := newCluster(t, pruneSetup...)
	c.sync(reading, true)
	all := c.privilegeRoles()
	if len(all) != 4 {
		t.Fatalf("privilege roles: %q", all)
	}
	c.unchanged(func() { c.prune(c.super, false) })
	gone := one[string](c, `SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE oid = 'sales.parts'::regclass AND grantee <> relowner`)
	c.exec(`DROP TABLE sales.parts`)
	plan, err := PlanPrune(context.Background(), c.super, Options{})
	if err != nil || len(plan.Statements) != 1 || plan.InSync() {
		t.Fatalf("planned: %+v, %v", plan, err)
	}
	c.prune(c.super, true)
	if left := c.privilegeRoles(); !slices.Equal(left, slices.DeleteFunc(all, func(name string) bool { return name == gone })) {
		t.Errorf("left are %q; %s was to go", left, gone)
	}
	c.can("alice", `SELECT FROM sales.orders`)
	c.unchanged(func() { c.prune(c.super, false) })
	c.exec(`CREATE TABLE sales.parts (a int)`)
	c.sync(reading, true)
	c.can("alice", `SELECT FROM sales.parts`)
}

// TestPruneLeavesOthers: everything but the privilege roles of this database that nothing refers to.
func TestPruneLeavesOthers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, append(pruneSetup, `CREATE DATABASE elsewhere`, `CREATE ROLE group_of_others`)...)
	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	other := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = 'elsewhere'`)
	local := func(form string) string { return fmt.Sprintf(form, here) }
	stay := map[string][]string{
		fmt.Sprintf("_pgsr_local_%d_table_select_00000001", other): nil,
		fmt.Sprintf("_pgsr_local_%d0_table_select_00000002", here): nil,
		"_pgsr_global_database_connect_00000003":                   nil,
		local("_pgsr_local_%d_table_select_00000004"):              {`GRANT SELECT ON sales.parts TO $who`},
		local("_pgsr_local_%d_table_select_00000005"):              {`GRANT SELECT (a) ON sales.parts TO $who`},
		local("_pgsr_local_%d_schema_create_00000006"):             {`CREATE SCHEMA theirs AUTHORIZATION $who`},
		local("_pgsr_local_%d_table_select_00000007"):              {`ALTER DEFAULT PRIVILEGES FOR ROLE $who GRANT SELECT ON TABLES TO PUBLIC`},
		local("_pgsr_local_%d_table_select_00000008"):              {`GRANT CONNECT ON DATABASE elsewhere TO $who`},
		local("_pgsr_local_%d_table_select_000000009"):             nil,
		local("_pgsr_local_%d_table_select_0000000G"):              nil,
		local("_pgsr_local_%d_table_select"):                       nil,
		local("_pgsr_local_%d_table_select_0000000a_x"):            nil,
		local("x_pgsr_local_%d_table_select_0000000b"):             nil,
		local("_pgsr_admin_%d_table_select_0000000c"):              nil,
	}
	for name, given := range stay {
		c.exec(`CREATE ROLE ` + id(name))
		c.give(given, name)
	}
	there := c.connect("postgres", "elsewhere", "")
	abroad := local("_pgsr_local_%d_table_select_0000000d")
	for _, statement := range []string{`CREATE ROLE ` + abroad, `CREATE TABLE t (a int)`, `GRANT SELECT ON t TO ` + abroad} {
		mustExec(t, there, statement)
	}
	before := c.fingerprint()
	// These go: with members, with a membership, whatever the privilege.
	for i, given := range [][]string{nil, {`GRANT $who TO group_of_others`}, {`GRANT group_of_others TO $who`}, {`COMMENT ON ROLE $who IS 'x'`}} {
		name := fmt.Sprintf("_pgsr_local_%d_sequence_usage_%08x", here, 0xabcdef00+i)
		c.exec(`CREATE ROLE ` + name)
		c.give(given, name)
	}
	c.prune(c.super, true)
	if after := c.fingerprint(); after != before {
		t.Errorf("more or less than that is gone:\n%s", strings.Join(diffLines(strings.Split(before, "\n"), strings.Split(after, "\n")), "\n"))
	}
	c.prune(c.super, false)
}

// TestPruneUnderTheLock: it waits for others when there is something to do, and for nobody when there is not.
func TestPruneUnderTheLock(t *testing.T) {
	t.Parallel()
	c := newCluster(t, pruneSetup...)
	c.sync(reading, true)
	holder := c.asPostgres()
	mustExec(t, holder, `SELECT pg_advisory_lock(1)`)
	c.prune(c.super, false)
	c.exec(`DROP TABLE sales.parts`)
	var err error
	c.unchanged(func() {
		_, err = Prune(context.Background(), c.super, spec.DefaultLockKey, Options{LockTimeout: 200 * time.Millisecond})
	})
	if server := (*pgconn.PgError)(nil); !asPgError(err, &server) || server.Code != "55P03" {
		t.Errorf("while another session holds the lock: %v", err)
	}
	mustExec(t, holder, `SELECT pg_advisory_unlock(1)`)
	c.prune(c.super, true)
}

func TestPruneByNonSuperuser(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	admin := c.admin()
	for _, statement := range pruneSetup {
		mustExec(t, admin, statement)
	}
	c.syncAs(admin, strings.Replace(reading, "{password: {env: PASSWORD}}", "{}", 1), true)
	mustExec(t, admin, `DROP TABLE sales.parts`)
	c.prune(admin, true)
	c.prune(admin, false)

	here := one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`)
	theirs := fmt.Sprintf("_pgsr_local_%d_table_select_0000000a", here)
	c.exec(`CREATE ROLE ` + theirs) // from 16 on admin may not drop it
	_, err := Prune(context.Background(), admin, spec.DefaultLockKey, Options{})
	var refusal *planner.Refusal
	switch {
	case c.major < 16 && err != nil:
		t.Errorf("with CREATEROLE: %v", err)
	case c.major >= 16 && (!errors.As(err, &refusal) || !strings.Contains(err.Error(), theirs)):
		t.Errorf("without ADMIN OPTION: %v", err)
	}
}
