package executor

import (
	"context"
	"strings"
	"testing"
)

// TestTablespaces has one that belongs to a role that is no superuser. Privilege roles on them are of the cluster.
func TestTablespaces(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `SET allow_in_place_tablespaces = true`, `CREATE ROLE maker CREATEROLE LOGIN PASSWORD '`+password+`'`,
		`GRANT ALL ON DATABASE warehouse TO maker WITH GRANT OPTION`, `CREATE TABLESPACE room OWNER maker LOCATION ''`,
		`CREATE SCHEMA lair`, `GRANT ALL ON SCHEMA lair TO PUBLIC`)
	maker := c.connect("maker", warehouse, password)
	const without = "version: 1\nroles:\n  alice:\n    login: {password: {env: PASSWORD}}\n"
	with := without + "    grants: [CREATE ON TABLESPACE room]\n"
	try := `CREATE TABLE lair.held (a int) TABLESPACE room`
	c.syncAs(maker, without, true)
	c.cannot("alice", try)
	c.syncAs(maker, with, true)
	c.can("alice", try)
	c.sync(with, false)
	role := one[string](c, `SELECT rolname::text FROM pg_roles WHERE rolname ~ '^_pgsr_global_tablespace_create_[0-9a-f]{8}$'`)
	if n := one[int](c, `SELECT count(*) FROM pg_tablespace, aclexplode(spcacl) WHERE spcname = 'room' AND grantee = $1::regrole`, role); n != 1 {
		t.Errorf("%s has %d items", role, n)
	}
	other := without + "    direct_grants: [ALL ON TABLESPACE room]\n"
	c.syncAs(maker, other, true)
	c.can("alice", try)
	c.syncAs(maker, without, true)
	c.cannot("alice", try)
	// What others have there stays.
	c.exec(`GRANT CREATE ON TABLESPACE pg_default TO maker, alice`)
	c.sync(without, true)
	if n := one[int](c, `SELECT count(*) FROM pg_tablespace, aclexplode(spcacl) WHERE spcname = 'pg_default' AND grantee <> spcowner`); n != 1 {
		t.Errorf("%d have something on pg_default", n)
	}
	_, err := Plan(context.Background(), c.super, parse(t, without+"    grants: [CREATE ON TABLESPACE rom]\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "did you mean room?") {
		t.Errorf("planned: %v", err)
	}
}
