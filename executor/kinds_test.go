package executor

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/scratch/scratchtest"
)

func asPgError(err error, target **pgconn.PgError) bool { return errors.As(err, target) }

// kindCase is one privilege on one kind of object, and what only those can do who have it.
type kindCase struct {
	phrase string
	try    string
	// from is the first major that has it.
	from int
}

var kindCases = []kindCase{
	{phrase: `CONNECT ON DATABASE warehouse`, try: `SELECT 1`},
	{phrase: `CREATE ON DATABASE warehouse`, try: `CREATE SCHEMA made_by_alice`},
	{phrase: `TEMPORARY ON DATABASE warehouse`, try: `CREATE TEMP TABLE t (a int)`},
	{phrase: `USAGE ON SCHEMA open`, try: `SELECT FROM open.to_all`},
	{phrase: `CREATE ON SCHEMA open`, try: `CREATE TABLE open.made_by_alice (a int)`},
	{phrase: `SELECT ON TABLE sales.orders`, try: `SELECT FROM sales.orders`},
	{phrase: `SELECT ON sales."Order Lines"`, try: `SELECT FROM sales."Order Lines"`},
	{phrase: `SELECT ON TABLE sales.a_view`, try: `SELECT FROM sales.a_view`},
	{phrase: `SELECT ON TABLE sales.a_matview`, try: `SELECT FROM sales.a_matview`},
	{phrase: `SELECT ON TABLE sales.parts`, try: `SELECT FROM sales.parts`},
	{phrase: `SELECT ON TABLE sales.foreign_one`, try: has(`has_table_privilege('sales.foreign_one', 'SELECT')`)},
	{phrase: `SELECT ON ALL TABLES IN SCHEMA sales`, try: `SELECT FROM sales.orders, sales.a_view, sales.parts, sales.a_matview`},
	{phrase: `SELECT ON TABLES MATCHING 'orders?' IN SCHEMA sales`, try: `SELECT FROM sales.orders`},
	{phrase: `INSERT ON TABLE sales.orders`, try: `INSERT INTO sales.orders VALUES (1, 'x')`},
	{phrase: `UPDATE ON TABLE sales.orders`, try: `UPDATE sales.orders SET b = 'y'`},
	{phrase: `DELETE ON TABLE sales.orders`, try: `DELETE FROM sales.orders`},
	{phrase: `TRUNCATE ON TABLE sales.orders`, try: `TRUNCATE sales.orders`},
	{phrase: `REFERENCES ON TABLE sales.orders`, try: has(`has_table_privilege('sales.orders', 'REFERENCES')`)},
	{phrase: `TRIGGER ON TABLE sales.orders`, try: `CREATE TRIGGER t BEFORE INSERT ON sales.orders EXECUTE PROCEDURE suppress_redundant_updates_trigger()`},
	{phrase: `MAINTAIN ON TABLE sales.orders`, try: `REINDEX TABLE sales.orders`, from: 17},
	{phrase: `USAGE ON SEQUENCE sales.numbers`, try: `SELECT nextval('sales.numbers')`},
	{phrase: `SELECT ON SEQUENCE sales.numbers`, try: `SELECT last_value FROM sales.numbers`},
	{phrase: `UPDATE ON SEQUENCE sales.numbers`, try: `SELECT setval('sales.numbers', 5)`},
	{phrase: `USAGE ON ALL SEQUENCES IN SCHEMA sales`, try: `SELECT nextval('sales.numbers')`},
	{phrase: `SELECT (a) ON TABLE sales.orders`, try: `SELECT a FROM sales.orders`},
	{phrase: `INSERT (a) ON TABLE sales.orders`, try: `INSERT INTO sales.orders (a) VALUES (1)`},
	{phrase: `UPDATE (b) ON TABLE sales.orders`, try: `UPDATE sales.orders SET b = 'y'`},
	{phrase: `REFERENCES (a) ON TABLE sales.orders`, try: has(`has_column_privilege('sales.orders', 'a', 'REFERENCES')`)},
	{phrase: `SELECT (a), UPDATE (b) ON TABLE sales.orders`, try: `UPDATE sales.orders SET b = 'y' WHERE a = 1`},
	{phrase: `ALL (a) ON TABLE sales.orders`, try: `SELECT a FROM sales.orders`},
	{phrase: `SELECT (ctid) ON TABLE sales.orders`, try: `SELECT ctid FROM sales.orders`},
	{phrase: `SELECT ("?column?") ON TABLE sales.a_view`, try: `SELECT "?column?" FROM sales.a_view`},
	{phrase: `SELECT ("?column?") ON TABLE sales.a_matview`, try: `SELECT "?column?" FROM sales.a_matview`},
	{phrase: `SELECT (a) ON TABLE sales.parts`, try: `SELECT a FROM sales.parts`},
	{phrase: `UPDATE (a) ON TABLE sales.foreign_one`, try: has(`has_column_privilege('sales.foreign_one', 'a', 'UPDATE')`)},
	{phrase: `SELECT (last_value) ON TABLE sales.numbers`, try: `SELECT last_value FROM sales.numbers`},
	{phrase: `SELECT (a) ON TABLES MATCHING 'orders?' IN SCHEMA sales`, try: `SELECT a FROM sales.orders`},
	{phrase: `SELECT ON ALL TABLES, SEQUENCES IN SCHEMA sales EXCEPT sales.orders_secret`, try: `SELECT FROM sales.orders, sales.numbers`},
	{phrase: `SELECT ON TABLES MATCHING 'o.*' IN SCHEMA sales EXCEPT MATCHING '.*_secret'`, try: `SELECT FROM sales.orders`},
	{phrase: `SELECT ON TABLE IF EXISTS sales.orders, sales.no_such`, try: `SELECT FROM sales.orders`},
	{phrase: `CONNECT ON DATABASES MATCHING 'ware.*'`, try: `SELECT 1`},
	{phrase: `SELECT ON TABLE sales.orders UNTIL '2999-12-31T00:00:00Z'`, try: `SELECT FROM sales.orders`},
	{phrase: `CREATE ON TABLESPACE "Odd room"`, try: `CREATE TABLE lair.held (a int) TABLESPACE "Odd room"`},
	{phrase: `EXECUTE ON FUNCTION api.pay(int, text)`, try: `SELECT api.pay(1, 'x')`},
	{phrase: `EXECUTE ON FUNCTION api.pay(amount sales."Odd type"[], VARIADIC "more" text[])`, try: `SELECT api.pay(NULL::sales."Odd type"[], 'x', 'y')`},
	{phrase: `EXECUTE ON ROUTINE api."Total; --"`, try: `SELECT api."Total; --"(1)`},
	{phrase: `EXECUTE ON PROCEDURE api.settle(int, OUT text)`, try: `CALL api.settle(1, NULL)`, from: 14},
	{phrase: `EXECUTE ON FUNCTION api.middle(float8, anyelement)`, try: `SELECT api.middle(0.5) WITHIN GROUP (ORDER BY 1)`},
	{phrase: `EXECUTE ON FUNCTION api.place()`, try: `SELECT api.place() OVER ()`},
	{phrase: `EXECUTE ON ALL FUNCTIONS IN SCHEMA api`, try: `SELECT api.pay(1, 'x'), api."Total; --"(1)`},
	{phrase: `EXECUTE ON ALL PROCEDURES IN SCHEMA api`, try: `CALL api.settle(1, NULL)`, from: 14},
	{phrase: `ALL ON ALL ROUTINES IN SCHEMA api`, try: `CALL api.settle(api.pay(1, 'x'), NULL)`, from: 14},
	{phrase: `EXECUTE ON ROUTINES MATCHING 'pay' IN SCHEMA api`, try: `SELECT api.pay(1, 'x')`},
	{phrase: `EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir()`, try: `SELECT count(*) FROM pg_ls_waldir()`},
	{phrase: `USAGE ON TYPE sales."Odd type"`, try: `CREATE TABLE lair.typed (a sales."Odd type")`},
	{phrase: `USAGE ON DOMAIN sales.money`, try: `CREATE TABLE lair.typed (a sales.money)`},
	{phrase: `USAGE ON TYPE sales.span`, try: `CREATE TABLE lair.typed (a sales.span[])`},
	{phrase: `USAGE ON TYPE sales.pair`, try: `CREATE TABLE lair.typed (a sales.pair)`},
	{phrase: `USAGE ON TYPE sales.orders`, try: has(`has_type_privilege('sales.orders', 'USAGE')`)},
	{phrase: `USAGE ON ALL TYPES IN SCHEMA sales`, try: `CREATE TABLE lair.typed (a sales.money, b sales."Odd type", c sales.pair)`},
	{phrase: `USAGE ON ALL DOMAINS IN SCHEMA sales`, try: `CREATE TABLE lair.typed (a sales.money)`},
	{phrase: `USAGE ON TYPES MATCHING 'mon.*' IN SCHEMA sales`, try: `CREATE TABLE lair.typed (a sales.money)`},
	{phrase: `USAGE ON FOREIGN DATA WRAPPER "Odd wrapper"`, try: `CREATE SERVER made_by_alice FOREIGN DATA WRAPPER "Odd wrapper"`},
	{phrase: `USAGE ON FOREIGN SERVER "Odd server"`, try: `CREATE FOREIGN TABLE lair.made_by_alice (a int) SERVER "Odd server"`},
	{phrase: `SELECT ON LARGE OBJECT 4711`, try: `SELECT lo_get(4711)`},
	{phrase: `UPDATE ON LARGE OBJECT 4711`, try: has(`(SELECT bool_or(i.grantee IN (SELECT oid FROM pg_roles WHERE pg_has_role(oid, 'USAGE')))
		FROM pg_largeobject_metadata, aclexplode(lomacl) AS i WHERE i.privilege_type = 'UPDATE')`)},
	{phrase: `SET ON PARAMETER Log_Statement`, try: `SET log_statement = 'all'`, from: 15},
	{phrase: `ALTER SYSTEM ON PARAMETER log_statement`, try: has(`has_parameter_privilege('log_statement', 'ALTER SYSTEM')`), from: 15},
	{phrase: `ALL ON PARAMETER odd.setting, "My".setting`, try: has(`has_parameter_privilege('my.setting', 'ALTER SYSTEM')`), from: 15},
	{phrase: `USAGE ON LANGUAGE "Odd language"`, try: `DO LANGUAGE "Odd language" 'BEGIN END'`},
}

