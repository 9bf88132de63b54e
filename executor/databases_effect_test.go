package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestEffectOfSharedChangesElsewhere: what the databases share gives something in each of them, also to roles of which
// the spec says nothing there, and on objects without an ACL. Who joins or leaves predefined roles and owners, and who
// comes to own a database, gains and loses there what the server says, and that is all.
func TestEffectOfSharedChangesElsewhere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "a")
	predefined := []string{"keeper"}
	if c.major >= 14 {
		predefined = append(predefined, "pg_read_all_data", "pg_write_all_data")
	}
	if c.major >= 17 {
		predefined = append(predefined, "pg_maintain")
	}
	c.exec(`CREATE ROLE keeper`)
	for _, role := range predefined {
		c.exec(fmt.Sprintf(`CREATE ROLE "leaves %s"`, role), fmt.Sprintf(`GRANT %[1]s TO "leaves %[1]s"`, role), fmt.Sprintf(`GRANT "leaves %[1]s" TO outsider`, role))
	}
	c.execIn("a", slices.Concat([]string{`CREATE SCHEMA kept`, `CREATE SEQUENCE kept.q`, `CREATE TABLE kept.t (a int)`, `CREATE VIEW kept.v AS SELECT 1 AS a`, `CREATE MATERIALIZED VIEW kept.m AS SELECT 1 AS a`, `CREATE TYPE kept.k AS ENUM ('a')`,
		`CREATE FUNCTION kept.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER s FOREIGN DATA WRAPPER w`, `SELECT lo_create(4711)`, `CREATE SEQUENCE kept.postgres`,
		`ALTER SCHEMA kept OWNER TO keeper`, `ALTER SEQUENCE kept.q OWNER TO keeper`, `ALTER TABLE kept.t OWNER TO keeper`, `ALTER VIEW kept.v OWNER TO keeper`, `ALTER MATERIALIZED VIEW kept.m OWNER TO keeper`, `ALTER TYPE kept.k OWNER TO keeper`,
		`ALTER FUNCTION kept.f() OWNER TO keeper`, `ALTER SERVER s OWNER TO keeper`, `ALTER LARGE OBJECT 4711 OWNER TO keeper`, `REVOKE ALL ON FUNCTION kept.f() FROM PUBLIC`, `REVOKE ALL ON TYPE kept.k FROM PUBLIC`})...)
	for _, way := range []string{"leaving", "joining"} {
		spec := "version: 1\nroles:\n  bob: {in: {a: {}}}\n  alice: {login: {}, owns: [DATABASE a]}\n"
		for _, role := range predefined {
			if spec += fmt.Sprintf("  leaves %s: {member_of: [%s]}\n", role, role); way == "leaving" {
				spec = strings.TrimSuffix(spec, "["+role+"]}\n") + "[]}\n"
			}
		}
		s := parse(t, spec)
		sequence, err := PlanDatabases(ctx, c.super, s, Options{Effect: true})
		if err != nil {
			t.Fatal(err)
		}
		there := &lawServer{TB: t, super: c.in("a"), major: c.major}
		run := &lawRun{lawServer: there, before: there.facts(), effect: sequence.Effects()[1].Effect}
		run.can[0] = there.powers().local()
		if _, err := SyncDatabases(ctx, c.super, s, Options{}); err != nil {
			t.Fatal(err)
		}
		run.after = there.facts()
		run.can[1] = there.powers().local()
		run.effectIsTrue()
		for _, broken := range run.broken {
			t.Errorf("%s: %s", way, broken.what)
		}
		if len(run.effect.Gains)+len(run.effect.Losses) == 0 {
			t.Errorf("%s: nobody gains or loses anything", way)
		}
	}
}
