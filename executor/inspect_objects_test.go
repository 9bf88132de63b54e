package executor

import (
	"fmt"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

func TestInspectShowsWhatIsNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE DATABASE other`, `CREATE SCHEMA s`,
		`CREATE TABLE s.t (a int)`, `CREATE TABLE s.unrelated ()`, `CREATE VIEW s.v AS SELECT 1`, `CREATE MATERIALIZED VIEW s.m AS SELECT 1`,
		`CREATE TABLE s.p (a int) PARTITION BY LIST (a)`, `CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES IN (1)`,
		`CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER w FOREIGN DATA WRAPPER w`, `CREATE FOREIGN TABLE s.f (a int) SERVER w`,
		`CREATE SEQUENCE s.q`, `CREATE INDEX i ON s.t (a)`, `CREATE TYPE s.composite AS (a int)`)
	scope := catalog.Scope{Objects: []catalog.ObjectID{databaseID("other"), databaseID("missing"), schemaID("missing"), sequenceID("s", "q")}}
	for _, name := range []string{"t", "v", "m", "p", "p1", "f", "q", "i", "composite", "missing"} {
		scope.Objects = append(scope.Objects, tableID("s", name))
	}
	got := inspectBothWays(t, c.super, scope)
	expect(t, "objects", shown(got), "DATABASE other, DATABASE warehouse, SCHEMA s, SEQUENCE s.q, TABLE s.f, TABLE s.m, TABLE s.p, TABLE s.p1, TABLE s.t, TABLE s.v")
	var relkinds string
	for _, name := range []string{"t", "v", "m", "p", "p1", "f"} {
		relkinds += got.Objects[tableID("s", name)].Relkind
	}
	expect(t, "relkinds", relkinds+got.Objects[sequenceID("s", "q")].Relkind, "rvmprfS")
	if oid := one[uint32](c, `SELECT 's.t'::regclass::oid`); got.Objects[tableID("s", "t")].OID != oid {
		t.Errorf("the OID is %d, not %d", got.Objects[tableID("s", "t")].OID, oid)
	}
}

func TestInspectShowsTheContentsOfSchemas(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE SCHEMA empty`, `CREATE SCHEMA unrelated`, `CREATE TABLE unrelated.t ()`,
		`CREATE TABLE s.t ()`, `CREATE VIEW s.v AS SELECT 1`, `CREATE SEQUENCE s.q`)
	got := inspectBothWays(t, c.super, catalog.Scope{Contents: tablesIn("s", "empty", "missing")})
	expect(t, "objects", shown(got), "DATABASE warehouse, SCHEMA empty, SCHEMA s, SEQUENCE s.q, TABLE s.t, TABLE s.v")
}

func TestInspectShowsWhatRolesHave(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE owner`, `CREATE ROLE grantee`, `CREATE ROLE grantor`, `CREATE ROLE other`, `CREATE DATABASE elsewhere OWNER owner`,
		`CREATE DATABASE unrelated`, `CREATE SCHEMA s`, `GRANT USAGE ON SCHEMA s TO PUBLIC`, `CREATE SCHEMA owned AUTHORIZATION owner`, `CREATE SCHEMA granted`, `GRANT USAGE ON SCHEMA granted TO grantee`,
		`CREATE TABLE s.owned ()`, `ALTER TABLE s.owned OWNER TO owner`,
		`CREATE TABLE s.granted ()`, `GRANT SELECT ON s.granted TO grantee`,
		`CREATE TABLE s.bycolumn (a int)`, `GRANT SELECT (a) ON s.bycolumn TO grantee`,
		`CREATE TABLE s.passed ()`, `GRANT SELECT ON s.passed TO grantor WITH GRANT OPTION`, `SET ROLE grantor`, `GRANT SELECT ON s.passed TO other`, `RESET ROLE`,
		`CREATE SEQUENCE s.q`, `GRANT USAGE ON SEQUENCE s.q TO grantee`,
		`CREATE TABLE s.unrelated ()`, `GRANT SELECT ON s.unrelated TO other`,
		`GRANT SELECT ON pg_catalog.pg_authid TO grantee`, `GRANT SELECT ON information_schema.tables TO grantee`,
		`CREATE TEMPORARY TABLE temporary ()`, `GRANT SELECT ON temporary TO grantee`,
		`CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `GRANT EXECUTE ON FUNCTION s.f() TO grantee`)
	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"owner"}})
	expect(t, "of the owner", shown(got), "DATABASE elsewhere, DATABASE warehouse, SCHEMA owned, SCHEMA s, TABLE s.owned")
	expect(t, "owner", got.Objects[databaseID("elsewhere")].Owner, "owner")

	got = inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"grantee"}})
	expect(t, "of the grantee", shown(got), "DATABASE warehouse, ROUTINE s.f(), SCHEMA granted, SCHEMA information_schema, SCHEMA pg_catalog, SCHEMA s, SEQUENCE s.q, "+
		"TABLE information_schema.tables, TABLE pg_catalog.pg_authid, TABLE s.bycolumn, TABLE s.granted")
	expect(t, "the column's ACL", said(got.Objects[tableID("s", "bycolumn")].Columns["a"]), "grantee=SELECT/postgres")

	got = inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"grantor"}})
	expect(t, "of the grantor", shown(got), "DATABASE warehouse, SCHEMA s, TABLE s.passed")
	expect(t, "what it granted", said(got.Objects[tableID("s", "passed")].ACL.Of("other")), "other=SELECT/grantor")
	if got.Roles["other"] == nil || got.Roles["postgres"] == nil {
		t.Error("who is named on an ACL is not shown")
	}
}

