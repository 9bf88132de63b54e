package executor

import (
	"errors"
	"testing"

	"pgsr/planner"
)

// TestWhatIsGoneMeanwhile: somebody drops or renames what is about to be granted on, and the next attempt does what the
// spec says of what there is by then.
func TestWhatIsGoneMeanwhile(t *testing.T) {
	t.Parallel()
	for name, made := range map[string][]string{
		"dropped": {`DROP TABLE s.x`}, "renamed": {`ALTER TABLE s.x RENAME TO z`}, "moved": {`ALTER TABLE s.x SET SCHEMA other`},
		"another kind": {`DROP TABLE s.x`, `CREATE SEQUENCE s.x`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newDen(t, `CREATE TABLE s.x (a int)`, `CREATE TABLE s.y (a int)`)
			c.exec(`CREATE SCHEMA other`, `GRANT CREATE ON SCHEMA other TO mallory`)
			err := c.whileItWaits("version: 1\nroles:\n  keeper: {direct_grants: ['SELECT ON ALL TABLES IN SCHEMA s']}\n", made...)
			if err != nil {
				t.Fatal(err)
			}
			const without = `SELECT count(*)::int FROM pg_class WHERE relnamespace = 's'::regnamespace AND relkind = 'r' AND NOT has_table_privilege('keeper', oid, 'SELECT')`
			if n := one[int](c, without); n > 0 {
				t.Errorf("keeper may not read %d tables", n)
			}
		})
	}
}

// TestRightsThatAreGoneMeanwhile: who may no longer do something is told what would allow it, as ever.
func TestRightsThatAreGoneMeanwhile(t *testing.T) {
	t.Parallel()
	c := newDen(t, `CREATE TABLE s.x (a int)`)
	c.exec(`CREATE ROLE admin LOGIN CREATEROLE`, `ALTER SCHEMA s OWNER TO admin`, `ALTER TABLE s.x OWNER TO admin`)
	err := c.whileItWaitsFor(c.asPostgres(), c.asAdmin(), "version: 1\nroles:\n  reader: {direct_grants: ['SELECT ON TABLE s.x']}\n", `ALTER TABLE s.x OWNER TO postgres`)
	if !errors.As(err, new(*planner.Refusal)) {
		t.Fatalf("it gives %v", err)
	}
	saysAll(t, err, `TABLE s.x belongs to role "postgres", and role "admin" may not act for it`)
}
