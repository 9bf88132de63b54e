package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// syncTrusting applies a spec as the superuser, with options that let code have another owner.
func (c *cluster) syncTrusting(yaml string, o Options) *Result {
	c.Helper()
	result, err := Sync(context.Background(), c.super, parse(c, yaml), o)
	if err != nil || !result.Applied {
		c.Fatalf("%+v, %v", result, err)
	}
	return result
}

// trusting are options by which whatever owners lose goes to the connecting role.
func trusting(conn *pgx.Conn) Options {
	return Options{ReassignTo: conn.Config().User, TrustCode: true}
}

// newDen is a schema s in which mallory owns a relation named x, with other things, that runs code of hers with its
// owner's rights.
func newDen(t testing.TB, made ...string) *cluster {
	t.Helper()
	c := newCluster(t, `CREATE ROLE mallory LOGIN`, `CREATE ROLE keeper`, `CREATE SCHEMA s`, `GRANT USAGE, CREATE ON SCHEMA s TO mallory`, `SET ROLE mallory`,
		`CREATE FUNCTION s.f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN $1; END'`)
	c.exec(made...)
	c.exec(`RESET ROLE`, `CREATE TABLE s.plain (a int)`, `ALTER TABLE s.plain OWNER TO mallory`)
	return c
}

// dens are the kinds of relations by which she would read pg_authid, or more, as soon as they were a superuser's.
var dens = []struct {
	name, is string
	made     []string
}{
	{"a view", "a view", []string{`CREATE VIEW s.x AS SELECT rolname, rolpassword FROM pg_authid`}},
	{"a materialized view", "a materialized view", []string{`CREATE MATERIALIZED VIEW s.x AS SELECT 1 AS a WITH NO DATA`}},
	{"rules", "a table with rules", []string{`CREATE TABLE s.x (a int)`, `CREATE RULE r AS ON UPDATE TO s.x DO ALSO SELECT rolpassword FROM pg_authid`}},
	{"an index", "a table with an index on an expression", []string{`CREATE TABLE s.x (a int)`, `CREATE INDEX ON s.x (s.f(a))`}},
	{"a condition of an index", "a table with an index on an expression", []string{`CREATE TABLE s.x (a int)`, `CREATE INDEX ON s.x (a) WHERE s.f(a) > 0`}},
	{"statistics", "a table with statistics on an expression", []string{`CREATE TABLE s.x (a int)`, `CREATE STATISTICS s.n ON (s.f(a)) FROM s.x`}},
	{"a foreign key", "a table whose rows a foreign key changes", []string{
		`CREATE TABLE s.parent (a int PRIMARY KEY)`, `CREATE TABLE s.x (a int REFERENCES s.parent ON UPDATE CASCADE CHECK (s.f(a) > 0))`,
	}},
	{"a cast from it", "a table with a foreign key between two types", append(castOfHers(), `CREATE TABLE s.keys (a int PRIMARY KEY)`, `CREATE TABLE s.x (a s.e REFERENCES s.keys)`)},
	{"a cast to it", "a table with a foreign key between two types", append(castOfHers(), `CREATE TABLE s.x (a int PRIMARY KEY)`, `CREATE TABLE s.other (a s.e REFERENCES s.x)`)},
	{"a cast of a domain", "a table with a foreign key between two types", append(castOfHers(), `CREATE DOMAIN s.d AS s.e`, `CREATE TABLE s.x (a int PRIMARY KEY)`,
		`CREATE TABLE s.other (a s.d REFERENCES s.x)`)},
	{"a range", "a table with a column of a range type", append(rangeOfHers(), `CREATE TABLE s.x (a s.spread)`)},
	{"a domain of a range", "a table with a column of a range type", append(rangeOfHers(), `CREATE DOMAIN s.d AS s.spread`, `CREATE TABLE s.x (a s.d)`)},
	{"a multirange", "a table with a column of a range type", append(rangeOfHers(), `CREATE TABLE s.x (a s.spread_multirange)`)},
	{"a foreign table", "a foreign table that ANALYZE reads", []string{`RESET ROLE`, `CREATE FOREIGN DATA WRAPPER w`, `GRANT USAGE ON FOREIGN DATA WRAPPER w TO mallory`,
		`SET ROLE mallory`, `CREATE SERVER hers FOREIGN DATA WRAPPER w`, `CREATE FOREIGN TABLE s.x (a int) SERVER hers`}},
	{"a subscription", "a table that a subscription fills", []string{`CREATE TABLE s.x (a int)`, `RESET ROLE`, `INSERT INTO pg_subscription_rel VALUES (1, 's.x'::regclass, 'r')`}},
}