// has is something that fails like a missing privilege when the server says that there is none.
func has(question string) string {
	return fmt.Sprintf(`DO $$ BEGIN IF NOT %s THEN RAISE insufficient_privilege; END IF; END $$`, question)
}

var kindSetup = []string{
	`REVOKE ALL ON DATABASE warehouse FROM PUBLIC`,
	`CREATE SCHEMA sales`, `CREATE SCHEMA open`,
	`CREATE TABLE sales.orders (a int primary key, b text)`, `CREATE TABLE sales."Order Lines" (a int)`,
	`CREATE TABLE sales.orders_secret (a int)`,
	`CREATE VIEW sales.a_view AS SELECT 1`, `CREATE MATERIALIZED VIEW sales.a_matview AS SELECT 1`,
	`CREATE TABLE sales.parts (a int) PARTITION BY LIST (a)`,
	`CREATE FOREIGN DATA WRAPPER nothing`, `CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing`,
	`CREATE FOREIGN TABLE sales.foreign_one (a int) SERVER nowhere`,
	`CREATE SEQUENCE sales.numbers`,
	`CREATE TABLE open.to_all (a int)`, `GRANT SELECT ON open.to_all TO PUBLIC`,
	`CREATE SCHEMA lair`, `GRANT ALL ON SCHEMA lair TO PUBLIC`,
	`SET allow_in_place_tablespaces = true`, `CREATE TABLESPACE "Odd room" LOCATION ''`,
	`CREATE TRUSTED LANGUAGE "Odd language" HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler`,
	`REVOKE USAGE ON LANGUAGE "Odd language" FROM PUBLIC`,
	`CREATE TYPE sales."Odd type" AS ENUM ('a')`, `CREATE DOMAIN sales.money AS int`, `CREATE TYPE sales.span AS RANGE (subtype = int)`, `CREATE TYPE sales.pair AS (a int)`,
	`CREATE SCHEMA api`, `CREATE FUNCTION api.pay(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	`CREATE FUNCTION api.pay(amount sales."Odd type"[], VARIADIC more text[], OUT x int) LANGUAGE sql AS 'SELECT 1'`,
	`CREATE AGGREGATE api."Total; --"(int) (sfunc = int4pl, stype = int)`,
	`CREATE AGGREGATE api.middle(float8 ORDER BY anyelement) (sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra)`,
	`CREATE FUNCTION api.place() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number'`,
	`CREATE PROCEDURE api.settle(a int, OUT b text) LANGUAGE sql AS $$SELECT 'x'$$`,
	`REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA api FROM PUBLIC`, `GRANT USAGE ON SCHEMA api TO PUBLIC`,
	`REVOKE USAGE ON TYPE sales."Odd type", sales.money, sales.span, sales.pair, sales.orders FROM PUBLIC`,
	`SELECT lo_from_bytea(4711, 'secret')`, `SELECT lo_create(4712)`,
	`CREATE FOREIGN DATA WRAPPER "Odd wrapper"`, `CREATE SERVER "Odd server" FOREIGN DATA WRAPPER "Odd wrapper"`,
	`CREATE ROLE bob LOGIN PASSWORD '` + password + `'`,
	`GRANT ALL ON DATABASE warehouse TO bob`, `GRANT ALL ON SCHEMA sales, open TO bob`,
	`GRANT ALL ON ALL TABLES IN SCHEMA sales TO bob`, `GRANT ALL ON ALL SEQUENCES IN SCHEMA sales TO bob`,
	`GRANT ALL ON open.to_all TO bob`,
	`GRANT EXECUTE ON ALL ROUTINES IN SCHEMA api TO bob`, `GRANT EXECUTE ON FUNCTION pg_ls_waldir() TO bob`,
	`GRANT USAGE ON TYPE sales."Odd type", sales.money, sales.span, sales.pair, sales.orders TO bob`,
	`GRANT SELECT, UPDATE ON LARGE OBJECT 4711 TO bob`,
	`GRANT USAGE ON FOREIGN DATA WRAPPER "Odd wrapper" TO bob`, `GRANT USAGE ON FOREIGN SERVER "Odd server" TO bob`,
	`DO $$ BEGIN IF current_setting('server_version_num')::integer >= 150000 THEN
		EXECUTE 'GRANT ALL ON PARAMETER log_statement, my.setting TO bob'; END IF; END $$`,
	`GRANT USAGE ON LANGUAGE "Odd language" TO bob`, `GRANT CREATE ON TABLESPACE "Odd room" TO bob`,
}

