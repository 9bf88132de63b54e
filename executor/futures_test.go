package executor

import (
	"context"
	"strings"
	"testing"
)

// futureRoles are a loader who makes tables, an outsider with default privileges of his own, and readers.
func newFutures(t testing.TB) *cluster {
	t.Helper()
	return newOffice(t, `SET ROLE admin`, `CREATE ROLE loader`, `CREATE ROLE "Load ""2"`, `CREATE ROLE reader`, `CREATE ROLE outsider`, `RESET ROLE`,
		`CREATE SCHEMA staging AUTHORIZATION admin`, `CREATE SCHEMA "Other s" AUTHORIZATION admin`,
		`GRANT USAGE ON SCHEMA staging, "Other s" TO PUBLIC`, `GRANT CREATE ON SCHEMA staging, "Other s" TO loader, "Load ""2"`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE loader GRANT INSERT ON TABLES TO outsider`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE loader IN SCHEMA staging GRANT DELETE ON TABLES TO outsider WITH GRANT OPTION`)
}

// may checks that a role, which need not be able to log in, can do something; it is not done.
func (c *cluster) may(role, sql string) {
	c.Helper()
	if err := c.acting(role, sql); err != nil {
		c.Errorf("%s can not %s: %v", role, sql, err)
	}
}

// mayNot checks that a role lacks a privilege for something.
func (c *cluster) mayNot(role, sql string) {
	c.Helper()
	if err := c.acting(role, sql); err == nil || !strings.Contains(err.Error(), "42501") {
		c.Errorf("%s can %s: %v", role, sql, err)
	}
}

func (c *cluster) acting(role, sql string) error {
	c.Helper()
	c.exec(`BEGIN; SET LOCAL ROLE ` + id(role))
	_, err := c.super.Exec(context.Background(), sql)
	c.exec(`ROLLBACK`)
	return err
}

const (
	futuresGiven = `version: 1
roles:
  reader:
    direct_grants:
      - SELECT ON FUTURE TABLES IN SCHEMA staging FOR ROLE loader, "Load ""2"
      - UPDATE ON FUTURE TABLES FOR ROLE loader WITH GRANT OPTION
      - USAGE ON FUTURE SEQUENCES IN SCHEMA "Other s" FOR ROLE loader
`
	futuresTaken = "version: 1\nroles:\n  reader: {}\n"
)

// TestFutures: new objects come with what FUTURE phrases say, and what came with it stays in sync; taken away, new ones
// come without, and old ones lose it. Nothing of an outsider's becomes less.
func TestFutures(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newFutures(t)
			conn := c.connect(user, warehouse, "")
			c.keepsMemberships(func() { c.syncAs(conn, futuresGiven, true) })
			c.syncAs(conn, futuresGiven, false)
			for _, role := range []string{"loader", `Load "2`} {
				c.as(role, `CREATE TABLE staging."of `+role[:4]+`" (a int)`, `CREATE TABLE "Other s"."of `+role[:4]+`" (a int)`)
			}
			c.as("loader", `CREATE SEQUENCE "Other s".q`, `CREATE SEQUENCE staging.q`)
			c.may("reader", `SELECT FROM staging."of load"`)
			c.may("reader", `UPDATE staging."of load" SET a = 1`)
			c.may("reader", `SELECT FROM staging."of Load"`)
			c.mayNot("reader", `UPDATE staging."of Load" SET a = 1`)
			c.may("reader", `UPDATE "Other s"."of load" SET a = 1`)
			c.mayNot("reader", `SELECT FROM "Other s"."of load"`)
			c.may("reader", `SELECT nextval('"Other s".q')`)
			c.mayNot("reader", `SELECT nextval('staging.q')`)
			if !one[bool](c, `SELECT has_table_privilege('reader', 'staging."of load"', 'UPDATE WITH GRANT OPTION')`) {
				t.Error("reader can not grant UPDATE on")
			}
			c.syncAs(conn, futuresGiven, false) // what was made in between is as it is to be

			c.exec(`GRANT INSERT ON staging."of load" TO reader`, `REVOKE SELECT ON staging."of load" FROM reader`)
			c.syncAs(conn, futuresGiven, true) // what no phrase gives goes; what one gives is not required
			c.mayNot("reader", `SELECT FROM staging."of load"`)
			c.mayNot("reader", `INSERT INTO staging."of load" VALUES (1)`)
			c.may("outsider", `INSERT INTO staging."of load" VALUES (1)`)

			outsider := `SELECT string_agg(concat_ws(' ', d.defaclnamespace::regnamespace, d.defaclobjtype, i.privilege_type, i.is_grantable), ', ' ORDER BY d.oid)
				FROM pg_default_acl d, aclexplode(d.defaclacl) i WHERE i.grantee = 'outsider'::regrole`
			before := one[string](c, outsider)
			c.keepsMemberships(func() { c.syncAs(conn, futuresTaken, true) })
			c.syncAs(conn, futuresTaken, false)
			if n := one[int](c, `SELECT count(*) FROM pg_default_acl d, aclexplode(d.defaclacl) i WHERE i.grantee = 'reader'::regrole`); n != 0 {
				t.Errorf("%d default privileges are left", n)
			}
			c.as("loader", `CREATE TABLE staging.later (a int)`)
			for _, sql := range []string{`SELECT FROM staging.later`, `UPDATE staging.later SET a = 1`, `UPDATE staging."of load" SET a = 1`, `SELECT nextval('"Other s".q')`} {
				c.mayNot("reader", sql)
			}
			if after := one[string](c, outsider); after != before {
				t.Errorf("the outsider had %s and has %s", before, after)
			}
		})
	}
}

