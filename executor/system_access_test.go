package executor

import (
	"context"
	"slices"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/spec"
)

// TestWhoMayUseWhatIsTheServers: of what comes with the server, it is only to tables that nobody can write whatever was
// granted. The server says so, too.
func TestWhoMayUseWhatIsTheServers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE reader`, `CREATE ROLE other`, `GRANT ALL ON pg_catalog.pg_class, pg_catalog.pg_views TO reader`, `REVOKE USAGE ON TYPE pg_catalog.date FROM PUBLIC`,
		`GRANT USAGE ON TYPE pg_catalog.date TO reader`, `REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) FROM PUBLIC`)
	ctx := context.Background()
	for phrase, ask := range map[string]string{
		`USAGE ON TYPE pg_catalog.text`:                        `has_type_privilege($1, 'text', 'USAGE')`,
		`USAGE ON TYPE pg_catalog.anyelement`:                  `has_type_privilege($1, 'anyelement', 'USAGE')`,
		`USAGE ON TYPE pg_catalog.date`:                        `has_type_privilege($1, 'date', 'USAGE')`,
		`USAGE ON TYPE pg_catalog.pg_class`:                    `has_type_privilege($1, 'pg_class', 'USAGE')`,
		`USAGE ON TYPE information_schema.sql_identifier`:      `has_type_privilege($1, 'information_schema.sql_identifier', 'USAGE')`,
		`EXECUTE ON FUNCTION pg_catalog.now`:                   `has_function_privilege($1, 'now()', 'EXECUTE')`,
		`EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8)`:      `has_function_privilege($1, 'pg_sleep(float8)', 'EXECUTE')`,
		`SELECT ON TABLE pg_catalog.pg_class`:                  `has_table_privilege($1, 'pg_class', 'SELECT')`,
		`UPDATE ON TABLE pg_catalog.pg_class`:                  `has_table_privilege($1, 'pg_class', 'UPDATE')`,
		`UPDATE ON TABLE pg_catalog.pg_views`:                  `has_table_privilege($1, 'pg_views', 'UPDATE')`,
		`SELECT ON TABLE information_schema.sql_features`:      `has_table_privilege($1, 'information_schema.sql_features', 'SELECT')`,
		`USAGE ON SCHEMA pg_catalog`:                           `has_schema_privilege($1, 'pg_catalog', 'USAGE')`,
		`USAGE ON LANGUAGE internal`:                           `has_language_privilege($1, 'internal', 'USAGE')`,
		`CREATE ON TABLESPACE pg_default`:                      `has_tablespace_privilege($1, 'pg_default', 'CREATE')`,
		`EXECUTE ON FUNCTION pg_catalog.pg_read_file(text)`:    `has_function_privilege($1, 'pg_read_file(text)', 'EXECUTE')`,
		`SELECT ON TABLE pg_catalog.pg_authid`:                 `has_table_privilege($1, 'pg_authid', 'SELECT')`,
		`TRIGGER ON TABLE pg_catalog.pg_class`:                 `has_table_privilege($1, 'pg_class', 'TRIGGER')`,
		`USAGE ON TYPE information_schema._pg_foreign_servers`: `has_type_privilege($1, 'information_schema._pg_foreign_servers', 'USAGE')`,
	} {
		grant := &spec.MustGrants(phrase)[0]
		for _, role := range []string{"reader", "other", "postgres"} {
			explained, err := Explain(ctx, c.super, role, &grant.Target)
			if err != nil {
				t.Fatalf("%s: %v", phrase, err)
			}
			is := slices.ContainsFunc(explained.Access, func(a access.Access) bool { return a.Privilege == grant.Privileges[0] && len(a.Paths) > 0 })
			if has := one[bool](c, `SELECT `+ask, role); is != has {
				t.Errorf("%s of %s: it is %v, but we say %v: %+v", phrase, role, has, is, explained.Access)
			}
		}
	}
}
