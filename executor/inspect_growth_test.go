package executor

import (
	"context"
	"regexp"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// rowsRead counts what was read of the catalogs that grow, by scans of them and of their indexes, in rows that there
// are: by the transaction, and by those before it of the session that it has not told the server's statistics of,
// which it does once a second.
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-FUNCTIONS
const rowsRead = `
	SELECT c.relname, sum(pg_stat_get_xact_tuples_returned(i.oid))::bigint
	FROM pg_class AS c
	CROSS JOIN LATERAL (SELECT c.oid UNION SELECT indexrelid FROM pg_index WHERE indrelid = c.oid) AS i (oid)
	WHERE c.oid IN ('pg_authid'::regclass, 'pg_auth_members'::regclass, 'pg_class'::regclass, 'pg_shdepend'::regclass, 'pg_attribute'::regclass)
	GROUP BY c.relname ORDER BY c.relname`

// TestInspectReadsEachCatalogAFewTimes is about a cluster that has grown since its statistics were taken, as it has
// right after a large apply: the server takes the catalogs for small, and a plan of its choice may read all of one
// for each role.
func TestInspectReadsEachCatalogAFewTimes(t *testing.T) {
	t.Parallel()
	const tables = 600
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE ROLE a`, `ANALYZE`, `DO $$ BEGIN FOR i IN 1..600 LOOP
			EXECUTE format('CREATE TABLE s.t%s ()', i);
			EXECUTE format('CREATE ROLE "_pgsr_local_1_table_select_%s" ROLE a', lpad(i::text, 8, '0'));
			EXECUTE format('GRANT SELECT ON s.t%s TO "_pgsr_local_1_table_select_%s"', i, lpad(i::text, 8, '0'));
		END LOOP; END $$`)
	narrow := catalog.Scope{Roles: []string{"a"}, Contents: tablesIn("s"), Passwords: true}
	part, whole := inspect.Scoped, inspect.Whole
	for name, of := range map[string]struct {
		scope   catalog.Scope
		reading inspect.Reading
	}{"narrow": {narrow, part}, "wide": {wide(narrow), part}, "everything": {narrow, whole}, "unknown": {narrow, inspect.Unknown}} {
		ctx, conn := context.Background(), c.connect("postgres", warehouse, "") // each counts for itself
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got, err := inspect.CatalogWithin(ctx, &wire.Transaction{Session: wire.Session{Conn: conn}}, of.scope, &of.reading)
		if err != nil {
			t.Fatal(err)
		}
		if objectsIn(got, "s") != tables || len(got.Members) < tables {
			t.Errorf("%s: %d objects and members of %d roles were read", name, len(got.Objects), len(got.Members))
		}
		for relation, read := range readOf(t, tx) {
			// There are 600 tables, 400 other relations with 3,000 columns and 8 of each of the 600.
			if read > 40*tables {
				t.Errorf("%s: %d rows of %s were read, all of it: %v", name, read, relation, of.reading == inspect.Whole)
			}
		}
		if err := tx.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestManyRolesAreLookedUpByHash: where a large scope is not read whole, for its effect, say, the memberships to show
// are not compared with each of its roles. The server may see in a setting how many these are.
func TestManyRolesAreLookedUpByHash(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ctx := context.Background()
	tx, err := c.super.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	for _, sql := range []string{
		gen.ScopeStart,
		`SELECT set_config('pgsr.scope', array_agg(i)::text, true), set_config('pgsr.actor', '10', true), set_config('pgsr.superuser', 'true', true) FROM generate_series(20000, 40000) AS i`,
		`SELECT set_config('pgsr.' || n, '{}', true) FROM unnest(ARRAY['granted', 'reached', 'connecting', 'holders', 'doers']) AS n`,
		"PREPARE memberships AS " + gen.ScopeMemberships,
	} {
		if _, err := tx.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%v: %s", err, sql)
		}
	}
	plan := explain(t, tx, "EXECUTE memberships (false, NULL, NULL)")
	if !regexp.MustCompile(`Filter: .*hashed SubPlan.* IS NOT TRUE`).MatchString(plan) {
		t.Errorf("memberships are compared with all roles of the scope:\n%s", plan)
	}
}

// readOf gives the rows that were read, by relation.
func readOf(t *testing.T, tx pgx.Tx) map[string]int {
	t.Helper()
	rows, err := tx.Query(context.Background(), rowsRead)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int{}
	var relation string
	var read int
	if err := wire.Each(rows, []any{&relation, &read}, func() { all[relation] = read }); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLookReadsFewRoles: to see that nothing is to be done for one role takes no look at the others, also where the
// session has prepared its statements when there were few roles.
func TestLookReadsFewRoles(t *testing.T) {
	t.Parallel()
	const roles = 2000
	c := newCluster(t, `CREATE ROLE r0`)
	look := func() int {
		ctx := context.Background()
		tx, err := c.super.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(ctx)
		before := readOf(t, tx)["pg_authid"]
		seen, err := inspect.DriftWithin(ctx, &wire.Transaction{Session: wire.Session{Conn: c.super}}, catalog.Scope{Roles: []string{"r0"}, Passwords: true})
		if err != nil || seen.Catalog == nil {
			t.Fatalf("%+v, %v", seen, err)
		}
		return readOf(t, tx)["pg_authid"] - before
	}
	look()
	c.exec(`DO $$ BEGIN FOR i IN 1..2000 LOOP EXECUTE format('CREATE ROLE r%s', i); END LOOP; END $$`)
	if read := look(); read > roles/10 {
		t.Errorf("of %d roles %d rows were read", roles, read)
	}
}

// TestWrittenRolesReadFewRoles: neither does it take a look at the others to see what was written of one role.
func TestWrittenRolesReadFewRoles(t *testing.T) {
	t.Parallel()
	const roles = 2000
	c := newCluster(t, `CREATE ROLE r0`, `CREATE ROLE team`, `GRANT team TO r0`)
	read := func() map[string]int {
		ctx := context.Background()
		tx, err := c.super.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(ctx)
		before := readOf(t, tx)
		written := inspect.NewRolesWritten(c.super, []string{"r0"}, catalog.New(catalog.Server{}))
		err = wire.Session{Conn: c.super}.RoundTrip(ctx, wire.Queries(written.Queries()...)...)
		if err != nil || written.Roles["r0"] == nil || len(written.Members) != 1 {
			t.Fatalf("%+v, %v", written, err)
		}
		after := readOf(t, tx)
		for relation := range after {
			after[relation] -= before[relation]
		}
		return after
	}
	read()
	c.exec(`CREATE TABLE t ()`, `DO $$ BEGIN FOR i IN 1..2000 LOOP
			EXECUTE format('CREATE ROLE r%s IN ROLE team', i);
			IF i < 400 THEN EXECUTE format('GRANT SELECT ON t TO r%s', i); END IF;
		END LOOP; END $$`)
	for relation, rows := range read() {
		if rows > roles/10 {
			t.Errorf("with %d other roles, %d rows of %s were read", roles, rows, relation)
		}
	}
}
