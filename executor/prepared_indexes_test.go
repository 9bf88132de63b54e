package executor

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// wrongIndex finds where memberships are looked for in an index that begins with something else: all of it is read.
var wrongIndex = regexp.MustCompile(`pg_auth_members_(?:member_role_index on .*\n\s*Index Cond: \(+(?:m\w*\.)?roleid|role_member_index on .*\n\s*Index Cond: \(+(?:m\w*\.)?member) .*`)

// hashedGrantees finds where the grantees of ACL items are looked up by hash among the roles to show.
var hashedGrantees = regexp.MustCompile(`Filter: .*grantee.*hashed SubPlan`)

// TestPreparedStatementsStayGood: the server makes a plan for a prepared statement once, perhaps while there are so few
// memberships that both of their indexes seem equally good. It keeps the plan as the cluster grows. The look does not
// compare what is granted with each role that holds something, either.
func TestPreparedStatementsStayGood(t *testing.T) {
	t.Parallel()
	needs(t, 12, "setting plan_cache_mode, by which there is one plan")
	c := newCluster(t, `CREATE ROLE owner LOGIN CREATEROLE PASSWORD '`+password+`'`, `CREATE TABLE t ()`, `CREATE ROLE r0`,
		`CREATE ROLE "_pgsr_local_1_table_select_00000001" ROLE r0`, `GRANT SELECT ON t TO "_pgsr_local_1_table_select_00000001"`)
	for as, conn := range map[string]*pgx.Conn{"a superuser": c.super, "CREATEROLE": c.connect("owner", warehouse, password)} {
		askAboutOneRole(t, conn)
		plans := plansOf(t, conn)
		if len(plans) < 20 {
			t.Errorf("as %s, only %d statements were prepared", as, len(plans))
		}
		looks := 0
		for name, plan := range plans {
			if strings.HasPrefix(name, "Drift ") {
				looks++
				if !hashedGrantees.MatchString(plan) { // else each item is compared with all holders of a privilege
					t.Errorf("as %s, the look compares grantees one by one:\n%s", as, plan)
				}
			}
			for _, found := range wrongIndex.FindAllString(plan, -1) {
				t.Errorf("as %s, %s: %s", as, name, found)
			}
		}
		if looks == 0 {
			t.Errorf("as %s, no look was prepared", as)
		}
	}
}

// askAboutOneRole asks all that is asked in a call about one role.
func askAboutOneRole(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	ctx := context.Background()
	pgxTx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer pgxTx.Rollback(ctx)
	tx := &wire.Transaction{Session: wire.Session{Conn: conn}}
	scope := catalog.Scope{
		Roles: []string{"r0"}, MembersOf: []string{"r0"}, Objects: []catalog.ObjectID{{Kind: catalog.Table, Schema: "public", Name: "t"}}, Passwords: true,
	}
	seen, err := inspect.DriftWithin(ctx, tx, scope)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Catalog.Server.MembershipsHaveOptions() {
		if err := inspect.AdministratorsWithin(ctx, tx, seen.Catalog); err != nil {
			t.Fatal(err)
		}
	}
	written := inspect.NewRolesWritten(conn, scope.Roles, catalog.New(catalog.Server{}))
	if err := tx.RoundTrip(ctx, wire.Queries(written.Queries()...)...); err != nil {
		t.Fatal(err)
	}
	reading := inspect.Scoped
	if _, err := inspect.CatalogWithin(ctx, tx, scope, &reading); err != nil {
		t.Fatal(err)
	}
}

// plansOf gives the plans of all that a session has prepared, by the names of the query and of the statement. There may
// be several of a query, with other parts.
// https://www.postgresql.org/docs/current/view-pg-prepared-statements.html
func plansOf(t *testing.T, conn *pgx.Conn) map[string]string {
	t.Helper()
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, gen.ScopeStart); err != nil {
		t.Fatal(err)
	}
	const sql = `SELECT substring(statement FROM 'name: (\w+)') || ' ' || name, format('EXECUTE %I', name) || CASE WHEN cardinality(parameter_types) > 0
			THEN '(' || array_to_string(array_fill('NULL'::text, ARRAY[cardinality(parameter_types)]), ', ') || ')' ELSE '' END
		FROM pg_prepared_statements WHERE statement ~ '^-- name: '`
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		t.Fatal(err)
	}
	executions := map[string]string{}
	var name, execution string
	if _, err := pgx.ForEachRow(rows, []any{&name, &execution}, func() error { executions[name] = execution; return nil }); err != nil {
		t.Fatal(err)
	}
	plans := map[string]string{}
	for name, execution := range executions {
		plans[name] = explain(t, tx, execution)
	}
	return plans
}

// explain gives the plan of a statement.
func explain(t *testing.T, tx pgx.Tx, sql string) string {
	t.Helper()
	rows, err := tx.Query(context.Background(), "EXPLAIN "+sql, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatalf("%v: %s", err, sql)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%v: %s", err, sql)
	}
	return strings.Join(lines, "\n")
}
