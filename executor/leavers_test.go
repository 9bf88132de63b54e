package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// leaving is a database that a leaver with an odd name has a part in: it owns objects of many kinds, was granted
// things by several, and has granted on what it was given, to roles that no spec names.
var leaving = []string{
	`CREATE ROLE heir`, `CREATE ROLE owner`, `CREATE ROLE other`, `CREATE ROLE team`, `CREATE ROLE squad`,
	`CREATE ROLE neighbour LOGIN PASSWORD '` + password + `'`,
	`CREATE ROLE "le'av""er; --" LOGIN PASSWORD '` + password + `' CREATEDB CONNECTION LIMIT 7`,
	`COMMENT ON ROLE "le'av""er; --" IS 'leaves; --'`, `ALTER ROLE "le'av""er; --" SET work_mem = '8MB'`, `ALTER ROLE "le'av""er; --" IN DATABASE warehouse SET search_path = s, "T u"`,
	`GRANT team TO "le'av""er; --"`, `GRANT "le'av""er; --" TO squad`,

	`CREATE SCHEMA s AUTHORIZATION owner`, `GRANT USAGE ON SCHEMA s TO neighbour, other`, `GRANT USAGE, CREATE ON SCHEMA s TO "le'av""er; --"`, `CREATE SCHEMA "T u" AUTHORIZATION "le'av""er; --"`,
	`CREATE TABLE s.t (a int, b int)`, `ALTER TABLE s.t OWNER TO owner`,
	`CREATE TABLE s.own (a serial, b int GENERATED ALWAYS AS IDENTITY)`, `ALTER TABLE s.own OWNER TO "le'av""er; --"`,
	`CREATE TABLE "T u"."x y" (a int)`, `ALTER TABLE "T u"."x y" OWNER TO "le'av""er; --"`,
	`CREATE SEQUENCE s.q`, `ALTER SEQUENCE s.q OWNER TO "le'av""er; --"`,
	`CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, `ALTER FUNCTION s.f(int) OWNER TO "le'av""er; --"`,
	`CREATE TYPE s.mood AS ENUM ('a')`, `ALTER TYPE s.mood OWNER TO "le'av""er; --"`,
	`CREATE DOMAIN s.dom AS int`, `ALTER DOMAIN s.dom OWNER TO "le'av""er; --"`,
	`SELECT lo_create(4711)`, `ALTER LARGE OBJECT 4711 OWNER TO "le'av""er; --"`,
	`CREATE COLLATION s."c c" FROM "C"`, `ALTER COLLATION s."c c" OWNER TO "le'av""er; --"`,
	`CREATE STATISTICS s.st ON a, b FROM s.t`, `ALTER STATISTICS s.st OWNER TO "le'av""er; --"`,
	`CREATE TEXT SEARCH CONFIGURATION s.conf (COPY = pg_catalog.simple)`, `ALTER TEXT SEARCH CONFIGURATION s.conf OWNER TO "le'av""er; --"`,
	`CREATE TEXT SEARCH DICTIONARY s.dict (TEMPLATE = simple)`, `ALTER TEXT SEARCH DICTIONARY s.dict OWNER TO "le'av""er; --"`,
	`CREATE CONVERSION s.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8`, `ALTER CONVERSION s.conv OWNER TO "le'av""er; --"`,
	`GRANT SELECT ON s.own TO neighbour`, `GRANT EXECUTE ON FUNCTION s.f(int) TO neighbour`,

	`GRANT SELECT, INSERT ON s.t TO other WITH GRANT OPTION`, `GRANT SELECT, UPDATE ON s.t TO "le'av""er; --" WITH GRANT OPTION`,
	`SET ROLE other`, `GRANT SELECT, INSERT ON s.t TO "le'av""er; --" WITH GRANT OPTION`, `RESET ROLE`,
	`SET ROLE "le'av""er; --"`, `GRANT SELECT ON s.t TO neighbour`, `GRANT UPDATE (a) ON s.t TO neighbour`, `GRANT INSERT ON s.t TO neighbour WITH GRANT OPTION`, `RESET ROLE`,
	`SET ROLE neighbour`, `GRANT INSERT ON s.t TO squad`, `RESET ROLE`,
	`ALTER DEFAULT PRIVILEGES FOR ROLE "le'av""er; --" IN SCHEMA s GRANT SELECT ON TABLES TO neighbour`,
	`ALTER DEFAULT PRIVILEGES FOR ROLE "le'av""er; --" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`,
	`ALTER DEFAULT PRIVILEGES FOR ROLE owner GRANT SELECT ON TABLES TO "le'av""er; --", neighbour`,
	`ALTER TABLE s.t ENABLE ROW LEVEL SECURITY`, `CREATE POLICY "p ""p" ON s.t TO "le'av""er; --", neighbour USING (true)`,
	`CREATE POLICY mine ON s.own TO neighbour, "le'av""er; --" USING (true)`,
	`GRANT CONNECT, TEMPORARY ON DATABASE warehouse TO "le'av""er; --" WITH GRANT OPTION`,
	`INSERT INTO s.t VALUES (1, 2)`,
}

const leaverSpec = `version: 1
roles:
  "le'av\"er; --": {absent: true, reassign_to: heir}
`

// neighbourDoes is what a neighbour of the leaver can do, before and after.
var neighbourDoes = []string{
	`SELECT FROM s.t`, `UPDATE s.t SET a = 2`, `INSERT INTO s.t VALUES (3, 4)`, `SELECT FROM s.own`, `SELECT s.f(1)`,
}

func (c *cluster) neighbourKeeps() {
	c.Helper()
	for _, sql := range neighbourDoes {
		c.can("neighbour", sql)
	}
	if n := one[int](c, `SELECT count(*)::int FROM s.t`); n == 0 {
		c.Error("rows are gone")
	}
	conn := c.connect("neighbour", warehouse, password)
	if n := one[int](&cluster{TB: c.TB, super: conn}, `SELECT count(*)::int FROM s.t`); n != 1 {
		c.Errorf("the neighbour sees %d rows by its policy", n)
	}
}

// isGone checks that there is no such role, and that what it owned is the heir's.
func (c *cluster) isGone(leaver, heir string, objects int) {
	c.Helper()
	if one[bool](c, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, leaver) {
		c.Errorf("%s is there", leaver)
	}
	if n := one[int](c, `SELECT count(*)::int FROM pg_shdepend WHERE deptype = 'o' AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)`, heir); n != objects {
		c.Errorf("%s owns %d objects, expected %d", heir, n, objects)
	}
	if _, err := c.tryConnect(leaver, warehouse, password); err == nil {
		c.Errorf("%s can log in", leaver)
	}
}

func TestLeaver(t *testing.T) {
	t.Parallel()
	c := newCluster(t, leaving...)
	c.neighbourKeeps()
	owned := one[int](c, `SELECT count(*)::int FROM pg_shdepend WHERE deptype = 'o' AND classid <> 'pg_default_acl'::regclass AND refobjid = (SELECT oid FROM pg_roles WHERE rolname LIKE 'le%')`)
	s, plan := c.planFor(leaverSpec)
	if text := c.written("text", s, plan, Options{}); !strings.Contains(text, ": may no longer log in\n") || strings.Contains(text, "gives everyone") {
		t.Errorf("it begins with what does not matter, or without what does:\n%s", text)
	}
	c.losesNothing("neighbour", func() { c.sync(leaverSpec, true) })
	c.isGone(`le'av"er; --`, "heir", owned)
	c.neighbourKeeps()
	if insert := one[string](c, `SELECT string_agg(grantee || ' ' || grantor, ',' ORDER BY grantee) FROM information_schema.role_table_grants WHERE table_name = 't' AND privilege_type = 'INSERT' AND grantee <> 'owner'`); insert != "neighbour owner,other owner,squad neighbour" {
		t.Errorf("INSERT is %s", insert)
	}
	c.sync(leaverSpec, false)
}