// kindSetupBefore14 is without procedures that have OUT, and speaks of functions before 11.
// https://www.postgresql.org/docs/14/release-14.html
func kindSetupBefore14(major int) []string {
	var out []string
	for _, statement := range kindSetup {
		switch {
		case strings.HasPrefix(statement, `CREATE PROCEDURE`):
			continue
		case major < 11:
			statement = strings.ReplaceAll(statement, "ALL ROUTINES", "ALL FUNCTIONS")
		}
		out = append(out, statement)
	}
	return out
}

// base is what alice needs to try anything at all.
const base = `
version: 1
roles:
  alice:
    login: {password: {env: PASSWORD}}
    direct_grants:
      - %s
      - %s
`

// TestKinds tries each privilege on each kind of object, as a privilege role's and as a direct grant: never granted,
// granted, granted again, taken away. Bob, who is not in the spec, keeps what he has throughout.
func TestKinds(t *testing.T) {
	t.Parallel()
	setup := kindSetup
	if major := scratchtest.Major(t); major < 14 {
		setup = kindSetupBefore14(major)
	}
	c := newCluster(t, setup...)
	bob := c.connect("bob", warehouse, password)
	for _, k := range kindCases {
		for _, form := range []string{"grants", "direct_grants"} {
			if k.from > c.major {
				continue // the server has no such privilege: TestPrivilegeTheServerLacks
			}
			t.Run(form+"/"+k.phrase, func(t *testing.T) {
				sub := &cluster{TB: t, server: c.server, super: c.super, major: c.major}
				sub.checkKind(k, form, bob)
			})
		}
	}
}

