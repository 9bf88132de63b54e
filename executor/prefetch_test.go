package executor

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// prefetched reads everything, as for a spec that is about as much as there can be.
func prefetched(conn *pgx.Conn) *Prefetch {
	prefetch := StartPrefetch(context.Background(), conn, 1<<30)
	prefetch.Wait()
	return prefetch
}

// isFree tells whether a connection is outside of a transaction.
func isFree(conn *pgx.Conn) bool { return conn.IsClosed() || conn.PgConn().TxStatus() == 'I' }

// TestPrefetchChangesNoPlan: whatever is asked of a plan and whatever comes of it, it is what there is without
// prefetching, and the connection is free in the end.
func TestPrefetchChangesNoPlan(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE owner CREATEROLE LOGIN`, `ALTER DATABASE warehouse OWNER TO owner`, `CREATE DATABASE other OWNER owner`,
		`CREATE ROLE gone`, `CREATE SCHEMA s AUTHORIZATION owner`, `CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO owner`,
		`CREATE ROLE outsider`, `GRANT SELECT ON s.t TO outsider WITH GRANT OPTION`)
	for what, is := range map[string]struct {
		roles   string
		options Options
	}{
		"grants":        {roles: `r: {grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}`},
		"contents":      {roles: `r: {grants: [SELECT ON ALL TABLES IN SCHEMA s]}`},
		"columns":       {roles: `r: {direct_grants: [SELECT (a) ON TABLE s.t]}`},
		"a leaver":      {roles: `gone: {absent: true}`},
		"a refusal":     {roles: `r: {grants: [SELECT ON TABLE s.missing]}`},
		"a database":    {roles: `r: {in: {other: {grants: [CREATE ON SCHEMA public]}}}`},
		"an effect":     {roles: `r: {grants: [SELECT ON TABLE s.t]}`, options: Options{Effect: true}},
		"a limit":       {roles: `r: {grants: [SELECT ON TABLE s.t]}`, options: Options{MaxRevokes: new(int)}},
		"another role":  {roles: `r: {grants: [SELECT ON TABLE s.t]}`, options: Options{As: "owner"}},
		"what is left":  {roles: `outsider: {}`, options: Options{Mode: spec.ModeAdd, Undecided: true}},
		"nothing to do": {roles: `gone: {}`},
	} {
		for _, user := range []string{"postgres", "owner"} {
			conn := c.connect(user, warehouse, "")
			parsed := parse(t, "version: 1\nroles: {"+is.roles+"}\n")
			want := saidWithPrefetch(conn, parsed, is.options)
			is.options.Prefetch = prefetched(conn)
			if got := saidWithPrefetch(conn, parsed, is.options); got != want {
				t.Errorf("%s as %s: prefetched, it came to\n%s\nbut else to\n%s", what, user, got, want)
			}
			if is.options.Prefetch.IsOpen(conn) || !isFree(conn) {
				t.Errorf("%s as %s: the connection is not free", what, user)
			}
			is.options.Prefetch = nil
		}
	}
}

// saidWithPrefetch is what comes of planning.
func saidWithPrefetch(conn *pgx.Conn, s *spec.Spec, o Options) string {
	sequence, err := PlanDatabases(context.Background(), conn, s, o)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(sequence.Digest(), sequence.Warnings, texts(sequence.Plans, func(p *planner.Plan) string {
		return fmt.Sprint(p.Warnings, p.Left, p.Undecided, p.Statements)
	}))
}

// TestPrefetchIsApplied: what was prefetched is planned from, and a change that was made since is seen under the lock.
func TestPrefetchIsApplied(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`, `CREATE TABLE s.u ()`, `CREATE ROLE gone`)
	granted := parse(t, "version: 1\nroles: {r: {grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}}\n")
	for name, do := range map[string]func(*pgx.Conn, Options) (bool, error){
		"Sync": func(conn *pgx.Conn, o Options) (bool, error) {
			result, err := Sync(ctx, conn, granted, o)
			return err == nil && result.Applied, err
		},
		"SyncDatabases": func(conn *pgx.Conn, o Options) (bool, error) {
			result, err := SyncDatabases(ctx, conn, granted, o)
			return err == nil && result.Applied(), err
		},
	} {
		for round, since := range []string{`SELECT 1`, `SELECT 1`, `GRANT SELECT ON s.u TO r`, `DROP OWNED BY r; DROP ROLE r`} {
			conn := c.connect("postgres", warehouse, "")
			prefetch := prefetched(conn)
			if !prefetch.IsOpen(conn) {
				t.Fatal("nothing was prefetched")
			}
			c.exec(since)
			wants := round == 0
			applied, err := do(conn, Options{Prefetch: prefetch})
			if err != nil || applied != wants || !isFree(conn) {
				t.Errorf("%s after %s: applied: %v, but expected %v; free: %v; %v", name, since, applied, wants, isFree(conn), err)
			}
			// What is committed after the snapshot is not in it: the next run sees it.
			if applied, err := do(conn, Options{}); err != nil || applied != (round > 1) {
				t.Errorf("%s the next time after %s: applied: %v; %v", name, since, applied, err)
			}
			if got := one[string](c, `SELECT has_table_privilege('r', 's.t', 'SELECT') || ' ' || has_table_privilege('r', 's.u', 'SELECT')`); got != "true false" {
				t.Errorf("%s after %s: r can read s.t and s.u: %s", name, since, got)
			}
		}
		c.exec(`DROP OWNED BY r`, `DROP ROLE r`)
	}
}

