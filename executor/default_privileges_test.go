package executor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/script"
)

// futureKindsOf lists the kinds of default privileges that a server has.
func futureKindsOf(major int) []catalog.FutureKindInfo {
	var all []catalog.FutureKindInfo
	for _, kind := range catalog.FutureKinds() {
		if major >= kind.Since {
			all = append(all, kind)
		}
	}
	return all
}

// TestEveryFutureKindIsTheServers holds the table of kinds of default privileges against the server.
func TestEveryFutureKindIsTheServers(t *testing.T) {
	t.Parallel()
	needs(t, 11, "ROUTINES")
	c := newCluster(t, `CREATE ROLE o`, `CREATE ROLE g`, `CREATE SCHEMA s`)
	for _, kind := range futureKindsOf(c.major) {
		var words []string
		for _, p := range kind.Privileges {
			if p != catalog.Maintain || c.major >= 17 {
				words = append(words, string(p))
			}
		}
		all := one[string](c, `SELECT string_agg(privilege_type, ',' ORDER BY privilege_type COLLATE "C") FROM aclexplode(acldefault($1::text::"char", 10)) WHERE grantee = 10`, kind.Default)
		has := one[string](c, `SELECT string_agg(p, ',' ORDER BY p COLLATE "C") FROM unnest($1::text[]) AS p`, words)
		if all != has {
			t.Errorf("%s: %s, and the server has %s", kind.Kind, has, all)
		}
		c.exec(`ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT ALL ON ` + string(kind.Kind) + ` TO g`)
		if n := one[int](c, `SELECT count(*) FROM pg_default_acl WHERE defaclobjtype = $1::text::"char"`, kind.Letter); n != 1 {
			t.Errorf("%s: there are %d rows of %s", kind.Kind, n, kind.Letter)
		}
		_, err := c.super.Exec(context.Background(), `ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA s GRANT ALL ON `+string(kind.Kind)+` TO g`)
		if (err == nil) != kind.InSchema {
			t.Errorf("%s in a schema: %v", kind.Kind, err)
		}
	}
}