// TestFuturesScriptAndBack: the script gives what apply gives, a stale one is refused, and the way back brings rows
// back as they were, and none where there was none.
func TestFuturesScriptAndBack(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newFutures(t)
			c.name = warehouse
			conn, s := c.connect(user, warehouse, ""), parse(t, futuresGiven)
			rows := `SELECT coalesce(string_agg(concat_ws(' ', defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl), E'\n' ORDER BY defaclrole, defaclnamespace, defaclobjtype), '') FROM pg_default_acl`
			before := one[string](c, rows)
			plan, err := Plan(context.Background(), conn, s, Options{Effect: true})
			if err != nil {
				t.Fatal(err)
			}
			if effect := plan.Effect(); len(effect.Futures) != 4 || effect.Futures[1].Role != "reader" {
				t.Errorf("the effect has %+v", effect.Futures)
			}
			back, err := plan.Back()
			if err != nil {
				t.Fatal(err)
			}
			forth, undo := c.written("psql", s, plan, Options{}), c.written("psql", s, back, Options{})
			if out, status := c.psql(user, forth); status != 0 {
				t.Fatal(out)
			}
			c.syncAs(conn, futuresGiven, false)
			if out, status := c.psql(user, forth); status == 0 || !strings.Contains(out, "default privileges of loader on TABLES in schema staging: reader has SELECT, had nothing") {
				t.Errorf("run once more: %s", out)
			}
			if out, status := c.psql(user, undo); status != 0 {
				t.Fatal(out)
			}
			if after := one[string](c, rows); after != before {
				t.Errorf("there was\n%s\nthere is\n%s", before, after)
			}
		})
	}
}

// TestFutureNobody: the last default privilege that goes leaves the owner's, as none at all would give PUBLIC what it
// has built in.
func TestFutureNobody(t *testing.T) {
	t.Parallel()
	c := newFutures(t)
	c.exec(`ALTER DEFAULT PRIVILEGES FOR ROLE loader GRANT EXECUTE ON FUNCTIONS TO reader`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE loader REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC, loader`)
	c.syncAs(c.asAdmin(), futuresTaken, true)
	c.syncAs(c.asAdmin(), futuresTaken, false)
	c.as("loader", `CREATE FUNCTION staging.secret() RETURNS int LANGUAGE sql AS 'SELECT 42'`)
	c.may("loader", `SELECT staging.secret()`)
	c.mayNot("reader", `SELECT staging.secret()`)
	c.mayNot("outsider", `SELECT staging.secret()`)
}

// TestAnyCreator: who can create, by whatever path, and who comes to, is covered; tables that these make are in sync.
func TestAnyCreator(t *testing.T) {
	t.Parallel()
	const yaml = `version: 1
roles:
  reader:
    direct_grants:
      - SELECT ON ALL AND FUTURE TABLES IN SCHEMA staging FOR ANY CREATOR
  maker:
    direct_grants: [CREATE ON SCHEMA staging, USAGE ON SCHEMA staging]
  member: {member_of: [maker]}
`
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newFutures(t)
			conn := c.connect(user, warehouse, "")
			c.as("loader", `CREATE TABLE staging.before (a int)`)
			c.keepsMemberships(func() { c.syncAs(conn, yaml, true) })
			c.syncAs(conn, yaml, false)
			c.may("reader", `SELECT FROM staging.before`)
			for i, role := range []string{"loader", `Load "2`, "admin", "maker", "member"} {
				table := `staging.made` + string(rune('0'+i))
				c.as(role, `CREATE TABLE `+table+` (a int)`)
				c.may("reader", `SELECT FROM `+table)
			}
			result := c.syncAs(conn, yaml, false)
			if text := strings.Join(result.Plan.Warnings, "\n"); !strings.Contains(text, "FOR ANY CREATOR does not cover, in SCHEMA staging: superusers (postgres)") {
				t.Errorf("the plan says %q", text)
			}
			c.exec(`CREATE TABLE staging.slipped (a int)`)
			if user == "postgres" {
				c.syncAs(conn, yaml, true) // for a superuser's own table the next run is needed
				c.may("reader", `SELECT FROM staging.slipped`)
			} else {
				plan, err := Plan(context.Background(), conn, parse(t, strings.Replace(yaml, "ALL AND ", "", 1)), Options{})
				if err != nil {
					t.Fatal(err)
				}
				const want = "gives on TABLE staging.slipped, whose owners FOR ANY CREATOR does not cover"
				if text := strings.Join(plan.Warnings, "\n"); !strings.Contains(text, want) {
					t.Errorf("the plan says %q", text)
				}
				c.exec(`DROP TABLE staging.slipped`)
			}
			c.exec(`REVOKE CREATE ON SCHEMA staging FROM loader`)
			c.syncAs(conn, yaml, true) // who is no creator any more has no default privileges any more
			c.may("reader", `SELECT FROM staging.made0`)
		})
	}
}
