package executor

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
)

// keptBy counts the statements of ours that a session keeps.
func (c *cluster) keptBy(conn *pgx.Conn) (count int) {
	c.Helper()
	rows, err := conn.Query(context.Background(), `SELECT name FROM pg_prepared_statements WHERE left(name::text, 5) = 'pgsr_'`, pgx.QueryExecModeExec)
	if err != nil {
		c.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		c.Fatal(err)
	}
	return len(names)
}

// guest is a spec of one role.
func guest(name string) string {
	return fmt.Sprintf("version: 1\nroles:\n  %s:\n    grants: [CONNECT ON DATABASE warehouse]\n", name)
}

func TestSessionKeepsTheStatementsOfASmallScope(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	conn, counted := c.asCounted("postgres")
	c.syncAs(conn, guest("first"), true)
	before := c.keptBy(conn)
	if before < 10 {
		t.Errorf("%d statements are kept", before)
	}
	for i := range 8 { // the server would plan one with parameters for each call five times
		c.syncAs(conn, guest(fmt.Sprintf("r%d", i)), true)
		c.syncAs(conn, guest(fmt.Sprintf("r%d", i)), false)
	}
	for name, forgets := range map[string]string{"all": `DISCARD ALL`, "all statements": `DEALLOCATE ALL`} {
		mustExec(t, conn, forgets)
		counted.trips.Store(0)
		c.syncAs(conn, guest("first"), false)
		if n := counted.trips.Load(); n != 3 || c.keptBy(conn) == 0 {
			t.Errorf("after %s was forgotten it took %d round trips; %d statements are kept", name, n, c.keptBy(conn))
		}
		mustExec(t, conn, forgets)
		c.syncAs(conn, guest("after_"+forgets[:4]), true)
	}
	if err := conn.QueryRow(context.Background(), `SELECT set_config('search_path', '$user', false)`).Scan(new(string)); err != nil {
		t.Fatal(err)
	}
	c.syncAs(conn, guest("elsewhere"), true)
	if after := c.keptBy(conn); after == 0 || after > before {
		t.Errorf("%d statements were kept, and %d are", before, after)
	}
}

// TestSessionThatHasForgottenSome is about a pooler that gives another session, which has served others of us.
func TestSessionThatHasForgottenSome(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.sync(guest("first"), true)
	rows, err := c.super.Query(context.Background(), `SELECT name FROM pg_prepared_statements WHERE left(name::text, 5) = 'pgsr_'`, pgx.QueryExecModeExec)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if _, err := c.super.Exec(context.Background(), `DEALLOCATE `+name, pgx.QueryExecModeExec); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			c.sync(guest("first"), false)
		} else {
			c.sync(guest(fmt.Sprintf("r%d", i)), true)
		}
	}
}

// TestStatementsAreKeptWherePgxKeepsIts: elsewhere a pooler may give each transaction another session.
func TestStatementsAreKeptWherePgxKeepsIts(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, change := range []func(*pgx.ConnConfig){
		func(config *pgx.ConnConfig) { config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe },
		func(config *pgx.ConnConfig) { config.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec },
		func(config *pgx.ConnConfig) { config.DefaultQueryExecMode = pgx.QueryExecModeExec },
		func(config *pgx.ConnConfig) { config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol },
		func(config *pgx.ConnConfig) {
			config.StatementCacheCapacity, config.DefaultQueryExecMode = 0, pgx.QueryExecModeExec
		},
	} {
		config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, ""))
		if err != nil {
			t.Fatal(err)
		}
		change(config)
		conn, err := pgx.ConnectConfig(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(context.Background()) })
		for n := range 2 {
			c.syncAs(conn, guest(fmt.Sprintf("r%d_%d", i, n)), true)
			c.syncAs(conn, guest(fmt.Sprintf("r%d_%d", i, n)), false)
		}
		if n := c.keptBy(conn); n != 0 {
			t.Errorf("in mode %v, %d statements are kept", config.DefaultQueryExecMode, n)
		}
	}
}

