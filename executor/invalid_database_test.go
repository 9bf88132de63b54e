package executor

import (
	"context"
	"testing"
)

// TestInvalidDatabase: a DROP DATABASE that was interrupted leaves a database to which nobody connects. It is named and
// not read, and a pattern passes it over. https://www.postgresql.org/docs/current/catalog-pg-database.html
func TestInvalidDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE DATABASE broken`, `CREATE DATABASE brother`)
	c.exec(`UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'broken'`)
	_, err := PlanDatabases(ctx, c.super, parse(t, "version: 1\nroles: {bob: {in: {broken: {grants: []}}}}"), Options{})
	saysAll(t, err, `"broken" does not allow connections`, "DROP DATABASE where one was interrupted")
	_, err = SyncDatabases(ctx, c.super, parse(t, "version: 1\nroles: {bob: {in: {\"MATCHING 'bro.*'\": {direct_grants: [USAGE ON SCHEMA public]}}}}"), Options{})
	if err != nil {
		t.Error(err)
	}
}
