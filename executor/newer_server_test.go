package executor

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// TestWhatALaterVersionHasMore makes rows up such as no version that is known has, and takes out of the tables what
// this version has and an older pgsr would not know. It is named, kept and in nobody's way. It changes what all tests
// share, so that it is not parallel.
func TestWhatALaterVersionHasMore(t *testing.T) { //nolint:paralleltest // for the reason above
	needs(t, 13, "allow_system_table_mods for a session")
	c := newCluster(t, `CREATE ROLE etl`, `CREATE ROLE maker`, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`, `CREATE TABLE s.graph (a int)`, `CREATE TABLE s.own (a int)`,
		`GRANT SELECT, INSERT ON s.t TO etl`, `GRANT SELECT ON s.graph TO etl`, `ALTER TABLE s.own OWNER TO etl`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT USAGE ON TYPES TO etl`, `ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON SEQUENCES TO etl`,
		`SET allow_system_table_mods = on`, `UPDATE pg_class SET relkind = 'g' WHERE relname = 'graph'`, `UPDATE pg_default_acl SET defaclobjtype = 'x' WHERE defaclobjtype = 'T'`)
	c.name = warehouse
	want := []string{"relation s.graph", "default privileges belonging to role maker"}
	tables, large := catalog.Table.Info(), catalog.FutureKind("LARGE OBJECTS").Info()
	future := catalog.FutureKind("TABLES").Info()
	wasTables, wasFuture, wasLetter := tables.Privileges, future.Privileges, large.Letter
	t.Cleanup(func() { tables.Privileges, future.Privileges, large.Letter = wasTables, wasFuture, wasLetter })
	isMaintain := func(p catalog.Privilege) bool { return p == catalog.Maintain }
	tables.Privileges = slices.DeleteFunc(slices.Clone(wasTables), isMaintain)
	future.Privileges, large.Letter = tables.Privileges, "?"
	kept := `SELECT count(*) FROM pg_class, aclexplode(relacl) AS i WHERE relname = 't' AND i.grantee = 'etl'::regrole AND i.privilege_type NOT IN ('SELECT', 'INSERT')`
	held := 0
	if c.major >= 17 {
		held = 1
		c.exec(`GRANT MAINTAIN ON s.t TO etl WITH GRANT OPTION`, `ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT MAINTAIN ON TABLES TO etl`)
		want = append(want, "privileges that pgsr does not manage: MAINTAIN on TABLE s.t, MAINTAIN on new TABLES of \"maker\"")
	}
	if c.major >= 18 {
		c.exec(`ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON LARGE OBJECTS TO etl`)
	}
	const yaml = "version: 1\nroles:\n  etl: {grants: [ALL ON TABLE s.t]}\n"
	s := parse(t, yaml)
	plan, err := Plan(context.Background(), c.super, s, Options{Undecided: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range want {
		if got := strings.Join(plan.Undecided, "; "); !strings.Contains(got, text) {
			t.Errorf("got %s, want %s", got, text)
		}
	}
	saysAll(t, c.syncError(c.super, "version: 1\nroles:\n  etl: {grants: [SELECT ON TABLE s.graph]}\n"), "TABLE s.graph does not exist", "it is a relation of a kind that this pgsr does not know")
	if out, status := c.psql("postgres", c.written("psql", s, plan, Options{})); status != 0 || strings.Contains(out, "WARNING") {
		t.Fatalf("%d: %s", status, out)
	}
	c.sync(yaml, false)
	if n := one[int](c, kept); n != held {
		t.Errorf("%d privileges of a later version are left, want %d", n, held)
	}
	if n := one[int](c, `SELECT count(*) FROM pg_default_acl, aclexplode(defaclacl) AS i WHERE i.grantee = 'etl'::regrole AND defaclobjtype = 'S'`); n != 0 {
		t.Errorf("%d default privileges that are known are left", n)
	}
	if _, err := Explain(context.Background(), c.super, "etl", nil); err != nil {
		t.Error(err)
	}
}

// TestMembershipsOfALaterVersion: a membership in a privilege role of a privilege that is none of those known is kept,
// and named. It changes what all tests share, so that it is not parallel.
func TestMembershipsOfALaterVersion(t *testing.T) { //nolint:paralleltest // for the reason above
	c := newCluster(t, `CREATE ROLE etl`, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`)
	c.name = warehouse
	c.sync("version: 1\nroles:\n  etl: {grants: ['SELECT, TRIGGER ON TABLE s.t', 'UPDATE (a) ON TABLE s.t']}\n", true)
	tables := catalog.Table.Info()
	was := tables.Privileges
	t.Cleanup(func() { tables.Privileges = was })
	tables.Privileges = slices.DeleteFunc(slices.Clone(was), func(p catalog.Privilege) bool { return p == catalog.Trigger })
	const yaml = "version: 1\nroles:\n  etl: {grants: [INSERT ON TABLE s.t]}\n"
	s := parse(t, yaml)
	plan, err := Plan(context.Background(), c.super, s, Options{Undecided: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(plan.Undecided, "; "); !strings.Contains(got, "privileges that pgsr does not manage: TRIGGER on TABLE s.t by way of a privilege role") {
		t.Errorf("got %s", got)
	}
	c.sync(yaml, true)
	c.sync(yaml, false)
	may := func(what string) bool { return one[bool](c, `SELECT has_table_privilege('etl', 's.t', $1)`, what) }
	if !may("TRIGGER") || !may("INSERT") || may("SELECT") || one[bool](c, `SELECT has_column_privilege('etl', 's.t', 'a', 'UPDATE')`) {
		t.Errorf("TRIGGER %v, INSERT %v, SELECT %v", may("TRIGGER"), may("INSERT"), may("SELECT"))
	}
}

// TestMembershipsOfAKindOfALaterVersion: a membership in a privilege role that holds something on what is of no known
// kind is kept and named, however much is read. What is only named like one is not.
func TestMembershipsOfAKindOfALaterVersion(t *testing.T) {
	t.Parallel()
	needs(t, 13, "allow_system_table_mods for a session")
	c := newCluster(t, `CREATE ROLE etl`, `CREATE SCHEMA s`, `CREATE TABLE s.graph (a int)`, `CREATE TABLE s.t (a int)`, `SET allow_system_table_mods = on`)
	holder := "_pgsr_local_" + one[string](c, `SELECT oid::text FROM pg_database WHERE datname = current_database()`) + "_property_graph_select_0123abcd"
	both, empty := strings.Replace(holder, "0123", "4567", 1), strings.Replace(holder, "0123", "89ab", 1)
	c.exec(`CREATE ROLE `+holder, `GRANT SELECT ON s.graph TO `+holder, `CREATE ROLE `+both, `GRANT SELECT ON s.graph, s.t TO `+both, `CREATE ROLE `+empty,
		`GRANT `+holder+`, `+both+`, `+empty+` TO etl`, `UPDATE pg_class SET relkind = 'g' WHERE relname = 'graph'`)
	const yaml = "version: 1\nroles: {etl: {}}\n"
	plan, err := Plan(context.Background(), c.super, parse(t, yaml), Options{Undecided: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(plan.Undecided, "; "); !strings.Contains(got, "relation s.graph by way of "+holder) {
		t.Errorf("got %s", got)
	}
	if result, err := syncReadingAll(context.Background(), c.super, parse(t, yaml), Options{}); err != nil || !result.Applied {
		t.Fatalf("reading all: %v", err)
	}
	c.exec(`GRANT ` + both + `, ` + empty + ` TO etl`)
	c.sync(yaml, true)
	c.sync(yaml, false)
	if got := one[string](c, `SELECT string_agg(roleid::regrole::text, ', ') FROM pg_auth_members WHERE member = 'etl'::regrole`); got != holder {
		t.Errorf("it is a member of %s", got)
	}
	c.exec(`UPDATE pg_class SET relkind = 'r' WHERE relname = 'graph'`)
	c.sync(yaml, true)
}
