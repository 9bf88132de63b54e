package executor

import (
	"context"
	"slices"
	"testing"
)

var optionSetup = []string{
	`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int, b text)`,
	`CREATE ROLE p1 LOGIN PASSWORD '` + password + `'`, `CREATE ROLE p2 LOGIN PASSWORD '` + password + `'`,
	`GRANT USAGE ON SCHEMA sales TO p1, p2`,
	`GRANT SELECT ON sales.orders TO p1 WITH GRANT OPTION`,
	`SET ROLE p1; GRANT SELECT (a) ON sales.orders TO p2; RESET ROLE`,
}

const (
	loginOf   = "    login: {password: {env: PASSWORD}}\n"
	inSales   = "    direct_grants:\n    - USAGE ON SCHEMA sales\n"
	p1Without = "version: 1\nroles:\n  p1:\n" + loginOf + inSales + "    - SELECT ON TABLE sales.orders\n"
	p1With    = "version: 1\nroles:\n  p1:\n" + loginOf + inSales + "    - SELECT ON TABLE sales.orders WITH GRANT OPTION\n"
)

// itemsOf counts what a role has granted on columns of sales.orders.
func (c *cluster) grantedOnColumnsBy(role string) int {
	c.Helper()
	return one[int](c, `SELECT count(*) FROM pg_attribute, aclexplode(attacl) AS i WHERE attrelid = 'sales.orders'::regclass AND i.grantor = $1::regrole`, role)
}

// TestServerStrandsColumnGrants: when an option on a table goes, what was granted on a column by it stays, and then
// nothing but that grantor's option takes it away. This is why pgsr lets the owner grant it instead.
func TestServerStrandsColumnGrants(t *testing.T) {
	t.Parallel()
	c := newCluster(t, optionSetup...)
	c.exec(`REVOKE GRANT OPTION FOR SELECT ON sales.orders FROM p1`)
	for _, sql := range []string{`REVOKE ALL ON sales.orders FROM p1, p2 CASCADE`, `REVOKE SELECT (a) ON sales.orders FROM p2 CASCADE`, `DROP OWNED BY p2`, `DROP OWNED BY p1`} {
		c.exec(sql)
		if c.grantedOnColumnsBy("p1") != 1 {
			t.Errorf("%s takes it away: it is stranded no more", sql)
		}
	}
	c.exec(`GRANT USAGE ON SCHEMA sales TO p1, p2`)
	c.can("p2", `SELECT a FROM sales.orders`)

	// The cure, which pgsr finds where the grantee is in the spec and is not to have it.
	c.sync("version: 1\nroles:\n  p2:\n"+loginOf+inSales, true)
	c.cannot("p2", `SELECT a FROM sales.orders`)
	if n := c.grantedOnColumnsBy("p1"); n != 0 {
		t.Errorf("%d are stranded still", n)
	}
	c.exec(`DROP OWNED BY p1`, `DROP ROLE p1`)
}

// TestOptionGoesFromATable: whoever was granted a column by it keeps that from the owner, or loses it where the spec
// says so. Nothing is stranded, so that the grantor can be dropped.
func TestOptionGoesFromATable(t *testing.T) {
	t.Parallel()
	c := newCluster(t, optionSetup...)
	c.sync(p1With, false)
	c.can("p1", `GRANT SELECT ON sales.orders TO p2`)
	c.sync(p1Without, true)
	c.sync(p1Without, false)
	c.can("p2", `SELECT a FROM sales.orders`) // outside the spec it loses nothing
	c.cannot("p1", has(`has_table_privilege('sales.orders', 'SELECT WITH GRANT OPTION')`))
	if n := c.grantedOnColumnsBy("p1"); n != 0 {
		t.Errorf("%d are stranded", n)
	}
	c.sync(p1With, true)
	c.exec(`SET ROLE p1; GRANT SELECT (a) ON sales.orders TO p2; RESET ROLE`, `REVOKE SELECT (a) ON sales.orders FROM p2`)
	c.sync(p1Without+"  p2:\n"+loginOf+inSales, true)
	c.cannot("p2", `SELECT a FROM sales.orders`)
	c.exec(`DROP OWNED BY p1`, `DROP ROLE p1`)
}

