package executor

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgsr/planner"
)

// TestReadAgainUnderTheLockWhereSomethingWasCommitted in the cluster since, be it unrelated, and be it begun before
// the first plan; and only there.
func TestReadAgainUnderTheLockWhereSomethingWasCommitted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, meanwhile func(c *cluster)
		reads, stale      bool
	}{
		"nothing":                   {meanwhile: func(*cluster) {}},
		"something that only reads": {meanwhile: func(c *cluster) { c.fingerprint() }},
		"something unrelated":       {meanwhile: func(c *cluster) { c.exec(`CREATE TABLE unrelated ()`) }, reads: true},
		"something related":         {meanwhile: func(c *cluster) { c.exec(`GRANT INSERT ON sales.parts TO old`) }, reads: true, stale: true},
		"something in another database": {
			before: func(c *cluster) { c.exec(`CREATE DATABASE elsewhere`) },
			meanwhile: func(c *cluster) {
				if _, err := c.connect("postgres", "elsewhere", "").Exec(context.Background(), `CREATE ROLE someone`); err != nil {
					c.Error(err)
				}
			}, reads: true,
		},
		"something that was begun before": {
			before:    func(c *cluster) { c.exec(`BEGIN`, `GRANT INSERT ON sales.parts TO old`) },
			meanwhile: func(c *cluster) { c.exec(`COMMIT`) }, reads: true, stale: true,
		},
		"something that was given up": {
			before:    func(c *cluster) { c.exec(`BEGIN`, `GRANT INSERT ON sales.parts TO old`) },
			meanwhile: func(c *cluster) { c.exec(`ROLLBACK`) }, reads: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newShop(t, `ALTER SYSTEM SET autovacuum = off`, `SELECT pg_reload_conf()`) // which commits as well
			if c.before != nil {
				c.before(shop)
			}
			conn, progress := shop.asPostgres(), &told{}
			_, err := shop.syncShop(context.Background(), conn, Options{Progress: progress.tell, Confirm: func(*planner.Plan) (bool, error) {
				c.meanwhile(shop)
				progress.all = nil
				return true, nil
			}})
			var stale *StaleError
			if errors.As(err, &stale) != c.stale || !c.stale && err != nil {
				t.Errorf("%v", err)
			}
			if reads := slices.Contains(progress.all, Progress{Doing: "reading roles", Attempt: 1}); reads != c.reads {
				t.Errorf("it reads again under the lock: %v", reads)
			}
		})
	}
}
