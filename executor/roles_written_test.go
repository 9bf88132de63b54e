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
	"pgsr/planner/script"
)

// additionsOfMany is about a role that is there and gets more, before 16 what is all that there is to do, and about one
// that is not there yet.
const additionsOfMany = `version: 1
roles:
  old: {member_of: [team], login: {}, grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}
  new: {login: {password: {env: PASSWORD}, valid_until: 2030-01-01T00:00:00Z}, attributes: [CREATEDB, CONNECTION LIMIT 7], grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}
`

// adding is a cluster in which additionsOfMany is to be added to; in {schema} and {table} stand privilege roles.
func adding(t *testing.T) (c *cluster, holders *strings.Replacer) {
	t.Helper()
	c = newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE`, `CREATE ROLE team`, `CREATE ROLE outsider`, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`)
	c.sync("version: 1\nroles: {first: {login: {}, grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}}\n", true)
	c.exec(`CREATE ROLE old LOGIN; GRANT team TO old`)
	return c, holdersOf(c)
}

// holdersOf puts names of privilege roles where {schema} and {table} are, and that of an administrator role.
func holdersOf(c *cluster) *strings.Replacer {
	c.Helper()
	holder := func(acl string) string {
		return one[string](c, `SELECT i.grantee::regrole::text FROM `+acl+` AS i WHERE i.privilege_type IN ('USAGE', 'SELECT') AND left(i.grantee::regrole::text, 6) = '_pgsr_'`)
	}
	return strings.NewReplacer("{administrator}", one[string](c, `SELECT coalesce(min(rolname::text), '') FROM pg_roles WHERE left(rolname::text, 20) = '_pgsr_administrator_'`),
		"{schema}", holder(`pg_namespace AS n CROSS JOIN aclexplode(CASE WHEN nspname = 's' THEN nspacl END)`),
		"{table}", holder(`pg_class AS c CROSS JOIN aclexplode(CASE WHEN relname = 't' THEN relacl END)`))
}

// writtenRoles are what a transaction does beside what was planned, what another does meanwhile, and whether the plan
// is seen to have done what it was to do.
var writtenRoles = []writtenRole{
	{seen: true},
	{also: `GRANT team TO outsider`, seen: true}, // which is not what the spec is about
	{also: `ALTER ROLE new NOLOGIN`},
	{also: `ALTER ROLE new CREATEROLE`},
	{also: `ALTER ROLE new NOCREATEDB`},
	{also: `ALTER ROLE new SUPERUSER`},
	{also: `ALTER ROLE new CONNECTION LIMIT 8`},
	{also: `ALTER ROLE new VALID UNTIL '2031-01-01'`},
	{also: `ALTER ROLE new VALID UNTIL 'infinity'`},
	{also: `ALTER ROLE new PASSWORD NULL`},
	{also: `ALTER ROLE new PASSWORD 'another'`},
	{also: `COMMENT ON ROLE new IS 'new'`},
	{also: `ALTER ROLE new RENAME TO other`},
	{also: `DROP ROLE new`},
	{also: `DROP ROLE new; CREATE ROLE new LOGIN`},
	{also: `ALTER ROLE old CREATEDB`},
	{also: `ALTER ROLE old PASSWORD 'another'`},
	{also: `COMMENT ON ROLE old IS 'old'`},
	{also: `GRANT team TO new`},
	{also: `GRANT pg_monitor TO new`},
	{also: `GRANT outsider TO old`},
	{also: `CREATE ROLE another; GRANT another TO new`},
	{also: `GRANT {table} TO new WITH ADMIN OPTION`},
	{also: `GRANT team TO old WITH ADMIN OPTION`},
	{also: `REVOKE {table} FROM new`},
	{also: `REVOKE {table} FROM old`},
	{also: `REVOKE {schema} FROM new; GRANT team TO new`},
	{also: `REVOKE team FROM old`},
	{also: `GRANT new TO outsider`},
	{also: `GRANT SELECT ON s.t TO new`},
	{also: `ALTER TABLE s.t OWNER TO new`},
	{also: `ALTER DEFAULT PRIVILEGES FOR ROLE team GRANT SELECT ON TABLES TO new`},
	{also: `SAVEPOINT a; GRANT team TO new; RELEASE a`},
	{meanwhile: `COMMENT ON ROLE outsider IS 'somebody else'`},
	{meanwhile: `CREATE ROLE nobody; DROP ROLE nobody`},
	{meanwhile: `GRANT INSERT ON s.t TO {table}`},
	{meanwhile: `BEGIN; SELECT txid_current(); ROLLBACK`},
	{meanwhile: `SELECT 1`, seen: true},
}

