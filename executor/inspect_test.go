package executor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

func inspected(t testing.TB, conn *pgx.Conn, scope catalog.Scope) *catalog.Catalog {
	t.Helper()
	c, err := inspect.Catalog(context.Background(), conn, scope)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wide gives a scope that says the same, of so many roles that the server goes the other way through memberships.
func wide(scope catalog.Scope) catalog.Scope {
	scope.Roles = slices.Clone(scope.Roles)
	for i := range 2000 {
		scope.Roles = append(scope.Roles, fmt.Sprintf("nobody %d", i))
	}
	return scope
}

// broad is a scope in which there is the same, and that does not name all of it.
func broad(scope catalog.Scope) catalog.Scope {
	scope.Contents = append(slices.Clip(scope.Contents), tablesIn("no such schema")...)
	return scope
}

// inspectBothWays reads what belongs to a scope narrowly and widely, which must come to the same, and everything, in
// which that must be.
func inspectBothWays(t testing.TB, conn *pgx.Conn, scope catalog.Scope) *catalog.Catalog {
	t.Helper()
	part := inspect.Scoped
	narrowly, widely := inspectReading(t, conn, scope, part), inspectReading(t, conn, wide(scope), part)
	if d := catalogtest.AllDifferences(narrowly, inspectReading(t, conn, broad(scope), part)); d != nil {
		t.Errorf("read narrowly (-) and broadly (+) it is not the same:\n%s", strings.Join(d, "\n"))
	}
	if d := catalogtest.AllDifferences(narrowly, widely); d != nil {
		t.Errorf("read narrowly (-) and widely (+) it is not the same:\n%s", strings.Join(d, "\n"))
	}
	whole := inspectReading(t, conn, scope, inspect.Whole)
	for _, d := range catalogtest.AllDifferences(narrowly, whole) {
		if strings.HasPrefix(d, "-") {
			t.Errorf("of the scope, this is not in what was read of everything: %s", d)
		}
	}
	for name, role := range narrowly.Roles {
		if got := whole.Roles[name]; got != nil && (fmt.Sprint(got.Holds) != fmt.Sprint(role.Holds) || got.Administers != role.Administers) {
			t.Errorf("role %s holds %v and administers %d, in what was read of everything %v and %d", name, role.Holds, role.Administers, got.Holds, got.Administers)
		}
	}
	return narrowly
}

func inspectReading(t testing.TB, conn *pgx.Conn, scope catalog.Scope, r inspect.Reading) *catalog.Catalog {
	t.Helper()
	c, err := inspect.Snapshot(context.Background(), wire.Session{Conn: conn}, scope, &r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tableID(schema, name string) catalog.ObjectID {
	return catalog.ObjectID{Kind: catalog.Table, Schema: schema, Name: name}
}

func sequenceID(schema, name string) catalog.ObjectID {
	return catalog.ObjectID{Kind: catalog.Sequence, Schema: schema, Name: name}
}

func schemaID(name string) catalog.ObjectID {
	return catalog.ObjectID{Kind: catalog.Schema, Name: name}
}

func databaseID(name string) catalog.ObjectID {
	return catalog.ObjectID{Kind: catalog.Database, Name: name}
}

// shown lists the objects of a catalog as text, in order.
func shown(c *catalog.Catalog) string {
	var all []string
	for id := range c.Objects {
		if !id.Kind.Info().AlwaysRead { // else they are always there
			all = append(all, id.String())
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// said lists an ACL as grantee=privileges/grantor, with * for the grant option, in order.
func said(acl catalog.ACL) string {
	var all []string
	for _, item := range acl {
		text := fmt.Sprintf("%s=%s/%s", item.Grantee, item.Privilege, item.Grantor)
		if item.Grantable {
			text += "*"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func expect(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func TestInspectSaysWhereItIs(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	server := inspected(t, c.super, catalog.Scope{}).Server
	want := catalog.Server{
		VersionNum:       one[int](c, `SELECT current_setting('server_version_num')::int`),
		SystemIdentifier: one[string](c, `SELECT system_identifier::text FROM pg_control_system()`),
		Database:         warehouse,
		DatabaseOID:      one[uint32](c, `SELECT oid FROM pg_database WHERE datname = current_database()`),
		CurrentUser:      "postgres",
		SessionUser:      "postgres",
		Bootstrap:        "postgres",
		Locks:            server.Locks, // those have a test of their own
	}
	defaults := server.Defaults
	server.Defaults = nil
	expect(t, "server", fmt.Sprintf("%+v", server), fmt.Sprintf("%+v", want))
	expect(t, "default of databases", said(defaults[catalog.Database]), said(catalog.NewACL(
		catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: catalog.Connect},
		catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: catalog.Temporary},
		catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: catalog.Connect},
		catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: catalog.Create},
		catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: catalog.Temporary},
	)))
	if maintain := defaults[catalog.Table].Has(catalog.Owner, catalog.Maintain); maintain != (c.major >= 17) {
		t.Errorf("an owner has MAINTAIN by default: %v, on %d", maintain, c.major)
	}
}

func TestInspectKnowsWhoItIsAfterSetRole(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss`, `SET ROLE boss`)
	server := inspected(t, c.super, catalog.Scope{}).Server
	expect(t, "users", server.CurrentUser+" "+server.SessionUser, "boss postgres")
}

func TestInspectReadsCreateroleSelfGrant(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	if c.major < 16 {
		return
	}
	c.exec(`SET createrole_self_grant = 'SET'`)
	expect(t, "self grant", fmt.Sprintf("%+v", inspected(t, c.super, catalog.Scope{}).Server.SelfGrant), "{Inherit:false Set:true}")
	c.exec(`SET createrole_self_grant = 'inherit, set'`)
	expect(t, "self grant", fmt.Sprintf("%+v", inspected(t, c.super, catalog.Scope{}).Server.SelfGrant), "{Inherit:true Set:true}")
}

func TestInspectReadsRoles(t *testing.T) {
	t.Parallel()
	c := newCluster(t,
		`CREATE ROLE plain`,
		`CREATE ROLE all_of_it SUPERUSER NOINHERIT CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS CONNECTION LIMIT 7 VALID UNTIL '2027-01-31 12:00:00+02'`,
		`CREATE ROLE forever VALID UNTIL 'infinity'`,
		`CREATE ROLE never VALID UNTIL '-infinity'`,
		`COMMENT ON ROLE plain IS 'it''s plain'`,
		`CREATE ROLE unrelated`)
	got := inspectBothWays(t, c.super, catalog.Scope{Roles: []string{"plain", "all_of_it", "missing"}, Mentioned: []string{"forever", "never"}})
	expect(t, "plain", fmt.Sprintf("%+v %s", got.Roles["plain"].Attributes, got.Roles["plain"].Comment),
		"{Superuser:false Inherit:true CreateRole:false CreateDB:false Login:false Replication:false BypassRLS:false ConnectionLimit:-1} it's plain")
	expect(t, "all_of_it", fmt.Sprintf("%+v %v", got.Roles["all_of_it"].Attributes, got.Roles["all_of_it"].ValidUntil),
		"{Superuser:true Inherit:false CreateRole:true CreateDB:true Login:true Replication:true BypassRLS:true ConnectionLimit:7} 2027-01-31 10:00:00 +0000 UTC")
	if until := got.Roles["forever"].ValidUntil; until != nil {
		t.Errorf("infinity is %v", until)
	}
	if until := got.Roles["never"].ValidUntil; until == nil || !until.Before(time.Unix(0, 0)) {
		t.Errorf("-infinity is %v", until)
	}
	if oid := one[uint32](c, `SELECT 'plain'::regrole::oid`); got.Roles["plain"].OID != oid {
		t.Errorf("the OID is %d, not %d", got.Roles["plain"].OID, oid)
	}
	if len(got.Roles) != 5 {
		t.Errorf("there are %d roles, not 4 and the connecting one", len(got.Roles))
	}
}

func TestInspectReadsPasswordsIfWantedAndAllowed(t *testing.T) {
	t.Parallel()
	const odd = `{o,d"d\} NULL`
	c := newCluster(t, `CREATE ROLE a LOGIN PASSWORD 'x'`, `CREATE ROLE b LOGIN`, `CREATE ROLE c LOGIN PASSWORD 'y'`, `CREATE ROLE boss LOGIN CREATEROLE`,
		`CREATE ROLE `+id(odd)+` PASSWORD 'z'`)
	scope := catalog.Scope{Roles: []string{"a", "b", odd, "nobody"}, Mentioned: []string{"c"}}
	if got := inspected(t, c.super, scope).Roles["a"].Verifier; got != "" {
		t.Error("a verifier was read that is not wanted")
	}
	scope.Passwords = true
	stored := one[string](c, `SELECT rolpassword FROM pg_authid WHERE rolname = 'a'`)
	boss := c.connect("boss", warehouse, "")
	readings := []inspect.Reading{inspect.Scoped, inspect.Whole}
	for _, e := range readings {
		if v := inspectReading(t, boss, scope, e).Roles["a"].Verifier; v != "" {
			t.Errorf("who may not read pg_authid got %q", string(v))
		}
	}
	c.exec(`GRANT SELECT ON pg_authid TO boss`)
	for _, e := range readings {
		for who, conn := range map[string]*pgx.Conn{"a superuser": c.super, "who may read pg_authid": boss} {
			got := inspectReading(t, conn, scope, e).Roles
			if got["a"].Verifier != catalog.Verifier(stored) || got["b"].Verifier != catalog.NoPassword || got["c"].Verifier != "" || len(got[odd].Verifier) < 32 {
				t.Errorf("%s got %q, %q, %q, %q", who, string(got["a"].Verifier), string(got["b"].Verifier), string(got["c"].Verifier), string(got[odd].Verifier))
			}
		}
	}
	c.exec(`REVOKE SELECT ON pg_authid FROM boss`, `SET ROLE boss`) // from now on the superuser is none
	if v := inspectReading(t, c.super, scope, readings[1]).Roles["a"].Verifier; v != "" {
		t.Errorf("who acts as one that may not read pg_authid got %q", string(v))
	}
}

func TestInspectIsOneTransactionThatEnds(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ctx := context.Background()
	inspected(t, c.super, catalog.Scope{})
	if status := c.super.PgConn().TxStatus(); status != 'I' {
		t.Errorf("afterwards the transaction's status is %c", status)
	}
	tx, err := c.super.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := inspect.Catalog(ctx, c.super, catalog.Scope{}); err == nil {
		t.Error("Inspect would have committed its caller's transaction")
	}
}

func TestInspectInsideATransactionSeesWhatThatDid(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `SET search_path = a, b`)
	ctx := context.Background()
	tx := begin(c.super, 1, Options{})
	if err := tx.RoundTrip(ctx, wire.Query{Doing: "creating a role", SQL: `CREATE ROLE fresh`}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := inspect.CatalogWithin(ctx, tx.Transaction, catalog.Scope{Roles: []string{"fresh"}}, new(inspect.Reading))
		if err != nil {
			t.Fatal(err)
		}
		if got.Roles["fresh"] == nil {
			t.Error("the new role is not seen")
		}
	}
	expect(t, "search_path", one[string](c, `SHOW search_path`), "pg_catalog, pg_temp")
	if err := wire.Rollback(c.super); err != nil {
		t.Fatal(err)
	}
	expect(t, "search_path afterwards", one[string](c, `SHOW search_path`), "a, b")
}

func TestInspectSaysWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN`, `REVOKE SELECT ON pg_database FROM PUBLIC`)
	boss := c.connect("boss", warehouse, "")
	_, err := inspect.Catalog(context.Background(), boss, catalog.Scope{})
	if err == nil || !regexp.MustCompile("permission denied for (table|relation) pg_database").MatchString(err.Error()) || !strings.HasPrefix(err.Error(), "working out what to read: ") {
		t.Errorf("the error is %v", err)
	}
	if status := boss.PgConn().TxStatus(); status != 'I' {
		t.Errorf("afterwards the transaction's status is %c", status)
	}
}

func TestInspectStopsWithItsContext(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := inspect.Catalog(ctx, c.super, catalog.Scope{}); err == nil {
		t.Error("a cancelled inspection came to a result")
	}
}

// TestInspectIsNotMisledByTheSearchPath puts traps where the owner of a database could.
func TestInspectIsNotMisledByTheSearchPath(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE victim`, `CREATE SCHEMA evil`,
		`CREATE FUNCTION evil.trap(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$`,
		`CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS 'SELECT evil.trap($1)'`,
		`CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS 'SELECT evil.trap($1)'`,
		`CREATE FUNCTION evil.same(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT evil.trap($1::text)::boolean'`,
		`CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = name, PROCEDURE = evil.same)`,
		`ALTER DATABASE warehouse SET search_path = evil, pg_catalog`)
	conn := c.connect("postgres", warehouse, "")
	if _, err := conn.Exec(context.Background(), `SELECT current_setting('port')`); err == nil || !strings.Contains(err.Error(), "trapped") {
		t.Fatalf("the trap does not work: %v", err)
	}
	if got := inspected(t, conn, catalog.Scope{Roles: []string{"victim"}}); got.Roles["victim"] == nil {
		t.Error("the role is missing")
	}
}

func TestInspectDoesNotDependOnSettings(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE "_pgsr_local_1_x"`, `CREATE ROLE plain VALID UNTIL '2027-01-31Z'`, `GRANT "_pgsr_local_1_x" TO plain`)
	scope := catalog.Scope{Roles: []string{"plain"}}
	before := inspected(t, c.super, scope)
	c.exec(`SET standard_conforming_strings = off`, `SET backslash_quote = on`, `SET DateStyle = 'German'`, `SET TimeZone = 'Pacific/Auckland'`,
		`SET IntervalStyle = 'iso_8601'`, `SET extra_float_digits = 0`, `SET quote_all_identifiers = on`, `SET default_transaction_isolation = 'serializable'`,
		`SET enable_seqscan = off`)
	if d := catalogtest.AllDifferences(before, inspected(t, c.super, scope)); d != nil {
		t.Errorf("it says something else:\n%s", strings.Join(d, "\n"))
	}
}

var literalNames = []string{
	`Capital Letters`, `with"quote`, `two""quotes`, `it's`, `dot.ted`, `select`, `PUBLIC`, `naïve Ünïcødé 表`, strings.Repeat("x", 63), `back\slash`,
	`$1`, `$$`, `;-- DROP`, "new\nline", "tab\t", `{brace,comma}`, `NULL`, ` `, `%s`, `a=b/c`, `*`, `123`, `/`,
}

func TestInspectTakesNamesLiterally(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	scope := catalog.Scope{Roles: literalNames, Passwords: true}
	for _, name := range literalNames {
		q := pgx.Identifier{name}.Sanitize()
		c.exec(`CREATE ROLE `+q, `CREATE SCHEMA `+q, `CREATE TABLE `+q+`.`+q+` (`+q+` int, other int)`, `CREATE SEQUENCE `+q+`."s"`,
			`GRANT SELECT (`+q+`), UPDATE (`+q+`) ON `+q+`.`+q+` TO `+q,
			`GRANT INSERT ON `+q+`.`+q+` TO `+q+` WITH GRANT OPTION`)
		scope.Objects = append(scope.Objects, tableID(name, name), schemaID(name), sequenceID(name, "s"))
	}
	got := inspectBothWays(t, c.super, scope)
	for _, name := range literalNames {
		table := got.Objects[tableID(name, name)]
		if got.Roles[name] == nil || table == nil || got.Objects[schemaID(name)] == nil || got.Objects[sequenceID(name, "s")] == nil {
			t.Errorf("%q is missing", name)
			continue
		}
		expect(t, "columns", strings.Join(table.ColumnNames(), "|"), name)
		expect(t, "the column's ACL", said(table.Columns[name]), fmt.Sprintf("%[1]s=SELECT/postgres %[1]s=UPDATE/postgres", name))
		expect(t, "the table's ACL", said(table.ACL.Of(name)), name+"=INSERT/postgres*")
	}
}

func TestInspectDoesNotTakeALongNameForAShortOne(t *testing.T) {
	t.Parallel()
	short := strings.Repeat("x", 63)
	c := newCluster(t, `CREATE ROLE `+short, `CREATE SCHEMA `+short)
	long := short + "y"
	got := inspected(t, c.super, catalog.Scope{Roles: []string{long}, Mentioned: []string{long, "nul\x00"}, Objects: []catalog.ObjectID{schemaID(long)}, Contents: tablesIn(long, "")})
	if got.Roles[short] != nil || got.Objects[schemaID(short)] != nil {
		t.Errorf("a name was cut: %v", shown(got))
	}
}