// TestLeaverInEveryFormat: script and saved plan do what apply does, and the way back makes the role again.
func TestLeaverInEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"psql", "sql", "goose", "json"} {
		c := newCluster(t, leaving...)
		s, plan := c.planFor(leaverSpec)
		text := c.written(format, s, plan, Options{})
		switch format {
		case "psql":
			if out, err := c.runScript(text); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		case "json":
			if _, err := ApplySaved(context.Background(), c.super, c.readBack(s, plan), Options{}); err != nil {
				t.Error(err)
			}
		case "goose":
			if _, err := newMigration(c, c.super, text).Up(context.Background()); err != nil {
				t.Error(err)
			}
		default:
			mustExec(t, c.super, text, pgx.QueryExecModeSimpleProtocol)
		}
		if one[bool](c, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname LIKE 'le''av%')`) {
			t.Errorf("%s leaves the role", format)
		}
		c.neighbourKeeps()
		c.sync(leaverSpec, false)
	}
}

func TestLeaverWayBack(t *testing.T) {
	t.Parallel()
	c := newCluster(t, leaving...)
	comment := `SELECT concat(shobj_description(oid, 'pg_authid'), (SELECT array_agg(concat(setdatabase <> 0, setconfig) ORDER BY 1) FROM pg_db_role_setting WHERE setrole = oid), rolcreatedb, rolconnlimit, rolcanlogin)
		FROM pg_roles WHERE rolname LIKE 'le''av%'`
	before := one[string](c, comment)
	warnings := c.thereAndBack(c.super, leaverSpec)
	if len(warnings) == 0 || !strings.Contains(strings.Join(warnings, "\n"), "comes back without the password") {
		t.Errorf("warnings: %q", warnings)
	}
	if after := one[string](c, comment); after != before {
		t.Errorf("it came back as %s, was %s", after, before)
	}
}

// TestLeaverAsCreateRole: who has CREATEROLE, owns the database and administers the roles does it, too.
func TestLeaverAsCreateRole(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	admin := c.admin()
	if c.major >= 15 {
		mustExec(t, admin, `GRANT CREATE ON SCHEMA public TO admin`)
	}
	setup := slices.Clone(leaving)
	for _, sql := range setup {
		if strings.Contains(sql, "lo_create") || strings.Contains(sql, "LARGE OBJECT") || strings.Contains(sql, "CONVERSION") {
			continue
		}
		if strings.HasPrefix(sql, "CREATE ROLE") {
			mustExec(t, admin, strings.ReplaceAll(sql, "CREATEDB", "NOCREATEDB")) // which it may not give from 16 on
			continue
		}
		c.exec(sql)
	}
	memberships := func() []string {
		return c.memberships(`member = 'admin'::regrole AND roleid::regrole::text NOT LIKE '%le''av%'`)
	}
	before := memberships()
	c.losesNothing("neighbour", func() { c.syncAs(admin, leaverSpec, true) })
	if after := memberships(); !slices.Equal(before, after) {
		t.Errorf("the admin's memberships are %q, were %q", after, before)
	}
	c.isGone(`le'av"er; --`, "heir", one[int](c, `SELECT count(*)::int FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'heir'::regrole`))
	c.neighbourKeeps()
	c.syncAs(admin, leaverSpec, false)
}