// TestWrittenRolesAreSeen: what a transaction has written is what was planned from a look, or it is not, whatever else
// it did, and whatever others did meanwhile.
func TestWrittenRolesAreSeen(t *testing.T) {
	t.Parallel()
	c, holders := adding(t)
	for _, test := range writtenRoles {
		test.check(c, c.super, additionsOfMany, holders)
	}
	if c.major >= 16 { // from then on who is no superuser adds by administrator roles
		return
	}
	boss, withoutPassword := c.connect("boss", warehouse, ""), strings.Replace(additionsOfMany, "password: {env: PASSWORD}, ", "", 1)
	forSuperusers := regexp.MustCompile(`PASSWORD|SUPERUSER|ON s.t |s.t OWNER|ON TABLES`)
	for _, test := range writtenRoles {
		if !forSuperusers.MatchString(test.also) {
			test.check(c, boss, withoutPassword, holders)
		}
	}
}

// TestRolesWrittenByAdministratorsAreSeen: so it is for a CREATEROLE owner from 16 on, who is a member of what it
// creates.
func TestRolesWrittenByAdministratorsAreSeen(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `CREATE ROLE outsider`, `GRANT outsider TO admin WITH ADMIN OPTION`, `CREATE SCHEMA s AUTHORIZATION admin`, `SET ROLE admin`, `CREATE ROLE team`, `CREATE TABLE s.t (a int)`, `RESET ROLE`)
	if c.major < 16 {
		t.Skip("before 16 there are no administrator roles")
	}
	admin := c.asAdmin()
	first := "version: 1\nroles: {first: {login: {}, grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}}\n"
	c.syncAs(admin, first, true)
	yaml := strings.Replace(first, "first", "new", 1)
	for _, test := range []writtenRole{
		{seen: true},
		{also: `GRANT team TO outsider`, seen: true},
		{also: `ALTER ROLE new NOLOGIN`},
		{also: `ALTER ROLE new CREATEROLE`},
		{also: `COMMENT ON ROLE new IS 'new'`},
		{also: `GRANT team TO new`},
		{also: `GRANT new TO outsider`},
		{also: `GRANT new TO outsider WITH ADMIN OPTION`},
		{also: `GRANT new TO admin WITH INHERIT TRUE`, seen: true}, // which createrole_self_grant does as well
		{also: `GRANT SELECT ON s.t TO new`},
		{also: `SET LOCAL ROLE {administrator}; REVOKE {table} FROM new; RESET ROLE`},
		{also: `SET LOCAL ROLE {administrator}; GRANT {table} TO new WITH ADMIN OPTION; RESET ROLE`},
		{also: `SET LOCAL ROLE {administrator}; GRANT {table} TO new WITH INHERIT FALSE; RESET ROLE`},
		{meanwhile: `COMMENT ON ROLE outsider IS 'somebody else'`},
		{meanwhile: `SELECT 1`, seen: true},
	} {
		test.check(c, admin, yaml, holdersOf(c))
	}
}

type writtenRole struct {
	also, meanwhile string
	seen            bool
}

func (test writtenRole) check(c *cluster, conn *pgx.Conn, yaml string, holders *strings.Replacer) {
	c.Helper()
	ctx := context.Background()
	p, err := newPlanning(parse(c, yaml), Options{})
	if err != nil {
		c.Fatal(err)
	}
	runs := c.planFromLook(conn, p)
	tx := begin(conn, 1, Options{})
	for _, sql := range append(runs, strings.Split(holders.Replace(test.also), "; ")...) {
		tx.Queue(wire.Query{Doing: sql, SQL: sql})
	}
	if err := tx.RoundTrip(ctx, wire.Query{Doing: "numbering", SQL: gen.TransactionID, Read: wire.Into(&tx.ID)}); err != nil {
		c.Fatalf("%s: %v", test.also, err)
	}
	mustExec(c, c.asPostgres(), holders.Replace(test.meanwhile))
	seen, err := p.isSeen(ctx, tx)
	if err != nil || seen != test.seen {
		c.Errorf("%s%s: seen %v, %v", test.also, test.meanwhile, seen, err)
	}
	if err := wire.Rollback(conn); err != nil {
		c.Fatal(err)
	}
	c.exec(`REVOKE INSERT ON s.t FROM ` + holders.Replace("{table}"))
}

// planFromLook gives the statements of a plan that a look is enough for.
func (c *cluster) planFromLook(conn *pgx.Conn, p *planning) (statements []string) {
	c.Helper()
	seen, err := inspect.Drift(context.Background(), wire.Session{Conn: conn}, p.scope())
	if err != nil {
		c.Fatal(err)
	}
	_, wanted := p.inSync(seen.Catalog)
	if wanted == nil {
		c.Fatalf("nothing is seen to differ: %+v", seen)
	}
	plan, err := p.additionsAfter(seen, wanted)(context.Background(), begin(conn, 1, Options{}))
	if err != nil || plan == nil || p.last.looked == "" {
		c.Fatalf("nothing is planned from the look: %v", err)
	}
	if err := wire.Rollback(conn); err != nil {
		c.Fatal(err)
	}
	for step := range script.Commands(script.Document{Server: plan.Server, Statements: plan.Statements}) {
		statements = append(statements, step.SQL)
	}
	return statements
}