// castOfHers is used by foreign keys whose types differ: it then runs as the owner of the one table or of the other.
func castOfHers() []string {
	return []string{
		`CREATE TYPE s.e AS ENUM ('1')`, `CREATE FUNCTION s.f(s.e) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'`,
		`CREATE CAST (s.e AS int) WITH FUNCTION s.f(s.e) AS IMPLICIT`,
	}
}

// rangeOfHers is measured by ANALYZE, which runs as the owner of the table.
func rangeOfHers() []string {
	return []string{
		`CREATE FUNCTION s.f(int, int) RETURNS float8 IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'`,
		`CREATE TYPE s.spread AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = s.f)`,
	}
}

// needsOfDen skips what the server does not have.
func needsOfDen(t *testing.T, name string) {
	t.Helper()
	switch name {
	case "statistics":
		needs(t, 14, "statistics on expressions")
	case "a multirange":
		needs(t, 14, "multiranges")
	case "a subscription":
		needs(t, 16, "subscriptions that write as the owner of the table")
	}
}

const takes = "version: 1\nroles:\n  mallory: {login: {}, owns: [], grants: [USAGE ON SCHEMA s], direct_grants: [SELECT ON TABLE s.x]}\n"

// TestCodeIsNotTakenOver: it stays whose it is, however it was read, unless someone is named who is trusted with it.
func TestCodeIsNotTakenOver(t *testing.T) {
	t.Parallel()
	for _, den := range dens {
		t.Run(den.name, func(t *testing.T) {
			t.Parallel()
			needsOfDen(t, den.name)
			c := newDen(t, den.made...)
			c.name = warehouse
			for at, o := range []Options{{}, {TrustCode: true}, {ReassignTo: "keeper"}, {ReassignTo: "postgres"}, {}} {
				c.unchanged(func() {
					sync := Sync
					if at == 4 {
						sync = syncReadingAll
					}
					_, err := sync(context.Background(), c.super, parse(t, takes), o)
					to := o.ReassignTo
					if to == "" {
						to = "postgres"
					}
					c.saysOfCode(err, den.is, `"`+to+`"`, `"mallory"`, "owns: [TABLE s.x]", "--trust-code")
				})
			}
			result := c.syncTrusting(takes, Options{ReassignTo: "keeper", TrustCode: true})
			if owner, plain := c.owner("s.x"), c.owner("s.plain"); owner != "keeper" || plain != "keeper" {
				t.Errorf("s.x belongs to %s, s.plain to %s", owner, plain)
			}
			back, err := result.Plan.Back()
			if err != nil {
				t.Fatal(err)
			}
			if out, status := c.psql("postgres", c.written("psql", &spec.Spec{}, back, Options{})); status != 0 {
				t.Fatal(out)
			}
			if owner := c.owner("s.x"); owner != "mallory" {
				t.Errorf("after the way back s.x belongs to %s", owner)
			}
		})
	}
}

func (c *cluster) saysOfCode(err error, words ...string) {
	c.Helper()
	var problems spec.Errors
	if !errors.As(err, &problems) {
		c.Fatalf("not refused: %v", err)
	}
	for _, word := range append(words, "TABLE s.x", "its owner's rights") {
		if !strings.Contains(err.Error(), word) {
			c.Errorf("the refusal does not say %s: %v", word, err)
		}
	}
}

// TestCodeIsGivenToWhomTheSpecNames, with --trust-code only, and without it to who can do no more than the old owner.
func TestCodeIsGivenToWhomTheSpecNames(t *testing.T) {
	t.Parallel()
	c := newDen(t, dens[0].made...)
	const given = "version: 1\nroles:\n  keeper: {owns: [TABLE s.x]}\n"
	c.unchanged(func() {
		_, err := Sync(context.Background(), c.super, parse(t, given), Options{})
		c.saysOfCode(err, `"keeper"`, `"mallory"`, "take it out of what", "--trust-code")
	})
	c.syncTrusting(given, Options{TrustCode: true})

	c.exec(`ALTER TABLE s.x OWNER TO mallory`, `GRANT keeper TO mallory`)
	member := strings.Replace(takes, "login: {}", "login: {}, member_of: [keeper]", 1)
	for _, lost := range []string{`ALTER ROLE keeper BYPASSRLS`, `REVOKE keeper FROM mallory`} {
		c.exec(lost)
		_, err := Sync(context.Background(), c.super, parse(t, member), Options{ReassignTo: "keeper"})
		c.saysOfCode(err, `"keeper"`)
		c.exec(`ALTER ROLE keeper NOBYPASSRLS`, `GRANT keeper TO mallory`)
	}
	_, err := Sync(context.Background(), c.super, parse(t, takes), Options{ReassignTo: "keeper"})
	c.saysOfCode(err, `"keeper"`) // of which she is no member any more then
	c.syncTrusting(member, Options{ReassignTo: "keeper"})
	if owner := c.owner("s.x"); owner != "keeper" {
		t.Errorf("s.x belongs to %s", owner)
	}
	c.exec(`ALTER TABLE s.x OWNER TO postgres`)
	c.sync("version: 1\nroles:\n  keeper: {owns: [TABLE s.x, TABLE s.plain]}\n", true) // a superuser can do it all
}

