package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// oldDatabase makes a database as one grows over the years: 17 schemas with 500 tables, 950 views and 1,090 routines,
// which belong to a few roles; some have nearly everything, some odd bits.
func oldDatabase() []string {
	out := []string{`CREATE ROLE etl`, `CREATE ROLE api_owner`, `CREATE ROLE dba`, `CREATE ROLE readers`, `CREATE ROLE writers`, `CREATE ROLE reports LOGIN`, `CREATE ROLE auditor LOGIN`,
		`CREATE ROLE intern LOGIN`, `GRANT readers TO reports, auditor`, `GRANT writers TO etl`}
	const schemas = 17
	for i := range schemas {
		out = append(out, fmt.Sprintf(`CREATE SCHEMA lab_%02d AUTHORIZATION etl`, i), fmt.Sprintf(`GRANT USAGE ON SCHEMA lab_%02d TO readers, writers, api_owner, dba`, i))
	}
	each := func(n int, do func(i int, schema string)) {
		for i := range n {
			do(i, fmt.Sprintf("lab_%02d", i%schemas))
		}
	}
	each(500, func(i int, s string) {
		out = append(out, fmt.Sprintf(`CREATE TABLE %s.t%03d (id int, region text, note text)`, s, i), fmt.Sprintf(`ALTER TABLE %s.t%03d OWNER TO etl`, s, i))
	})
	each(950, func(i int, s string) {
		out = append(out, fmt.Sprintf(`CREATE VIEW %s.v%03d AS SELECT %d AS id`, s, i, i), fmt.Sprintf(`ALTER VIEW %s.v%03d OWNER TO etl`, s, i))
	})
	each(1090, func(i int, s string) {
		out = append(out, fmt.Sprintf(`CREATE FUNCTION %s.f%04d(integer, text) RETURNS int LANGUAGE sql AS 'SELECT 1'`, s, i),
			fmt.Sprintf(`ALTER FUNCTION %s.f%04d(integer, text) OWNER TO api_owner`, s, i), fmt.Sprintf(`REVOKE ALL ON FUNCTION %s.f%04d(integer, text) FROM PUBLIC`, s, i))
	})
	for i := range schemas {
		s := fmt.Sprintf("lab_%02d", i)
		out = append(out, `GRANT SELECT ON ALL TABLES IN SCHEMA `+s+` TO readers`, `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA `+s+` TO readers, writers`,
			`ALTER DEFAULT PRIVILEGES FOR ROLE etl IN SCHEMA `+s+` GRANT SELECT ON TABLES TO readers`,
			`GRANT ALL ON ALL TABLES IN SCHEMA `+s+` TO dba WITH GRANT OPTION`)
		if i%5 != 0 {
			out = append(out, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA `+s+` TO writers`)
		}
	}
	each(40, func(i int, s string) {
		out = append(out, fmt.Sprintf(`REVOKE DELETE ON %s.t%03d FROM writers`, s, i), fmt.Sprintf(`GRANT SELECT (id, region) ON %s.t%03d TO intern`, s, i))
	})
	each(25, func(i int, s string) {
		out = append(out, fmt.Sprintf(`GRANT SELECT ON %s.v%03d TO intern`, s, i), fmt.Sprintf(`GRANT EXECUTE ON FUNCTION %s.f%04d(integer, text) TO auditor`, s, i),
			fmt.Sprintf(`ALTER TABLE %s.t%03d OWNER TO writers`, s, i*schemas+i))
	})
	return out
}

// TestExportOfAnOldDatabase: few lines, and quickly, for what thousands of statements have made.
func TestExportOfAnOldDatabase(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for some := range slices.Chunk(oldDatabase(), 100) {
		if _, err := c.super.PgConn().Exec(context.Background(), strings.Join(some, ";\n")).ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	owners := one[int](c, `SELECT (SELECT count(*) FROM pg_class WHERE relowner > 16383 AND relkind IN ('r', 'v')) + (SELECT count(*) FROM pg_proc WHERE proowner > 16383)`)
	rows := one[int](c, `SELECT count(*) FROM (SELECT aclexplode(relacl) FROM pg_class WHERE relowner > 16383 UNION ALL SELECT aclexplode(proacl) FROM pg_proc WHERE proowner > 16383) AS a`)
	text, took := "", time.Hour
	for i := 0; i < 3 || i < 20 && took > 2*time.Second; i++ { // others may be at work on this machine
		start := time.Now()
		exported, err := Export(context.Background(), c.super, ExportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		text = writeExport(t, exported)
		took = min(took, time.Since(start))
	}
	lines := strings.Count(text, "\n")
	t.Logf("PostgreSQL %d: %d owned objects and %d ACL items come out in %d lines, %d bytes, in %v", c.major, owners, rows, lines, len(text), took)
	if lines >= 300 || took > 2*time.Second {
		t.Errorf("%d lines in %v: fewer than 300 in 2 s are asked for\n%s", lines, took, text)
	}
	exportsInSync(t, c.super, "an old database")
	exportsInSync(t, c.super, "two roles of an old database", "intern", "writers")
}

// TestExportOfSystemObjects: what is granted on PostgreSQL's own is named, as not all of that is read.
func TestExportOfSystemObjects(t *testing.T) {
	t.Parallel()
	needs(t, 11, "pg_read_file(text)")
	c := newCluster(t, `CREATE ROLE monitor`, `CREATE ROLE catalogs`, `GRANT SELECT ON ALL TABLES IN SCHEMA pg_catalog, information_schema TO catalogs`,
		`CREATE ROLE languages`, `GRANT USAGE ON LANGUAGE plpgsql TO languages`, `GRANT CREATE ON TABLESPACE pg_default TO languages`,
		`GRANT USAGE ON TYPE pg_catalog.int4 TO monitor`, `GRANT USAGE ON SCHEMA pg_catalog, information_schema TO monitor`)
	c.exec(`DO $$DECLARE f regprocedure; BEGIN
		FOR f IN SELECT oid FROM pg_proc WHERE proacl IS NOT NULL LOOP EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO monitor'; END LOOP; END$$`)
	exported := exportsInSync(t, c.super, "on the system's own")
	if text := writeExport(t, exported); strings.Contains(text, "ALL") || !strings.Contains(text, "pg_catalog.pg_read_file(text)") {
		t.Errorf("not by name:\n%s", text)
	}
}

// TestExportOfMembershipsInAnyName: what a role is called takes nothing from it, were it the shortest name.
func TestExportOfMembershipsInAnyName(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "role", "x", "r", " ", "PG_x", "current_user"}
	c := newCluster(t, `CREATE ROLE member`)
	for _, name := range names {
		c.exec(`CREATE ROLE `+pgx.Identifier{name}.Sanitize(), `GRANT `+pgx.Identifier{name}.Sanitize()+` TO member`)
	}
	exported, err := Export(context.Background(), c.super, ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(exported.Spec.Roles, func(r spec.Role) bool { return r.Name == "member" })
	if got := len(exported.Spec.Roles[at].MemberOf); got != len(names) || len(exported.Differences) > 0 {
		t.Errorf("%d of %d memberships, %q:\n%s", got, len(names), exported.Differences, writeExport(t, exported))
	}
	c.sync(writeExport(t, exported), false)
}

// TestExportOfFarEnds: whatever year PostgreSQL has a password end in, what is written is read, or says that it stays.
func TestExportOfFarEnds(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, end := range []string{"9999-12-31 23:59:59.999999+00", "9999-12-31 23:00:00-02", "10000-02-29+00", "12345-06-07 08:09:10.5+00", "294276-12-31 23:59:59.999999+00", "0044-03-15 BC", "-infinity", "infinity"} {
		c.exec(fmt.Sprintf(`CREATE ROLE r%d LOGIN VALID UNTIL '%s'`, i, end))
	}
	exported, err := Export(context.Background(), c.super, ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text := writeExport(t, exported)
	c.sync(text, false)
	if n := strings.Count(text, "login: {valid_until: "); n != 5 {
		t.Errorf("%d ends are written:\n%s", n, text)
	}
}

// TestExportOfLongValues: what no spec can say that it stays is named, and what is exported is a spec all the same.
func TestExportOfLongValues(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE reader`, `GRANT USAGE ON SCHEMA pg_toast, public TO reader`)
	exported, err := Export(context.Background(), c.super, ExportOptions{Roles: []string{"reader"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := writeExport(t, exported); strings.Contains(text, "ON SCHEMA pg_toast") {
		t.Error(text)
	}
	if !slices.Equal(exported.Differences, []string{"SCHEMA pg_toast: what roles have on it changes"}) {
		t.Errorf("it says %q", exported.Differences)
	}
	if err := exported.Spec.Validate(); err != nil {
		t.Error(err)
	}
}
