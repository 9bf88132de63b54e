package executor

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
)

// TestExplainedFuturesAreTheServers makes objects, and asks the server who has what on them.
func TestExplainedFuturesAreTheServers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE etl`, `CREATE ROLE analysts`, `CREATE ROLE alice`, `CREATE ROLE odd NOINHERIT`, `CREATE ROLE outsider`, `CREATE ROLE helper`,
		`GRANT analysts TO alice, odd`, `GRANT etl TO helper`, `CREATE SCHEMA staging`, `CREATE SCHEMA other`, `GRANT ALL ON SCHEMA staging, other TO etl`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE etl GRANT SELECT ON TABLES TO analysts`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE etl IN SCHEMA staging GRANT INSERT, DELETE ON TABLES TO alice WITH GRANT OPTION`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE etl IN SCHEMA staging GRANT USAGE ON SEQUENCES TO PUBLIC`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE etl REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE etl IN SCHEMA other GRANT EXECUTE ON FUNCTIONS TO analysts`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE outsider GRANT ALL ON TABLES TO alice`,
	)
	for _, made := range []struct {
		kind             catalog.FutureKind
		create, function string
	}{
		{"TABLES", `CREATE TABLE `, `has_table_privilege`}, {"SEQUENCES", `CREATE SEQUENCE `, `has_sequence_privilege`},
		{"ROUTINES", `CREATE FUNCTION `, `has_function_privilege`},
	} {
		for _, schema := range []string{"staging", "other"} {
			name, create := schema+".made", made.create+schema+".made"
			switch made.kind {
			case "TABLES":
				create += ` (a integer)`
			case "ROUTINES":
				name, create = name+"()", create+`() RETURNS integer LANGUAGE sql AS 'SELECT 1'`
			}
			for _, role := range []string{"analysts", "alice", "odd", "outsider"} {
				said := futureWords(t, c.super, role, catalog.Future{Owner: "etl", Schema: schema, Kind: made.kind})
				mustExec(t, c.super, `BEGIN`)
				mustExec(t, c.super, `SET LOCAL ROLE etl`)
				mustExec(t, c.super, create)
				var server string
				err := c.super.QueryRow(context.Background(), `SELECT coalesce(string_agg(p, ' ' ORDER BY p COLLATE "C"), '') FROM unnest($3::text[]) p WHERE `+made.function+`($1::name, $2, p)`,
					role, name, made.kind.Info().Privileges[:min(7, len(made.kind.Info().Privileges))]).Scan(&server)
				if err != nil {
					t.Fatal(err)
				}
				mustExec(t, c.super, `ROLLBACK`)
				if said != server {
					t.Errorf("%s on new %s in %s: we say %q, the server %q", role, made.kind, schema, said, server)
				}
			}
		}
	}
	if said := futureWords(t, c.super, "helper", catalog.Future{Owner: "etl", Schema: "staging", Kind: "TABLES"}); said != "" {
		t.Errorf("who is an owner's member is said to have %s", said)
	}
}

// futureWords gives what a role is said to have on new objects in a schema: by default privileges in it, or, if there
// are none, by those everywhere; by what is built in, if there are none at all.
func futureWords(t *testing.T, conn *pgx.Conn, role string, f catalog.Future) string {
	t.Helper()
	e, err := Explain(context.Background(), conn, role, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []catalog.Future{f, {Owner: f.Owner, Kind: f.Kind}} {
		var words []string
		for _, future := range e.Futures {
			if future.Future == at {
				for _, p := range future.Privileges {
					words = append(words, string(p))
				}
			}
		}
		if slices.Sort(words); len(words) > 0 {
			return strings.Join(slices.Compact(words), " ")
		}
	}
	return ""
}
