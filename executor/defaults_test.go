package executor

import (
	"context"
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