// TestDatabasesOfLeavers: a database goes to the heir, too, with what others have there.
func TestDatabasesOfLeavers(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		c := newCluster(t)
		admin := c.admin()
		c.exec(`ALTER ROLE admin CREATEDB`, `CREATE DATABASE "d ""b"`, `CREATE ROLE neighbour`, `CREATE ROLE stranger`)
		for _, role := range []string{"leaver", "heir"} {
			mustExec(t, admin, `CREATE ROLE `+role)
		}
		c.exec(`ALTER DATABASE "d ""b" OWNER TO leaver`, `REVOKE CONNECT ON DATABASE "d ""b" FROM PUBLIC`, `GRANT CONNECT ON DATABASE "d ""b" TO neighbour`)
		c.syncAs(c.connect(user, warehouse, ""), "version: 1\nroles: {leaver: {absent: true, reassign_to: heir}}\n", true)
		if owner := one[string](c, `SELECT datdba::regrole::text FROM pg_database WHERE datname = 'd "b'`); owner != "heir" {
			t.Errorf("%s: it belongs to %s", user, owner)
		}
		if !one[bool](c, `SELECT has_database_privilege('neighbour', 'd "b', 'CONNECT') AND NOT has_database_privilege('stranger', 'd "b', 'CONNECT')`) {
			t.Errorf("%s: others have something else there", user)
		}
	}
}

// TestLeaverIsNeverMissing: one that is gone is passed over, with all that is said of it.
func TestLeaverIsNeverMissing(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.sync("version: 1\nroles:\n  nobody: {absent: true, reassign_to: no_one, end_sessions: true}\n", false)
}

