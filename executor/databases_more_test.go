package executor

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pgsr/executor/ledger"
	"pgsr/planner"
)

func sayYes(*planner.Sequence) (bool, error) { return true, nil }

// fails applies a spec in all databases, which must be refused with nothing done.
func (c *cluster) fails(yaml, says string) {
	c.Helper()
	_, err := SyncDatabases(context.Background(), c.super, parse(c, yaml), Options{})
	if err == nil || errors.As(err, new(*SequenceError)) || !strings.Contains(err.Error(), says) {
		c.Errorf("got %v, want %q\n%s", err, says, yaml)
	}
	if one[bool](c, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'newcomer')`) {
		c.Errorf("something was done\n%s", yaml)
	}
}

// TestWhichDatabases: a pattern takes neither templates nor what allows no connections, a name takes templates; what
// can be known to fail is refused before anything is done anywhere.
func TestWhichDatabases(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "tenant_a", "tenant_b", "tenant_off", "tenant_template")
	c.exec(`ALTER DATABASE tenant_off ALLOW_CONNECTIONS false`, `ALTER DATABASE tenant_template IS_TEMPLATE true`)
	const head = "version: 1\nroles:\n  newcomer:\n    login: {}\n    in:\n      "
	const phrase = ": {direct_grants: [USAGE ON SCHEMA s]}\n"
	c.fails(head+"tenant_off"+phrase, `the database "tenant_off" does not allow connections`)
	c.fails(head+"tenants"+phrase, `is to have something in the database "tenants", which does not exist`)
	c.fails(head+`"MATCHING 'x.*'"`+phrase, "matches no database")
	c.fails(head+`"MATCHING 'tenant_.*'"`+phrase+`      "MATCHING '.*_a'"`+phrase, `means the database "tenant_a" twice`)
	c.fails(head+`"MATCHING '.*'"`+phrase, `means the connected database "warehouse"`)
	c.fails(head+"tenant_b: {direct_grants: [USAGE ON SCHEMA nowhere]}\n", `in database "tenant_b": the spec names what does not exist`)
	c.fails(head+"tenant_b: {owns: [TABLE s.t]}\n  other: {in: {tenant_b: {owns: [TABLE s.t]}}}\n", `in database "tenant_b": spec.yaml:7:`)
	c.syncAll(c.super, head+`"MATCHING 'tenant_.*'"`+phrase, true)
	c.exec(`ALTER DATABASE tenant_off ALLOW_CONNECTIONS true`)
	for database, has := range map[string]bool{"tenant_a": true, "tenant_b": true, "tenant_off": false, "tenant_template": false} {
		if got := one2[bool](c, c.in(database), `SELECT has_schema_privilege('newcomer', 's', 'USAGE')`); got != has {
			t.Errorf("in %q: %v", database, got)
		}
	}
	c.syncAll(c.super, head+"tenant_template"+phrase, true)
	if !one2[bool](c, c.in("tenant_template"), `SELECT has_schema_privilege('newcomer', 's', 'USAGE')`) {
		t.Error("a template that is named is left alone")
	}
	if !one2[bool](c, c.in("tenant_a"), `SELECT has_schema_privilege('newcomer', 's', 'USAGE')`) {
		t.Error("a database of which nothing is said is not left alone")
	}
}

// TestEachDatabaseHasItsLedgerAndLock: a row in each database that has a ledger, and the lock in each.
func TestEachDatabaseHasItsLedgerAndLock(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "a", "b", "c")
	for _, name := range []string{"a", "c"} {
		if _, _, err := ledger.Install(ctx, c.in(name)); err != nil {
			t.Fatal(err)
		}
	}
	const yaml = "version: 1\nroles:\n  newcomer:\n    login: {}\n    in: {a: {direct_grants: [USAGE ON SCHEMA s]}, b: {direct_grants: [USAGE ON SCHEMA s]}, c: {direct_grants: [USAGE ON SCHEMA s]}}\n"
	other := c.in("b")
	mustExec(t, other, `SELECT pg_advisory_lock(1)`)
	_, err := SyncDatabases(ctx, c.super, parse(t, yaml), Options{LockTimeout: 300 * time.Millisecond})
	if stopped := (*SequenceError)(nil); !errors.As(err, &stopped) || len(stopped.Done) != 2 || stopped.Failed != `database "b"` || len(stopped.Left) != 1 {
		t.Fatalf("got %v", err)
	}
	mustExec(t, other, `SELECT pg_advisory_unlock(1)`)
	c.syncAll(c.super, yaml, true)
	c.syncAll(c.super, yaml, false)
	for _, name := range []string{"a", "c"} {
		if n := one2[int](c, c.in(name), `SELECT count(*)::int FROM pgsr.ledger WHERE result = 'applied'`); n != 1 {
			t.Errorf("%d rows in the ledger of %q", n, name)
		}
	}
	mustExec(t, c.in("c"), `ALTER SCHEMA pgsr OWNER TO alice`)
	taken := strings.ReplaceAll(yaml, "[USAGE ON SCHEMA s]", "[]")
	_, err = SyncDatabases(ctx, c.super, parse(t, taken), Options{ConfirmSequence: sayYes})
	if at := (*DatabaseError)(nil); !errors.As(err, &at) || at.Database != "c" || errors.As(err, new(*SequenceError)) {
		t.Errorf("a ledger that is not trusted gives %v", err)
	}
}

// TestRestrictedToRolesInDatabases: a run for some roles leaves the others alone, in all databases.
func TestRestrictedToRolesInDatabases(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a")
	c.execIn("a", `GRANT INSERT ON s.t TO alice, bob`, `GRANT CREATE ON SCHEMA public TO PUBLIC`)
	s := parse(t, "version: 1\npublic: {in: {a: {revokes: [CREATE ON SCHEMA public]}}}\nroles: {alice: {login: {}, in: {a: {}}}, bob: {login: {}, in: {a: {}}}}\n")
	only, err := s.Restrict([]string{"alice"})
	if err != nil {
		t.Fatal(err)
	}
	may := func(role string) bool {
		return one2[bool](c, c.in("a"), `SELECT has_table_privilege($1, 's.t', 'INSERT')`, role)
	}
	if _, err := SyncDatabases(context.Background(), c.super, only, Options{}); err != nil || may("alice") || !may("bob") {
		t.Errorf("%v: alice may %v, bob may %v", err, may("alice"), may("bob"))
	}
	canCreate := `SELECT has_schema_privilege('outsider', 'public', 'CREATE')`
	if !one2[bool](c, c.in("a"), canCreate) {
		t.Error("public was decided in a run for some roles")
	}
	if _, err := SyncDatabases(context.Background(), c.super, s, Options{}); err != nil || may("bob") || one2[bool](c, c.in("a"), canCreate) {
		t.Errorf("%v: bob may %v", err, may("bob"))
	}
}