// TestDefaultPrivilegesAreTheServers: what the planner thinks that a statement does is what it does, rows that come and
// go included; a guard finds no difference; and new objects come with what the planner thinks they come with.
func TestDefaultPrivilegesAreTheServers(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE o SUPERUSER`, `CREATE ROLE "O 2" SUPERUSER`, `CREATE ROLE g`, `CREATE SCHEMA s`, `CREATE SCHEMA "S 2"`)
	random, kinds := rand.New(rand.NewPCG(8, 8)), futureKindsOf(c.major)
	scope := catalog.Scope{Roles: []string{"g"}, Mentioned: []string{"o", "O 2"}}
	model, err := inspect.Catalog(context.Background(), c.super, scope)
	if err != nil {
		t.Fatal(err)
	}
	oneOf := func(words ...string) string { return words[random.IntN(len(words))] }
	for step := range 150 {
		kind := kinds[random.IntN(len(kinds))]
		f := catalog.Future{Owner: oneOf("o", "O 2"), Kind: kind.Kind}
		if kind.InSchema {
			f.Schema = oneOf("", "s", "S 2")
		}
		privilege := kind.Privileges[random.IntN(min(len(kind.Privileges), 2))]
		var change catalog.Change = catalog.RevokeDefault{Privileges: []catalog.Privilege{privilege}, Future: f, Grantees: []string{oneOf("", "g", "o", "O 2")}, OptionOnly: random.IntN(4) == 0}
		if random.IntN(3) > 0 {
			grantee, option := oneOf("", "g", "o", "O 2"), random.IntN(3) == 0
			change = catalog.GrantDefault{Privileges: []catalog.Privilege{privilege}, Future: f, Grantees: []string{grantee}, WithOption: option && grantee != ""}
		}
		c.exec(script.SQL(change, model.Server))
		change.Apply(model)
		now, err := inspect.Catalog(context.Background(), c.super, scope)
		if err != nil {
			t.Fatal(err)
		}
		now.Roles = model.Roles // those that are named
		if d := catalogtest.AllDifferences(model, now); len(d) > 0 {
			t.Fatalf("step %d, %s:\n%s", step, script.Summary(change), strings.Join(d, "\n"))
		}
		acl, there := model.DefaultPrivileges[f]
		state := script.State{Futures: []script.FutureState{{Future: script.StateFuture(f), There: there, ACL: acl}}}
		if lines := differences(c, model.Server, state); len(lines) > 0 {
			t.Fatalf("step %d: a guard says %q", step, lines)
		}
		checkNewObject(c, model, f)
	}
}

// TestDefaultPrivilegesOfAScope: what a scope has to do with is read, with all of its ACL, and nothing else, so that a
// call for one role does not take longer with what others have; but all is where it matters whom something concerns.
func TestDefaultPrivilegesOfAScope(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE mine`, `CREATE ROLE named`, `CREATE ROLE owner`, `CREATE ROLE other`, `CREATE ROLE third`, `CREATE SCHEMA s`,
		`CREATE TABLE s.t ()`, `ALTER TABLE s.t OWNER TO owner`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE other GRANT SELECT ON TABLES TO third`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE other IN SCHEMA s GRANT SELECT ON TABLES TO mine, third`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE named GRANT SELECT ON TABLES TO third`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE mine GRANT SELECT ON TABLES TO third`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO third`)
	table := catalog.Object{ID: catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}}
	scope := catalog.Scope{Roles: []string{"mine"}, Mentioned: []string{"named"}, Objects: []catalog.ObjectID{table.ID}}
	for _, all := range []bool{false, true} {
		scope.Holders = all
		read, err := inspect.Catalog(context.Background(), c.super, scope)
		if err != nil {
			t.Fatal(err)
		}
		var owners []string
		for f, acl := range read.DefaultPrivileges {
			owners = append(owners, f.Owner+" "+f.Schema)
			if read.Roles[f.Owner] == nil || read.Roles["third"] == nil || !acl.Has("third", catalog.Select) {
				t.Errorf("%v: %v, without a role that it names", f, acl)
			}
		}
		slices.Sort(owners)
		want := []string{"mine ", "named ", "other s", "owner "}
		if all {
			want = []string{"mine ", "named ", "other ", "other s", "owner "}
		}
		if !slices.Equal(owners, want) {
			t.Errorf("read are those of %q, not of %q", owners, want)
		}
	}
}

// differences asks a guard.
func differences(c *cluster, server catalog.Server, state script.State) []string {
	c.Helper()
	rows, _ := c.super.Query(context.Background(), script.DifferencesSQL(server, state))
	lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (line string, err error) {
		err = row.Scan(&line, new(int64))
		return line, err
	})
	if err != nil {
		c.Fatal(err)
	}
	return lines
}

// newObjects says how one of a kind is made, and where its ACL stands.
var newObjects = map[catalog.FutureKind][2]string{
	"TABLES":    {`CREATE TABLE %s.probe ()`, `SELECT relacl FROM pg_class WHERE relname = 'probe'`},
	"SEQUENCES": {`CREATE SEQUENCE %s.probe`, `SELECT relacl FROM pg_class WHERE relname = 'probe'`},
	"ROUTINES":  {`CREATE FUNCTION %s.probe() RETURNS int LANGUAGE internal AS 'int4in'`, `SELECT proacl FROM pg_proc WHERE proname = 'probe'`},
	"TYPES":     {`CREATE TYPE %s.probe AS ENUM ()`, `SELECT typacl FROM pg_type WHERE typname = 'probe'`},
	"SCHEMAS":   {`CREATE SCHEMA probe`, `SELECT nspacl FROM pg_namespace WHERE nspname = 'probe'`},
}

func checkNewObject(c *cluster, model *catalog.Catalog, f catalog.Future) {
	c.Helper()
	made, known := newObjects[f.Kind]
	if !known {
		return
	}
	if f.Kind.Info().InSchema && f.Schema == "" {
		f.Schema = "s"
	}
	create := strings.ReplaceAll(made[0], "%s", id(f.Schema))
	c.exec(`BEGIN; SET LOCAL check_function_bodies = off; SET ROLE ` + id(f.Owner) + `; ` + create)
	got := one[string](c, `SELECT coalesce(string_agg(format('%s %s %s', coalesce(e.rolname, ''), i.privilege_type, i.is_grantable), E'\n' ORDER BY e.rolname, i.privilege_type COLLATE "C"), '')
		FROM aclexplode(coalesce((`+made[1]+`), acldefault('`+f.Kind.Info().Default+`', (SELECT oid FROM pg_roles WHERE rolname = '`+f.Owner+`')))) AS i LEFT JOIN pg_roles AS e ON e.oid = i.grantee`)
	c.exec(`ROLLBACK`)
	want := map[string]bool{}
	for _, item := range model.ACLOfNew(f) {
		want[fmt.Sprintf("%s %s %.1s", item.Grantee, item.Privilege, fmt.Sprint(item.Grantable))] = true
	}
	lines := strings.Split(got, "\n")
	for _, line := range lines {
		if !want[line] {
			c.Fatalf("a new object of %+v comes with %q, not %v", f, line, want)
		}
	}
	if len(lines) != len(want) {
		c.Fatalf("a new object of %+v comes with %q, not %v", f, lines, want)
	}
}