// TestInTheWay: all that stands in the way is named at once, each with what to do.
func TestInTheWay(t *testing.T) {
	t.Parallel()
	c := newCluster(t,
		`CREATE ROLE leaver SUPERUSER LOGIN`, `CREATE TABLE t (a int)`, `CREATE POLICY alone ON t TO leaver USING (true)`,
		`CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER s FOREIGN DATA WRAPPER w`, `CREATE USER MAPPING FOR leaver SERVER s`,
		`CREATE PUBLICATION pub`, `ALTER PUBLICATION pub OWNER TO leaver`, `CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`,
		`CREATE EVENT TRIGGER "ev t" ON ddl_command_start EXECUTE PROCEDURE ev()`, `ALTER EVENT TRIGGER "ev t" OWNER TO leaver`,
		`CREATE OPERATOR === (PROCEDURE = int4eq, LEFTARG = int, RIGHTARG = int)`, `ALTER OPERATOR === (int, int) OWNER TO leaver`,
		`CREATE DATABASE elsewhere`, `CREATE DATABASE closed`, `CREATE SCHEMA kept AUTHORIZATION leaver`,
		`ALTER DATABASE closed OWNER TO leaver`,
	)
	for _, database := range []string{"elsewhere", "closed"} {
		conn := c.connect("postgres", database, "")
		mustExec(t, conn, `CREATE TABLE t (a int)`)
		mustExec(t, conn, `ALTER TABLE t OWNER TO leaver`)
		conn.Close(context.Background())
	}
	c.exec(`ALTER DATABASE closed ALLOW_CONNECTIONS false`)
	leaver := c.connect("leaver", warehouse, "")
	mustExec(t, leaver, `CREATE EXTENSION citext`)
	mustExec(t, leaver, `CREATE TEMPORARY TABLE tt (a int)`)
	err := c.syncError(c.super, "version: 1\nignore: [SCHEMA kept]\nroles: {leaver: {absent: true, reassign_to: postgres}}\n")
	if err == nil {
		t.Fatal("nothing stands in the way")
	}
	for _, words := range []string{
		"policy alone on table public.t stands in the way: it is for nobody else", `DROP POLICY "alone" ON "public"."t"`,
		"user mapping for leaver on server s stands in the way: drop it, with DROP USER MAPPING",
		`publication pub stands in the way: run ALTER PUBLICATION "pub" OWNER TO "postgres", or drop it`,
		`event trigger ev t stands in the way: run ALTER EVENT TRIGGER "ev t" OWNER TO "postgres", or drop it`,
		"operator public.===(integer,integer) stands in the way: give it away to role \"postgres\" with ALTER ... OWNER TO, or drop it",
		`extension citext stands in the way: run REASSIGN OWNED BY "leaver" TO "postgres", which is the only way to give an extension away, or drop it: REASSIGN OWNED gives away all`,
		`1 object in database "elsewhere" stands in the way: give away or drop them there (REASSIGN OWNED, then DROP OWNED): REASSIGN OWNED gives away all`, `1 object in database "closed" stands in the way: it allows no connections`,
		"schema kept stands in the way: it is under ignore", ".tt stands in the way: it goes with the session",
	} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q is not said", words)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

// TestCodeOfLeavers: code goes to nobody who can do more, unless that one is named and trusted.
func TestCodeOfLeavers(t *testing.T) {
	t.Parallel()
	c := newCluster(t,
		`CREATE ROLE leaver`, `CREATE ROLE heir`, `CREATE ROLE boss CREATEDB`, `CREATE ROLE group_of_both`, `CREATE SCHEMA s`,
		`CREATE VIEW s.v AS SELECT 1 AS a`, `ALTER VIEW s.v OWNER TO leaver`,
		`CREATE FUNCTION s.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`, `ALTER FUNCTION s.f() OWNER TO leaver`,
	)
	yaml := func(to string) string {
		return fmt.Sprintf("version: 1\nroles: {leaver: {absent: true%s}}\n", to)
	}
	for _, to := range []string{", reassign_to: heir", ", reassign_to: boss", ", reassign_to: postgres", ""} {
		err := c.syncError(c.super, yaml(to))
		for _, words := range []string{"TABLE s.v is a view", "ROUTINE s.f() is a SECURITY DEFINER routine", "--trust-code"} {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %q is not said: %v", to, words, err)
			}
		}
	}
	if _, err := Sync(context.Background(), c.super, parse(t, yaml("")), Options{TrustCode: true}); err == nil {
		t.Error("code goes to the connecting role, which nobody has named")
	}
	c.exec(`GRANT heir TO leaver`)
	c.sync(yaml(", reassign_to: heir"), true)
	if owner := c.owner("s.v"); owner != "heir" {
		t.Errorf("the view belongs to %s", owner)
	}
}