// TestFailureBetweenKeptStatements: of those behind it the server has not heard, and what was in its transaction is
// not undone for those before it.
func TestFailureBetweenKeptStatements(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE PASSWORD '`+password+`'`, `ALTER DATABASE warehouse OWNER TO boss`)
	boss := c.connect("boss", warehouse, password)
	const denied = `REVOKE EXECUTE ON FUNCTION pg_catalog.aclexplode(aclitem[]) FROM PUBLIC`
	c.exec(denied)
	if _, err := Plan(context.Background(), boss, parse(t, guest("a")), Options{}); !isDenied(err) {
		t.Fatalf("the server has not failed in the middle: %v", err)
	}
	few := c.keptBy(boss)
	c.exec(`GRANT EXECUTE ON FUNCTION pg_catalog.aclexplode(aclitem[]) TO PUBLIC`)
	c.syncAs(boss, guest("a"), true)
	c.syncAs(boss, guest("a"), false)
	if all := c.keptBy(boss); few == 0 || few >= all {
		t.Errorf("%d statements were kept before the failure, and %d when there was none: this proves nothing", few, all)
	}
	c.exec(denied)
	if _, err := Plan(context.Background(), boss, parse(t, guest("b")), Options{}); !isDenied(err) {
		t.Fatalf("the server has not failed in the middle: %v", err)
	}
	c.exec(`GRANT EXECUTE ON FUNCTION pg_catalog.aclexplode(aclitem[]) TO PUBLIC`)
	c.syncAs(boss, guest("b"), true)
}

// TestLargeScopeIsPlannedForItself: after many small ones on the same connection.
func TestLargeScopeIsPlannedForItself(t *testing.T) {
	t.Parallel()
	needs(t, 14, "counts of kept plans")
	c := newCluster(t)
	for i := range 8 {
		c.sync(guest(fmt.Sprintf("r%d", i)), true)
	}
	calls := func() (count int64) {
		return one[int64](c, `SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint FROM pg_prepared_statements
			WHERE left(name::text, 5) = 'pgsr_' AND statement ~ 'name: (Scope|Roles|Memberships|Objects|Items)'`)
	}
	before := calls()
	scope := catalog.Scope{Mentioned: []string{"r1"}}
	for i := range 1001 {
		scope.Roles = append(scope.Roles, fmt.Sprintf("r%d", i))
	}
	got := inspectReading(t, c.super, scope, inspect.Scoped)
	if after := calls(); before == 0 || after != before {
		t.Errorf("what is kept for small scopes has run %d times, and %d after a large one", before, after)
	}
	if got.Roles["r7"] == nil {
		t.Error("role r7 was not read")
	}
}

// TestKeptPlansAreGoodForAClusterThatHasGrown: they were made when it was empty, and no statistics were taken since.
func TestKeptPlansAreGoodForAClusterThatHasGrown(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`)
	scope := catalog.Scope{
		Roles: []string{"a"}, Mentioned: []string{"b"}, Passwords: true,
		Objects: []catalog.ObjectID{{Kind: catalog.Database, Name: warehouse}, {Kind: catalog.Schema, Name: "s"}, tableID("s", "t1")},
	}
	inspected(t, c.super, scope)
	// In the same session, which would plan anew what it has missed too much of; a new schema does that, too.
	c.exec(`CREATE ROLE a`, `CREATE ROLE b ROLE a`, `DO $$ BEGIN FOR i IN 1..600 LOOP
			EXECUTE format('CREATE TABLE s.t%s (i int GENERATED ALWAYS AS IDENTITY)', i);
			EXECUTE format('CREATE ROLE "_pgsr_local_1_table_select_%s"', lpad(i::text, 8, '0'));
			EXECUTE format('CREATE ROLE member%s IN ROLE "_pgsr_local_1_table_select_%s"', i, lpad(i::text, 8, '0'));
			EXECUTE format('GRANT SELECT ON s.t%s TO "_pgsr_local_1_table_select_%s"', i, lpad(i::text, 8, '0'));
		END LOOP; END $$`, `GRANT _pgsr_local_1_table_select_00000001 TO a`)
	t.Run("no statistics since", func(t *testing.T) { c.readsLittle(t, scope) })
	c.exec(`ANALYZE`)
	t.Run("statistics", func(t *testing.T) { c.readsLittle(t, scope) })
}

// readsLittle reads a scope of a few among 600, as the last test makes them.
func (c *cluster) readsLittle(t *testing.T, scope catalog.Scope) {
	ctx := context.Background()
	tx, err := c.super.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	before := readOf(t, tx)
	got, err := inspect.CatalogWithin(ctx, &wire.Transaction{Session: wire.Session{Conn: c.super}}, scope, new(inspect.Reading))
	if err != nil {
		t.Fatal(err)
	}
	if objectsIn(got, "s") != 2 || len(got.Members["_pgsr_local_1_table_select_00000001"]) != 1 {
		t.Errorf("objects: %v; memberships: %v", got.Objects, got.Members)
	}
	for relation, read := range readOf(t, tx) {
		// There are 1,200 of most, and for columns the server has to look by itself.
		if read -= before[relation]; read > 500 {
			t.Errorf("%d rows of %s were read", read, relation)
		}
	}
}