// TestOptions: never given, given, given twice, on the table and on a column, used, taken away; a neighbour keeps his.
func TestOptions(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int, b text)`, `CREATE SEQUENCE sales.numbers`,
		`CREATE ROLE neighbour LOGIN PASSWORD '`+password+`'`, `GRANT USAGE ON SCHEMA sales TO neighbour`, `GRANT SELECT ON sales.orders TO neighbour WITH GRANT OPTION`)
	const spec = "version: 1\nroles:\n  alice:\n" + loginOf + inSales
	for _, o := range []struct{ phrase, grant string }{
		{`SELECT ON TABLE sales.orders`, has(`has_table_privilege('sales.orders', 'SELECT WITH GRANT OPTION')`)},
		{`UPDATE (a) ON TABLE sales.orders`, has(`has_column_privilege('sales.orders', 'a', 'UPDATE WITH GRANT OPTION')`)},
		{`USAGE ON SEQUENCE sales.numbers`, has(`has_sequence_privilege('sales.numbers', 'USAGE WITH GRANT OPTION')`)},
		{`CREATE ON SCHEMA sales`, has(`has_schema_privilege('sales', 'CREATE WITH GRANT OPTION')`)},
		{`TEMPORARY ON DATABASE warehouse`, has(`has_database_privilege('warehouse', 'TEMPORARY WITH GRANT OPTION')`)},
		{`USAGE ON LANGUAGE plpgsql`, has(`has_language_privilege('plpgsql', 'USAGE WITH GRANT OPTION')`)},
	} {
		plain, with := spec+"    - "+quoteYAML(o.phrase)+"\n", spec+"    - "+quoteYAML(o.phrase+" WITH GRANT OPTION")+"\n"
		c.sync(plain, true)
		c.cannot("alice", o.grant)
		c.sync(with, true)
		c.can("alice", o.grant)
		c.sync(with, false)
		c.sync(plain, true)
		c.cannot("alice", o.grant)
		c.sync(spec, true)
		c.can("neighbour", `GRANT SELECT ON sales.orders TO PUBLIC`)
	}
}

// TestIntendedGrantor: a member of the owner with a grant option of its own would be taken for the grantor. What pgsr
// grants is the owner's all the same, and what it is to revoke is.
// https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-OBJECTS
func TestIntendedGrantor(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss`, `CREATE ROLE x`, `CREATE ROLE y`, `CREATE ROLE mo LOGIN CREATEROLE PASSWORD '`+password+`'`, `GRANT boss TO mo`, `CREATE SCHEMA sales AUTHORIZATION boss`,
		`CREATE TABLE sales.orders (a int)`, `ALTER TABLE sales.orders OWNER TO boss`,
		`SET ROLE boss; GRANT DELETE ON sales.orders TO mo WITH GRANT OPTION; GRANT DELETE, SELECT ON sales.orders TO y; RESET ROLE`)
	if c.major >= 16 {
		c.exec(`GRANT x, y TO mo WITH ADMIN OPTION`)
	}
	mo := c.connect("mo", warehouse, password)
	c.syncAs(mo, "version: 1\nroles:\n  x: {direct_grants: [DELETE ON TABLE sales.orders]}\n  y: {}\n", true)
	grantors := one[string](c, `SELECT string_agg(i.grantee::regrole || ' by ' || i.grantor::regrole, ', ' ORDER BY 1) FROM pg_class, aclexplode(relacl) AS i
		WHERE oid = 'sales.orders'::regclass AND i.grantee IN ('x'::regrole, 'y'::regrole)`)
	if grantors != "x by boss" {
		t.Error(grantors)
	}
	mustExec(t, mo, `GRANT DELETE ON sales.orders TO y`) // which counts as granted by mo
	if n := one[int](c, `SELECT count(*) FROM pg_class, aclexplode(relacl) AS i WHERE oid = 'sales.orders'::regclass AND i.grantor = 'mo'::regrole`); n != 1 {
		t.Error("the server does not take the member for the grantor: the test shows nothing")
	}
	c.syncAs(mo, "version: 1\nroles:\n  x: {direct_grants: [DELETE ON TABLE sales.orders]}\n  y: {}\n", true)
}

// TestGrantorWithoutUsage: a grantor that may not look into the schema gets USAGE for the moment, and has it no longer
// afterwards.
func TestGrantorWithoutUsage(t *testing.T) {
	t.Parallel()
	c := newCluster(t, optionSetup...)
	c.exec(`REVOKE USAGE ON SCHEMA sales FROM p1`)
	c.sync("version: 1\nroles:\n  p2:\n"+loginOf+inSales, true)
	c.cannot("p2", `SELECT a FROM sales.orders`)
	c.cannot("p1", `SELECT FROM sales.orders`)
	if one[bool](c, `SELECT has_schema_privilege('p1', 'sales', 'USAGE')`) {
		t.Error("it keeps USAGE")
	}
}

// TestIgnored: what is under ignore is neither granted nor revoked, also with the members of an extension.
func TestIgnored(t *testing.T) {
	t.Parallel()
	c := newCluster(t, append(slices.Clone(optionSetup), `CREATE SCHEMA audit`, `CREATE TABLE audit.log (a int)`, `CREATE TABLE sales_of_extension (a int)`,
		`ALTER EXTENSION plpgsql ADD TABLE sales_of_extension`, `CREATE ROLE cloud`, `GRANT cloud TO p1`,
		`GRANT USAGE ON SCHEMA audit TO p1`, `GRANT SELECT ON audit.log, sales_of_extension TO p1`, `CREATE DATABASE scratch_1`, `GRANT TEMPORARY ON DATABASE scratch_1 TO p1`)...)
	const ignore = "ignore: [SCHEMA audit, EXTENSION MEMBERS, ROLE cloud, DATABASES MATCHING 'scratch_.*', TABLE sales.nowhere]\n"
	granted := func() int {
		return one[int](c, `SELECT has_table_privilege('p1', 'audit.log', 'SELECT')::int + has_table_privilege('p1', 'sales_of_extension', 'SELECT')::int
			+ pg_has_role('p1', 'cloud', 'MEMBER')::int + (SELECT count(*)::int FROM pg_database, aclexplode(datacl) AS i WHERE datname = 'scratch_1' AND i.grantee = 'p1'::regrole)`)
	}
	c.sync(ignore+p1Without, true)
	c.sync(ignore+p1Without, false)
	if n := granted(); n != 4 {
		t.Errorf("%d of 4 are left", n)
	}
	if result, err := syncReadingAll(context.Background(), c.super, parse(t, ignore+p1Without), Options{}); err != nil || result.Applied {
		t.Errorf("reading all: %v %s", err, statementsOf(result))
	}
	c.sync(p1Without, true)
	if n := granted(); n != 0 {
		t.Errorf("%d of 4 are left without ignore", n)
	}
}

// TestSpecOfAnotherDatabase is refused on any other connection.
func TestSpecOfAnotherDatabase(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	const yaml = "version: 1\ndatabase: warehouse\nroles: {alice: {}}\n"
	_, err := Sync(context.Background(), c.connect("postgres", "postgres", ""), parse(t, yaml), Options{})
	if want := `spec.yaml:2:11: the spec is for database "warehouse", but the connection is to database "postgres": nothing was done`; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	c.sync(yaml, true)
}