func (c *cluster) checkKind(k kindCase, form string, bob *pgx.Conn) {
	without, with := k.specs(form)
	c.sync(without, true)
	c.cannot("alice", k.try)
	c.neighbourCan(bob, k)
	c.sync(with, true)
	c.can("alice", k.try)
	c.sync(with, false)
	c.can("alice", k.try)
	if k.phrase != `SELECT ON ALL TABLES IN SCHEMA sales` {
		c.cannot("alice", `SELECT FROM sales.orders_secret`)
	}
	c.neighbourCan(bob, k)
	c.sync(without, true)
	c.cannot("alice", k.try)
	c.neighbourCan(bob, k)
	c.exec(`DROP OWNED BY alice`, `DROP ROLE alice`)
}

// neighbourCan tries it in the session of bob, where privileges are looked at as in a new one. Only the privilege to
// connect takes another login.
func (c *cluster) neighbourCan(bob *pgx.Conn, k kindCase) {
	c.Helper()
	if strings.HasPrefix(k.phrase, `CONNECT `) {
		c.can("bob", k.try)
	} else if err := rolledBack(bob, k.try); err != nil {
		c.Errorf("bob can not %s: %v", k.try, err)
	}
}

// specs gives a spec for alice without the phrase and one with it.
func (k kindCase) specs(form string) (without, with string) {
	connect, usage := `CONNECT ON DATABASE warehouse`, `USAGE ON SCHEMA sales`
	without = fmt.Sprintf(base, connect, usage)
	if strings.HasPrefix(k.phrase, `CONNECT `) {
		without = fmt.Sprintf(base, `TEMPORARY ON DATABASE warehouse`, usage)
	}
	if form == "grants" {
		return without, without + "    grants:\n      - " + quoteYAML(k.phrase) + "\n"
	}
	return without, without + "      - " + quoteYAML(k.phrase) + "\n"
}

func quoteYAML(phrase string) string { return fmt.Sprintf("%q", phrase) }
