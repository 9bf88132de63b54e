package executor

import (
	"context"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// TestEveryKindIsTheServers holds the table of kinds against the server: letter of acldefault(), privileges, catalog,
// what is read, and how a guard asks for an object.
func TestEveryKindIsTheServers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE TABLE public.t (a int)`, `CREATE SEQUENCE public.s`, `CREATE TYPE public.e AS ENUM ('a')`,
		`CREATE FUNCTION public.f(int, public.e[], VARIADIC "any") RETURNS int LANGUAGE internal AS 'pg_num_nonnulls'`, `CREATE FUNCTION public."F "() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER v FOREIGN DATA WRAPPER w`, `SELECT lo_create(4711)`)
	if c.major >= 15 {
		c.exec(`GRANT SET ON PARAMETER work_mem, "My".x TO PUBLIC`)
	}
	current, err := inspect.Catalog(context.Background(), c.super, catalog.Scope{Everything: true, Objects: []catalog.ObjectID{
		{Kind: catalog.LargeObject, Name: "4711"}, {Kind: catalog.SettingParameter, Name: "log_statement"}, {Kind: catalog.SettingParameter, Name: "no_such"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range catalog.Kinds() {
		if kind.From > c.major {
			continue
		}
		rows, _ := c.super.Query(context.Background(), `SELECT privilege_type FROM aclexplode(acldefault($1::text::"char", 10)) WHERE grantee = 10`, kind.Default)
		has, err := pgx.CollectRows(rows, pgx.RowTo[catalog.Privilege])
		if err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(kind.Privileges), func(p catalog.Privilege) bool { return p == catalog.Maintain && c.major < 17 })
		slices.Sort(has)
		slices.Sort(want)
		if !slices.Equal(has, want) {
			t.Errorf("%s has %v, and the server says %v", kind.Kind, want, has)
		}
		if !one[bool](c, `SELECT to_regclass('pg_catalog.' || $1) IS NOT NULL`, kind.Catalog) {
			t.Errorf("%s: there is no %s", kind.Kind, kind.Catalog)
		}
		state := script.State{}
		for id, o := range current.Objects {
			if id.Kind == kind.Kind {
				state.Objects = append(state.Objects, script.ObjectState{ID: script.StateObject(id), There: true, OID: o.OID, Owner: o.Owner, ACL: o.ACL, Columns: o.Columns})
			}
		}
		if n := len(state.Objects); n == 0 || kind.Kind == catalog.SettingParameter && n != 3 {
			t.Errorf("%d of the kind %s were read", n, kind.Kind)
		}
		rows, _ = c.super.Query(context.Background(), script.DifferencesSQL(current.Server, state))
		lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (line string, err error) {
			err = row.Scan(&line, new(int64))
			return line, err
		})
		if err != nil || len(lines) > 0 {
			t.Errorf("a guard of each %s differs from what was read: %q, %v", kind.Kind, lines, err)
		}
	}
}