func TestInspectTellsNoACLFromAnEmptyOne(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE owner`, `CREATE SCHEMA s AUTHORIZATION owner`, `CREATE TABLE s.nothing ()`, `CREATE TABLE s.default ()`, `CREATE SEQUENCE s.q`,
		`ALTER TABLE s.nothing OWNER TO owner`, `ALTER TABLE s.default OWNER TO owner`, `REVOKE ALL ON s.nothing FROM owner`,
		`CREATE TABLE s.public (a int)`, `GRANT SELECT (a), REFERENCES (a) ON s.public TO PUBLIC`, `GRANT SELECT ON s.public TO PUBLIC`)
	got := inspectBothWays(t, c.super, catalog.Scope{Contents: tablesIn("s")})
	expect(t, "of nobody", said(got.Objects[tableID("s", "nothing")].ACL), "")
	expect(t, "by default", said(got.Objects[tableID("s", "default")].ACL), said(got.DefaultACL(catalog.Table, "owner")))
	expect(t, "by default", said(got.Objects[sequenceID("s", "q")].ACL), "postgres=SELECT/postgres postgres=UPDATE/postgres postgres=USAGE/postgres")
	expect(t, "by default", said(got.Objects[schemaID("s")].ACL), "owner=CREATE/owner owner=USAGE/owner")
	expect(t, "by default", said(got.Objects[databaseID(warehouse)].ACL),
		"=CONNECT/postgres =TEMPORARY/postgres postgres=CONNECT/postgres postgres=CREATE/postgres postgres=TEMPORARY/postgres")
	expect(t, "of everybody", said(got.Objects[tableID("s", "public")].ACL.Of(catalog.Public)), "=SELECT/postgres")
	expect(t, "of everybody", said(got.Objects[tableID("s", "public")].Columns["a"]), "=REFERENCES/postgres =SELECT/postgres")
}

func TestInspectShowsTheSequencesOfTables(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t (a serial, b int GENERATED ALWAYS AS IDENTITY, c int)`, `CREATE SEQUENCE s.mine OWNED BY s.t.c`,
		`CREATE SEQUENCE s.free`)
	got := inspectBothWays(t, c.super, catalog.Scope{Objects: []catalog.ObjectID{tableID("s", "t"), sequenceID("s", "free")}})
	expect(t, "objects", shown(got), "DATABASE warehouse, SCHEMA s, SEQUENCE s.free, SEQUENCE s.mine, SEQUENCE s.t_a_seq, SEQUENCE s.t_b_seq, TABLE s.t")
	for _, name := range []string{"mine", "t_a_seq", "t_b_seq"} {
		expect(t, "the table of "+name, got.Objects[sequenceID("s", name)].OwnedBy.String(), "TABLE s.t")
	}
	if id := got.Objects[sequenceID("s", "free")].OwnedBy; id != (catalog.ObjectID{}) {
		t.Errorf("the free sequence belongs to %v", id)
	}
}