// TestPrefetchReadsNoLargerCluster: a spec can not be about half of what its bytes have no room for.
func TestPrefetchReadsNoLargerCluster(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA big`, `DO $$ BEGIN FOR i IN 1..20 LOOP EXECUTE format('CREATE ROLE r%s', i); END LOOP; END $$`,
		`DO $$ BEGIN FOR i IN 1..700 LOOP EXECUTE format('CREATE TABLE big.t%s (); GRANT r1 TO r%s', i, 2 + i % 19); END LOOP; END $$`)
	if prefetch := StartPrefetch(context.Background(), c.super, leastPrefetched-1); prefetch != nil {
		t.Error("for a small spec something was prefetched")
	}
	for bytes, want := range map[int]bool{leastPrefetched: true, 1 << 20: true} {
		prefetch := StartPrefetch(context.Background(), c.super, bytes)
		if prefetch.Wait(); prefetch.IsOpen(c.super) != want {
			t.Errorf("for a spec of %d bytes everything was prefetched: %v", bytes, !want)
		}
		prefetch.Close()
	}
	for last := 1000; last <= 14_000; last += 1000 { // each in a transaction, for its locks
		c.exec(fmt.Sprintf(`DO $$ BEGIN FOR i IN %d..%d LOOP EXECUTE format('CREATE TABLE big.t%%s ()', i); END LOOP; END $$`, max(701, last-999), last))
	}
	prefetch := StartPrefetch(context.Background(), c.super, leastPrefetched)
	if prefetch.Wait(); prefetch.IsOpen(c.super) || !isFree(c.super) {
		t.Errorf("everything was prefetched: %v; the connection is free: %v", prefetch.IsOpen(c.super), isFree(c.super))
	}
}

// TestPrefetchEnds: a reading that has failed, was given up or comes too late is as if there was none.
func TestPrefetchEnds(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE r`)
	same := parse(t, "version: 1\nroles: {r: {}}\n")
	plans := func(conn *pgx.Conn, prefetch *Prefetch) error {
		plan, err := Plan(context.Background(), conn, same, Options{Prefetch: prefetch})
		if err == nil && !plan.IsEmpty() {
			return fmt.Errorf("planned %v", plan.Statements)
		}
		return err
	}
	locker := c.connect("postgres", warehouse, "")
	mustExec(t, locker, `BEGIN`)
	mustExec(t, locker, `LOCK TABLE pg_catalog.pg_auth_members`)
	ctx, giveUp := context.WithCancel(context.Background())
	conn, began := c.connect("postgres", warehouse, ""), time.Now()
	prefetch := StartPrefetch(ctx, conn, 1<<30)
	giveUp()
	if prefetch.Close(); time.Since(began) > 5*time.Second || !isFree(conn) {
		t.Errorf("given up after %v; the connection is free: %v", time.Since(began), isFree(conn))
	}

	conn = c.connect("postgres", warehouse, "")
	mustExec(t, conn, `SET statement_timeout = '200ms'`) // enough for the ROLLBACK after it
	prefetch = prefetched(conn)
	mustExec(t, conn, `RESET statement_timeout`)
	mustExec(t, locker, `ROLLBACK`)
	if err := plans(conn, prefetch); err != nil || !isFree(conn) {
		t.Errorf("after one that failed: %v; the connection is free: %v", err, isFree(conn))
	}

	conn, other := c.connect("postgres", warehouse, ""), c.connect("postgres", warehouse, "")
	prefetch = prefetched(conn)
	if err := plans(other, prefetch); err != nil || !isFree(conn) || !isFree(other) {
		t.Errorf("with one of another connection: %v; the connections are free: %v, %v", err, isFree(conn), isFree(other))
	}
	prefetch = prefetched(conn)
	prefetch.Close()
	prefetch.Close()
	if err := plans(conn, prefetch); err != nil {
		t.Errorf("with one that was closed: %v", err)
	}
	mustExec(t, conn, `BEGIN`)
	if StartPrefetch(context.Background(), conn, 1<<30) != nil || StartPrefetch(context.Background(), nil, 1<<30) != nil {
		t.Error("something was prefetched where nothing can be asked")
	}
}

// TestPrefetchEndsByOtherCalls: what is about something else than a spec ends it.
func TestPrefetchEndsByOtherCalls(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t)
	for name, do := range map[string]func(Options) error{
		"PlanPrune": func(o Options) error { _, err := PlanPrune(ctx, c.super, o); return err },
		"Prune":     func(o Options) error { _, err := Prune(ctx, c.super, 1, o); return err },
	} {
		if err := do(Options{Prefetch: prefetched(c.super)}); err != nil || !isFree(c.super) {
			t.Errorf("%s: %v; the connection is free: %v", name, err, isFree(c.super))
		}
	}
}