// TestCodeOfOthersByNonSuperuser: the connecting role that takes it would be the one to be robbed.
func TestCodeOfOthersByNonSuperuser(t *testing.T) {
	t.Parallel()
	c := newDen(t, dens[0].made...)
	c.exec(`CREATE ROLE dep LOGIN CREATEROLE`, `GRANT mallory, keeper TO dep WITH ADMIN OPTION`, `GRANT ALL ON SCHEMA s TO dep WITH GRANT OPTION`, `GRANT CREATE ON SCHEMA s TO keeper`,
		`ALTER DATABASE warehouse OWNER TO dep`, `ALTER SCHEMA s OWNER TO dep`)
	dep := c.connect("dep", warehouse, "")
	_, err := Sync(context.Background(), dep, parse(t, takes), Options{})
	c.saysOfCode(err, `"dep"`, `"mallory"`)
	if _, err := Sync(context.Background(), dep, parse(t, takes), Options{ReassignTo: "keeper", TrustCode: true}); err != nil {
		t.Fatal(err)
	}
	if owner := c.owner("s.x"); owner != "keeper" {
		t.Errorf("s.x belongs to %s", owner)
	}
}

// TestCodeElsewhereOfWhoLosesMore: code in another database does not go to a role that can do more than its old owner
// when all databases are done: what the old owner shares with that role is lost last.
func TestCodeElsewhereOfWhoLosesMore(t *testing.T) {
	t.Parallel()
	const given = "version: 1\nroles:\n  alice: {login: {}, attributes: [ATTRIBUTES], member_of: [MEMBER], in: {a: {grants: [USAGE ON SCHEMA s], owns: []}}}\n  bob: {login: {}, in: {a: {owns: [TABLE s.x]}}}\n"
	c := newFleet(t, "a")
	c.exec(`GRANT bob TO alice`, `ALTER ROLE alice CREATEDB`, `ALTER ROLE bob CREATEDB`)
	c.execIn("a", `CREATE VIEW s.x AS SELECT rolname FROM pg_authid`, `ALTER VIEW s.x OWNER TO alice`)
	for _, loses := range []*strings.Replacer{strings.NewReplacer("ATTRIBUTES", "CREATEDB", "MEMBER", ""), strings.NewReplacer("ATTRIBUTES", "", "MEMBER", "bob")} {
		s := parse(t, loses.Replace(given))
		_, err := PlanDatabases(context.Background(), c.super, s, Options{})
		c.saysOfCode(err, `"bob"`, `"alice"`)
		_, err = SyncDatabases(context.Background(), c.super, s, Options{})
		c.saysOfCode(err, `"bob"`, `"alice"`)
	}
	both := parse(t, strings.NewReplacer("ATTRIBUTES", "CREATEDB", "MEMBER", "bob").Replace(given))
	if result, err := SyncDatabases(context.Background(), c.super, both, Options{}); err != nil || !result.Applied() {
		t.Errorf("where she keeps them: %v", err)
	}
}

// TestReferencesOnWhatGoesToASuperuser: who may refer to a table runs code as its owner, with a foreign key that is
// made when the table is a superuser's. So a plan names who is outside the spec and keeps that.
func TestReferencesOnWhatGoesToASuperuser(t *testing.T) {
	t.Parallel()
	const gives = "version: 1\nroles:\n  mallory: {login: {}, owns: []}\n"
	for grants, want := range map[string]string{
		`REFERENCES ON s.t TO accomplice`:       `role "accomplice" keeps REFERENCES on TABLE s.t`,
		`REFERENCES (a) ON s.t TO accomplice`:   `role "accomplice" keeps REFERENCES on TABLE s.t`,
		`ALL ON s.t TO PUBLIC`:                  `everyone (PUBLIC) keeps REFERENCES on TABLE s.t`,
		`SELECT, UPDATE (a) ON s.t TO PUBLIC`:   "",
		`REFERENCES ON s.t TO mallory`:          "",
		`REFERENCES ON s.t TO postgres, mighty`: "",
	} {
		t.Run(grants, func(t *testing.T) {
			t.Parallel()
			c := newDen(t, `CREATE TABLE s.t (a int PRIMARY KEY)`, `RESET ROLE`, `CREATE ROLE accomplice LOGIN`, `CREATE ROLE mighty SUPERUSER`, `GRANT `+grants)
			result := c.sync(gives, true)
			if said := strings.Join(result.Plan.Warnings, "\n"); !strings.Contains(said, want) || want == "" && strings.Contains(said, "REFERENCES") {
				t.Errorf("not warned of %q: %s", want, said)
			}
		})
	}
}