func TestInspectShowsWhatPrivilegeRolesHold(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE user1`, `CREATE SCHEMA s`, `GRANT USAGE ON SCHEMA s TO PUBLIC`)
	local := func(name string) string {
		return fmt.Sprintf("_pgsr_local_%d_table_select_%s", one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`), name)
	}
	pure, global, mismatched := local("00000001"), "_pgsr_global_database_connect_00000002", local("00000003")
	badName, granting, two, twoObjects := local("0000000g"), local("00000004"), local("00000005"), local("00000006")
	login, member, ownsToo, column, otherDatabase := local("00000007"), local("00000008"), local("00000009"), local("0000000a"), "_pgsr_local_1_table_select_0000000b"
	functionToo, elsewhereToo, nothing, byTwo, twoColumns := local("0000000c"), local("0000000d"), local("0000000e"), local("0000000f"), local("00000010")
	all := []string{pure, global, mismatched, badName, granting, two, twoObjects, login, member, ownsToo, column, otherDatabase, functionToo, elsewhereToo, nothing, byTwo, twoColumns}
	for _, name := range all {
		c.exec(`CREATE ROLE `+name, `CREATE TABLE s.`+name+` (a int)`, `GRANT `+name+` TO user1`)
		if name != global && name != column && name != twoColumns && name != nothing {
			c.exec(`GRANT SELECT ON s.` + name + ` TO ` + name)
		}
	}
	c.exec(`GRANT CONNECT ON DATABASE warehouse TO `+global,
		`REVOKE SELECT ON s.`+mismatched+` FROM `+mismatched, `GRANT USAGE ON SCHEMA s TO `+mismatched,
		`GRANT SELECT ON s.`+granting+` TO `+granting+` WITH GRANT OPTION`,
		`GRANT INSERT ON s.`+two+` TO `+two,
		`GRANT SELECT ON s.`+pure+` TO `+twoObjects,
		`ALTER ROLE `+login+` LOGIN`,
		`GRANT pg_monitor TO `+member,
		`CREATE TABLE s.owned ()`, `ALTER TABLE s.owned OWNER TO `+ownsToo,
		`GRANT SELECT (a) ON s.`+column+` TO `+column, `ALTER TABLE s.`+twoColumns+` ADD b int`, `GRANT SELECT (a, b) ON s.`+twoColumns+` TO `+twoColumns,
		`CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `GRANT EXECUTE ON FUNCTION s.f() TO `+functionToo,
		`CREATE ROLE second`, `GRANT SELECT ON s.`+byTwo+` TO second WITH GRANT OPTION`, `SET ROLE second`, `GRANT SELECT ON s.`+byTwo+` TO `+byTwo, `RESET ROLE`)
	postgres := c.connect("postgres", "postgres", "")
	mustExec(t, postgres, `GRANT CREATE ON SCHEMA public TO `+elsewhereToo)

	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"user1"}})
	want := map[string]*catalog.Held{
		pure:       {Privilege: catalog.Select, Object: tableID("s", pure)},
		global:     {Privilege: catalog.Connect, Object: databaseID(warehouse)},
		mismatched: {Privilege: catalog.Usage, Object: schemaID("s")},
		byTwo:      {Privilege: catalog.Select, Object: tableID("s", byTwo)},
		column:     {Privilege: catalog.Select, Object: tableID("s", column), Column: "a"},
		twoColumns: nil,
	}
	for _, name := range all {
		role := got.Roles[name]
		if role == nil {
			t.Errorf("%s is missing", name)
			continue
		}
		expect(t, name, fmt.Sprint(role.Holds), fmt.Sprint(want[name]))
	}
	if got.Objects[tableID("s", pure)] == nil || got.Objects[tableID("s", column)] == nil || got.Objects[tableID("s", nothing)] != nil {
		t.Errorf("objects of privilege roles: %s", shown(got))
	}
}

func TestInspectFindsThePrivilegeRolesOfANamedObject(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE ROLE _pgsr_local_1_schema_usage_00000001`, `GRANT USAGE ON SCHEMA s TO _pgsr_local_1_schema_usage_00000001`)
	name := fmt.Sprintf("_pgsr_local_%d_schema_usage_00000001", one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`))
	c.exec(`ALTER ROLE _pgsr_local_1_schema_usage_00000001 RENAME TO ` + name)
	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"to_be_made"}, Objects: []catalog.ObjectID{schemaID("s")}})
	expect(t, name, fmt.Sprint(got.Roles[name].Holds), fmt.Sprint(&catalog.Held{Privilege: catalog.Usage, Object: schemaID("s")}))
}

func TestInspectSaysTheSameToEveryone(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE nobody_special LOGIN`, `CREATE ROLE a`, `CREATE ROLE b`, `GRANT a TO b`, `CREATE SCHEMA s`, `CREATE TABLE s.t (a serial)`,
		`GRANT SELECT (a), INSERT ON s.t TO a`, `COMMENT ON ROLE a IS 'A'`, `REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`)
	scope := catalog.Scope{Roles: []string{"a", "b"}, Mentioned: []string{"nobody_special"}}
	super := inspected(t, c.super, scope)
	ordinary := inspected(t, c.connect("nobody_special", warehouse, ""), scope)
	if d := catalogtest.AllDifferences(super, ordinary); d != nil {
		t.Errorf("who is no superuser sees something else: %v", d)
	}
	if super.Server.SystemIdentifier == "" || ordinary.Server.SystemIdentifier != "" {
		t.Errorf("system identifiers are %q and %q", super.Server.SystemIdentifier, ordinary.Server.SystemIdentifier)
	}
}

func TestInspectNamesRolesThatAreGoneByOID(t *testing.T) {
	t.Parallel()
	needs(t, 13, "allow_system_table_mods for a session")
	c := newCluster(t, `CREATE ROLE gone`, `CREATE SCHEMA s`, `GRANT USAGE ON SCHEMA s TO gone`)
	oid := one[uint32](c, `SELECT 'gone'::regrole::oid`)
	c.exec(`SET allow_system_table_mods = on`, `DELETE FROM pg_authid WHERE rolname = 'gone'`)
	got := inspected(t, c.super, catalog.Scope{Objects: []catalog.ObjectID{schemaID("s")}})
	name := fmt.Sprint(oid)
	expect(t, "the schema's ACL", said(got.Objects[schemaID("s")].ACL.Of(name)), name+"=USAGE/postgres")
	if got.Roles[name] != nil {
		t.Error("a role that is gone is shown")
	}
}
