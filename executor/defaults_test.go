package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner"
)

// newSchemas of role o come with what default privileges give.
const newSchemaOfO = `version: 1
roles:
  o: {owns: [SCHEMA nw], grants: [SELECT ON TABLE public.t]}
  r: {}
  few: {direct_grants: [USAGE ON SCHEMA nw]}
`

// TestDefaultPrivilegesOnNewSchemas are foreseen: who is in the spec loses what it is not to have, by apply and by
// script, who is not in it keeps it.
func TestDefaultPrivilegesOnNewSchemas(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		for _, way := range []string{"apply", "script", "everything read"} {
			t.Run(user+", "+way, func(t *testing.T) {
				t.Parallel()
				c := newOffice(t, `SET ROLE admin`, `CREATE ROLE o`, `CREATE ROLE r`, `CREATE ROLE few`, `CREATE ROLE outsider`, `CREATE ROLE other`, `CREATE ROLE untouched`, `RESET ROLE`,
					`ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT USAGE ON SCHEMAS TO r, outsider`,
					`ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT ALL ON SCHEMAS TO few WITH GRANT OPTION`,
					`ALTER DEFAULT PRIVILEGES FOR ROLE other GRANT ALL ON SCHEMAS TO PUBLIC`, `CREATE TABLE public.t ()`, `ALTER TABLE public.t OWNER TO admin`)
				c.name = warehouse
				conn := c.connect(user, warehouse, "")
				s, err := parse(t, newSchemaOfO), error(nil)
				switch way {
				case "apply":
					_, err = Sync(context.Background(), conn, s, Options{})
				case "everything read":
					_, err = syncReadingAll(context.Background(), conn, s, Options{})
				case "script":
					var plan *planner.Plan
					if plan, err = Plan(context.Background(), conn, s, Options{}); err != nil {
						t.Fatal(err)
					}
					if out, status := c.psql(user, c.written("psql", s, plan, Options{})); status != 0 {
						t.Fatal(out)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				c.syncAs(conn, newSchemaOfO, false)
				acl := one[string](c, `SELECT nspacl::text FROM pg_namespace WHERE nspname = 'nw'`)
				if acl != "{o=UC/o,few=U/o,outsider=U/o}" {
					t.Errorf("the schema has %s", acl)
				}
			})
		}
	}
}

// TestEventTriggerThatGrants: what it adds to a schema that the plan creates is not foreseen, so that the error names
// it, and says how to go on.
func TestEventTriggerThatGrants(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE r`, `CREATE TABLE public.t ()`,
		`CREATE FUNCTION public.generous() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN GRANT USAGE ON SCHEMA nw TO r; END $$`,
		`CREATE EVENT TRIGGER "Generous one" ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE PROCEDURE public.generous()`,
		`CREATE EVENT TRIGGER "asleep" ON ddl_command_end EXECUTE PROCEDURE public.generous()`, `ALTER EVENT TRIGGER "asleep" DISABLE`)
	const yaml = "version: 1\nroles:\n  o: {owns: [SCHEMA nw]}\n  r: {}\n"
	c.unchanged(func() {
		_, err := Sync(context.Background(), c.super, parse(t, yaml), Options{})
		var not *NotAsPlannedError
		if !errors.As(err, &not) || !strings.Contains(err.Error(), `"Generous one"`) || strings.Contains(err.Error(), "asleep") {
			t.Errorf("%v", err)
		}
	})
	c.exec(`CREATE SCHEMA nw`)
	c.sync(yaml, true)
	c.sync(yaml, false)
	if one[bool](c, `SELECT has_schema_privilege('r', 'nw', 'USAGE')`) {
		t.Error("r can use the schema")
	}
}
