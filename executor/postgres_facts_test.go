package executor

import (
	"context"
	"strings"
	"testing"
)

// serverFact is something that a server of these majors does, on which code rests that no other test would show wrong:
// see docs/postgres.md. After do, ask is true; or the server refuses do with these words.
type serverFact struct {
	name    string
	do      []string
	ask     string
	refused string
	// from and to are the first and the last major of which it is true; 0: any.
	from, to int
}

var serverFacts = []serverFact{
	{
		name: "a superuser says who granted a membership", to: 15,
		do:  []string{`CREATE ROLE g1`, `CREATE ROLE g2`, `CREATE ROLE g3`, `GRANT g1 TO g2 GRANTED BY g3`},
		ask: `SELECT grantor = 'g3'::regrole FROM pg_auth_members WHERE member = 'g2'::regrole`,
	},
	{
		name: "a grantor that is dropped stays as a number", to: 15,
		do:  []string{`CREATE ROLE d1`, `CREATE ROLE d2`, `CREATE ROLE d3`, `GRANT d1 TO d2 GRANTED BY d3`, `DROP ROLE d3`},
		ask: `SELECT NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = m.grantor) FROM pg_auth_members AS m WHERE member = 'd2'::regrole`,
	},
	{
		name: "a column that is dropped keeps its ACL", to: 16,
		do:  []string{`CREATE ROLE c1`, `CREATE TABLE c (a int, b int)`, `GRANT SELECT (a) ON c TO c1`, `ALTER TABLE c DROP COLUMN a`},
		ask: `SELECT attacl IS NOT NULL FROM pg_attribute WHERE attrelid = 'c'::regclass AND attnum = 1 AND attisdropped`,
	},
	{
		name: "GRANTED BY of a privilege is the current user alone", from: 14, refused: "grantor must be current user",
		do: []string{`CREATE ROLE b1`, `CREATE TABLE b ()`, `GRANT SELECT ON b TO b1 WITH GRANT OPTION`, `GRANT SELECT ON b TO b1 GRANTED BY b1`},
	},
	{
		name: "a setting that is back at its default ACL has no row", from: 15,
		do:  []string{`CREATE ROLE o1`, `GRANT SET ON PARAMETER "Odd".Setting TO o1`, `REVOKE ALL ON PARAMETER odd.setting FROM o1`},
		ask: `SELECT NOT EXISTS (SELECT FROM pg_parameter_acl)`,
	},
	{
		name: "who may refer to a table runs code as its owner",
		do: []string{
			`CREATE TABLE referred (a int PRIMARY KEY)`, `INSERT INTO referred VALUES (1)`, `CREATE ROLE r1`, `CREATE SCHEMA AUTHORIZATION r1`, `GRANT REFERENCES ON referred TO r1`, `SET ROLE r1`, `CREATE TYPE r1.e AS ENUM ('1')`,
			`CREATE FUNCTION r1.f(r1.e) RETURNS int LANGUAGE plpgsql AS 'BEGIN CREATE ROLE made_by_r1; RETURN 1; END'`, `CREATE CAST (r1.e AS int) WITH FUNCTION r1.f(r1.e) AS IMPLICIT`,
			`CREATE TABLE r1.m (a r1.e REFERENCES referred)`, `INSERT INTO r1.m VALUES ('1')`, `RESET ROLE`,
		},
		ask: `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'made_by_r1')`,
	},
	{
		// It is true of later ones, too, whose postgres_fdw wants a libpq that is as new.
		name: "ANALYZE reads a foreign table as its owner, by a mapping that who owns the server has made", to: 16,
		do: []string{
			`CREATE EXTENSION postgres_fdw`, `CREATE ROLE f1`, `CREATE ROLE f2 LOGIN`, `CREATE ROLE f3 SUPERUSER`, `CREATE TABLE asked (by text)`,
			`CREATE FUNCTION note() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN INSERT INTO public.asked VALUES (session_user); RETURN 1; END'`,
			`CREATE VIEW answer AS SELECT note() AS a`, `GRANT SELECT ON answer TO f2`, `CREATE SCHEMA AUTHORIZATION f1`,
			`DO $$ BEGIN EXECUTE format('CREATE SERVER hers FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
				current_setting('unix_socket_directories'), current_setting('port'), current_database()); END $$`,
			`ALTER SERVER hers OWNER TO f1`, `SET ROLE f1`, `CREATE USER MAPPING FOR postgres SERVER hers OPTIONS (user 'f2')`,
			`CREATE FOREIGN TABLE f1.t (a int) SERVER hers OPTIONS (schema_name 'public', table_name 'answer')`, `RESET ROLE`,
			`ALTER FOREIGN TABLE f1.t OWNER TO postgres`, `SET ROLE f3`, `ANALYZE f1.t`, `RESET ROLE`,
		},
		ask: `SELECT EXISTS (SELECT FROM asked WHERE by = 'f2')`,
	},
	{
		name: "public in quotes is everybody",
		do:   []string{`CREATE TABLE p ()`, `GRANT SELECT ON p TO "public"`},
		ask:  `SELECT bool_or(grantee = 0) FROM pg_class, aclexplode(relacl) WHERE oid = 'p'::regclass`,
	},
	{
		name: "none in quotes is nobody to become",
		do:   []string{`CREATE ROLE n1`, `SET ROLE n1`, `SET ROLE "none"`},
		ask:  `SELECT current_user = 'postgres'`,
	},
	{
		name: "what is no verifier is a password in clear",
		do:   []string{`SET password_encryption = 'scram-sha-256'`, `CREATE ROLE v1 PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$short:short'`},
		ask:  `SELECT rolpassword ~ '^SCRAM-SHA-256\$4096:' AND rolpassword !~ 'short' FROM pg_authid WHERE rolname = 'v1'`,
	},
	{
		name: "an empty default privilege is none",
		do:   []string{`CREATE ROLE e1`, `ALTER DEFAULT PRIVILEGES FOR ROLE e1 REVOKE ALL ON SCHEMAS FROM e1`, `CREATE SCHEMA e AUTHORIZATION e1`},
		ask: `SELECT nspacl IS NULL AND EXISTS (SELECT FROM pg_default_acl WHERE defaclrole = 'e1'::regrole AND cardinality(defaclacl) = 0)
			FROM pg_namespace WHERE nspname = 'e'`,
	},
	{
		name: "nothing is granted on a language that is not trusted", refused: "is not trusted",
		do: []string{`CREATE ROLE l1`, `GRANT USAGE ON LANGUAGE c TO l1`},
	},
	{
		name: "the sequence of a column gets its owner with the table alone", refused: "cannot change owner of sequence",
		do: []string{`CREATE ROLE sq1`, `CREATE TABLE sq (id serial)`, `ALTER SEQUENCE sq_id_seq OWNER TO sq1`},
	},
	{
		name: "DROP OWNED leaves what who is not the owner has granted",
		do: []string{`CREATE ROLE h1`, `CREATE ROLE h2`, `CREATE TABLE h ()`, `GRANT SELECT ON h TO h1 WITH GRANT OPTION`, `SET ROLE h1`, `GRANT SELECT ON h TO h2`, `RESET ROLE`,
			`DROP OWNED BY h2`},
		ask: `SELECT has_table_privilege('h2', 'h', 'SELECT')`,
	},
	{
		name: "CASCADE leaves what who inherits a grant option from a grantee has granted it",
		do: []string{`CREATE ROLE i1`, `CREATE ROLE i2`, `GRANT i2 TO i1`, `CREATE TABLE i ()`, `GRANT SELECT ON i TO i1 WITH GRANT OPTION`, `SET ROLE i1`,
			`GRANT SELECT ON i TO i2 WITH GRANT OPTION`, `RESET ROLE`, `REVOKE SELECT ON i FROM i1 CASCADE`},
		ask: `SELECT has_table_privilege('i2', 'i', 'SELECT WITH GRANT OPTION')`,
	},
	{
		name: "an empty entry of default privileges gives EXECUTE to everyone again",
		do: []string{`CREATE ROLE j1`, `CREATE ROLE j2`, `CREATE SCHEMA j AUTHORIZATION j1`, `ALTER DEFAULT PRIVILEGES FOR ROLE j1 REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC, j1`, `SET ROLE j1`,
			`CREATE FUNCTION j.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `RESET ROLE`},
		ask: `SELECT proacl IS NULL AND has_function_privilege('j2', oid, 'EXECUTE') FROM pg_proc WHERE pronamespace = 'j'::regnamespace`,
	},
	{
		name: "a REVOKE of who has no option tries the columns, too", refused: "permission denied",
		do: []string{`CREATE ROLE k1`, `CREATE ROLE k2`, `CREATE TABLE k (a int)`, `GRANT DELETE ON k TO k1`, `SET ROLE k1`, `REVOKE SELECT ON k FROM k2`},
	},
	{
		name: "ALL TABLES IN SCHEMA stops at the first one on which nothing may be granted", refused: "permission denied",
		do: []string{`CREATE ROLE m1`, `CREATE ROLE m2`, `CREATE SCHEMA m AUTHORIZATION m1`, `CREATE TABLE m.a ()`, `ALTER TABLE m.a OWNER TO m1`, `CREATE TABLE m.b ()`, `SET ROLE m1`,
			`GRANT SELECT ON ALL TABLES IN SCHEMA m TO m2`},
	},
	{
		name: "an attribute that stays as it is may not be named either", refused: "SQLSTATE 42501",
		do: []string{`CREATE ROLE q1 CREATEROLE`, `SET ROLE q1`, `CREATE ROLE q2`, `ALTER ROLE q2 NOSUPERUSER`},
	},
	{
		name: "what is of a transaction is not reset by itself", from: 16, refused: "cannot be reset",
		do: []string{`CREATE ROLE t1`, `ALTER ROLE t1 SET transaction_read_only = on`, `ALTER ROLE t1 RESET transaction_read_only`},
	},
	{
		name: "a superuser resets it with all others", from: 16,
		do:  []string{`CREATE ROLE t2`, `ALTER ROLE t2 SET transaction_read_only = on`, `ALTER ROLE t2 RESET ALL`},
		ask: `SELECT NOT EXISTS (SELECT FROM pg_db_role_setting AS s WHERE s.setrole = 't2'::regrole)`,
	},
	{name: "aclexplode takes no array without a dimension", refused: "one-dimensional", do: []string{`SELECT aclexplode('{}'::aclitem[])`}},
	{name: "the last year", ask: `SELECT '294276-12-31 23:59:59.999999Z'::timestamptz < 'infinity'`},
	{name: "the year after it", refused: "out of range", do: []string{`SELECT '294277-01-01 00:00:00Z'::timestamptz`}},
	{name: "no end takes no NULL", refused: "syntax error", do: []string{`CREATE ROLE u1 VALID UNTIL '2031-01-01'`, `ALTER ROLE u1 VALID UNTIL NULL`}},
	{name: "no end is no empty text", refused: "invalid input syntax", do: []string{`CREATE ROLE u2 VALID UNTIL '2031-01-01'`, `ALTER ROLE u2 VALID UNTIL ''`}},
	{
		name: "ASCII letters alone fold",
		do:   []string{`CREATE TABLE ÄB ()`},
		ask:  `SELECT count(*) = 1 FROM pg_class WHERE relname = 'Äb'`,
	},
	{
		name: "anybody sets a setting of a made-up name",
		do:   []string{`CREATE ROLE s1`, `SET ROLE s1`, `SET pgsr.made_up = 'x'`},
		ask:  `SELECT current_setting('pgsr.made_up') = 'x'`,
	},
}

// TestServerFacts asks the server itself.
func TestServerFacts(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for _, f := range serverFacts {
		t.Run(f.name, func(t *testing.T) {
			if f.from > c.major || f.to != 0 && f.to < c.major {
				t.Skip("not on this major")
			}
			sub := &cluster{TB: t, server: c.server, super: c.connect("postgres", warehouse, ""), major: c.major}
			if f.refused == "" {
				sub.exec(f.do...)
				if !one[bool](sub, f.ask) {
					t.Errorf("it is not so: %s", f.ask)
				}
				return
			}
			last := len(f.do) - 1
			sub.exec(f.do[:last]...)
			if _, err := sub.super.Exec(context.Background(), f.do[last]); err == nil || !strings.Contains(err.Error(), f.refused) {
				t.Errorf("%s: %v", f.do[last], err)
			}
		})
	}
}

// TestFailedTransactionIsRolledBackByCommit, of which no error tells.
func TestFailedTransactionIsRolledBackByCommit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := newCluster(t).super
	mustExec(t, conn, `BEGIN`)
	if _, err := conn.Exec(ctx, `SELECT 1/0`); err == nil {
		t.Fatal("no failure")
	}
	if tag, err := conn.PgConn().Exec(ctx, `COMMIT`).ReadAll(); err != nil || tag[0].CommandTag.String() != "ROLLBACK" {
		t.Errorf("COMMIT answers %v, %v", tag, err)
	}
}

// TestNamesLookPastTheSnapshot: a function tells the name of now, and the catalog that of the snapshot.
func TestNamesLookPastTheSnapshot(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE before`)
	reader := &cluster{TB: t, server: c.server, super: c.connect("postgres", warehouse, "")}
	oid := one[uint32](c, `SELECT 'before'::regrole::oid`)
	reader.exec(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`)
	if name := one[string](reader, `SELECT rolname::text FROM pg_roles WHERE oid = $1`, oid); name != "before" {
		t.Fatalf("it is %q", name)
	}
	c.exec(`ALTER ROLE before RENAME TO after`)
	if name := one[string](reader, `SELECT rolname::text FROM pg_roles WHERE oid = $1`, oid); name != "before" {
		t.Errorf("the snapshot has %q", name)
	}
	if name := one[string](reader, `SELECT pg_get_userbyid($1)::text`, oid); name != "after" {
		t.Errorf("the function says %q", name)
	}
}