// TestLeaverThatHasGrantedMemberships: up to 15 these stay, and the way back says that their grantor is not known any
// more; from 16 on it brings them back as they were.
func TestLeaverThatHasGrantedMemberships(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE leaver CREATEROLE`, `CREATE ROLE squad`, `CREATE ROLE neighbour`, `GRANT squad TO leaver WITH ADMIN OPTION`,
		`SET ROLE leaver`, `GRANT squad TO neighbour`, `RESET ROLE`)
	s := parse(t, "version: 1\nroles:\n  leaver: {absent: true}\n")
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := plan.Back()
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Contains(strings.Join(back.Warnings, "\n"), `the membership of role "neighbour" in role "squad" does not come back as it was, granted by "leaver"`)
	if said != (c.major < 16) {
		t.Errorf("on %d the way back says %q", c.major, back.Warnings)
	}
	if _, err := Sync(context.Background(), c.super, s, Options{}); err != nil {
		t.Fatal(err)
	}
	if !one[bool](c, `SELECT pg_has_role('neighbour', 'squad', 'USAGE')`) {
		t.Error("the neighbour has lost what the leaver had granted")
	}
}

// TestLeaverWithSettings: what a leaver was granted on settings goes, though nothing is left of what there was to grant
// on; what is under ignore is said to be.
func TestLeaverWithSettings(t *testing.T) {
	t.Parallel()
	needs(t, 15, "privileges on settings")
	c := newCluster(t, `CREATE ROLE leaver`, `CREATE ROLE neighbour`, `GRANT SET ON PARAMETER log_statement TO leaver, neighbour`,
		`GRANT ALTER SYSTEM ON PARAMETER work_mem TO leaver WITH GRANT OPTION`, `GRANT SET ON PARAMETER my.x TO leaver`)
	const absent = "roles:\n  leaver: {absent: true}\n"
	_, err := Plan(context.Background(), c.super, parse(t, "version: 1\nignore: [PARAMETER my.x]\n"+absent), Options{})
	saysAll(t, err, "parameter my.x stands in the way: it is under ignore")
	c.sync("version: 1\n"+absent, true)
	if one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'`) > 0 || !one[bool](c, `SELECT has_parameter_privilege('neighbour', 'log_statement', 'SET')`) {
		t.Error("the leaver is there, or its neighbour has less")
	}
}

// TestLeaverWithDefaultPrivilegesUnderIgnore: those of a leaver go with it, wherever they are, for it makes nothing any
// more. Those of others that name it are said to be in the way.
func TestLeaverWithDefaultPrivilegesUnderIgnore(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE leaver`, `CREATE ROLE neighbour`, `CREATE SCHEMA kept`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE leaver IN SCHEMA kept GRANT SELECT ON TABLES TO neighbour`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE neighbour IN SCHEMA kept GRANT SELECT ON TABLES TO PUBLIC`)
	const absent = "version: 1\nignore: [SCHEMA kept]\nroles:\n  leaver: {absent: true}\n"
	const named = `ALTER DEFAULT PRIVILEGES FOR ROLE neighbour IN SCHEMA kept %s SELECT ON TABLES %s leaver`
	c.exec(fmt.Sprintf(named, "GRANT", "TO"))
	_, err := Plan(context.Background(), c.super, parse(t, absent), Options{})
	saysAll(t, err, "stands in the way")
	c.exec(fmt.Sprintf(named, "REVOKE", "FROM"))
	c.sync(absent, true)
	if got := one[string](c, `SELECT string_agg(defaclrole::regrole || ' ' || defaclacl::text, ', ') FROM pg_default_acl`); got != "neighbour {=r/neighbour}" {
		t.Errorf("default privileges are %s", got)
	}
}

// TestHeirWhoseOwnsLeavesItOut: what a leaver owns does not go to one whose owns would have it taken away by the next
// run.
func TestHeirWhoseOwnsLeavesItOut(t *testing.T) {
	t.Parallel()
	c := newCluster(t, leaving...)
	spec := func(heir, owns string) string {
		return leaverSpec + "  " + heir + ": {owns: [" + owns + "]}\n"
	}
	for _, owns := range []string{"", `TABLE s.own`, `SCHEMA "T u"`} {
		c.fails(spec("heir", owns), `would go to role "heir", whose owns leaves that out`)
	}
	c.sync(spec("heir", `TABLE s.own, 'TABLE "T u"."x y"', 'SCHEMA "T u"'`), true)
	c.sync(spec("heir", `TABLE s.own, 'TABLE "T u"."x y"', 'SCHEMA "T u"'`), false)
}
