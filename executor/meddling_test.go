package executor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestDropsAndRenamesDuringParts: whatever others do to tables and roles while a plan of several transactions runs, a
// run says what came of it, leaves no lock, and the next one goes through.
func TestDropsAndRenamesDuringParts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(12, 10))
	ctx, counts := context.Background(), map[string]int{}
	c := newArchive(t)
	other := c.asPostgres()
	for round := range 2 * *crashes {
		s := parse(t, fmt.Sprintf("version: 1\nroles: {reader%d: {grants: [SELECT ON ALL TABLES IN SCHEMA archive]}}", round))
		conn := c.asPostgres()
		done := start(func() (*Result, error) { return Sync(ctx, conn, s, Options{LockTimeout: 10 * time.Second}) })
		time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
		mustExec(t, other, c.meddle(random, round))
		got := <-done
		counts[c.said(got.err)]++
		isUsable(t, conn)
		if locks := one[int](c, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'`); locks != 0 {
			t.Fatalf("%d advisory locks are left", locks)
		}
		if _, err := Sync(ctx, conn, s, Options{}); err != nil {
			t.Fatalf("round %d: the next run: %v", round, err)
		}
		conn.Close(ctx)
	}
	t.Logf("%d rounds: %v", 2**crashes, counts)
}

// meddle gives a statement that drops or renames something that a plan may be about.
func (c *cluster) meddle(random *rand.Rand, round int) string {
	c.Helper()
	table := one[string](c, `SELECT relname FROM pg_class WHERE relnamespace = 'archive'::regnamespace AND relkind = 'r' ORDER BY oid OFFSET $1 LIMIT 1`,
		random.IntN(archiveTables/2))
	switch random.IntN(4) {
	case 0:
		return `DROP TABLE archive.` + id(table)
	case 1:
		return `ALTER TABLE archive.` + id(table) + ` RENAME TO ` + id(fmt.Sprint("renamed", round))
	case 2: // one of the privilege roles that there are by then, if there are any
		return fmt.Sprintf(`DO $$ DECLARE name text; BEGIN
			SELECT rolname INTO name FROM pg_roles WHERE left(rolname::text, 6) = '_pgsr_' LIMIT 1;
			IF name IS NOT NULL THEN EXECUTE format('ALTER ROLE %%I RENAME TO %%I', name, 'was%d_' || name); END IF; END $$`, round)
	}
	return fmt.Sprintf(`CREATE TABLE archive.new%d ()`, round)
}

// said tells what kind of error a run gave, and fails for one that a person could do nothing with.
func (c *cluster) said(err error) string {
	c.Helper()
	var stale *StaleError
	var partial *PartialError
	var statement *StatementError
	var other *NotAsPlannedError
	var state *StateError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &stale):
		return "stale"
	case errors.As(err, &statement):
		return "a statement failed"
	case errors.As(err, &other), errors.As(err, &state):
		return "not as planned"
	case errors.As(err, &partial):
		return "partly done: " + partial.Err.Error()
	}
	c.Errorf("%v", err)
	return "other"
}
