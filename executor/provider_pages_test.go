package executor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgsr/planner"
)

// providerSetup is what a server of a provider has: a deployer that is no superuser and owns the warehouse.
var providerSetup = []string{
	`CREATE ROLE deployer LOGIN CREATEROLE CREATEDB`, `ALTER DATABASE warehouse OWNER TO deployer`,
	`CREATE SCHEMA sales AUTHORIZATION deployer`, `CREATE TABLE sales.orders (id int)`, `ALTER TABLE sales.orders OWNER TO deployer`,
}

// providers are their pages, each with what the documentation says that there is, as far as a server can have it
// without the provider's own code.
var providers = map[string][]string{
	"rds.md": {
		`CREATE ROLE rdsadmin SUPERUSER`, `CREATE ROLE rds_superuser`, `CREATE ROLE rds_iam`, `CREATE ROLE rds_password`, `CREATE ROLE rds_replication`,
		`GRANT pg_monitor, pg_signal_backend, rds_password, rds_replication TO rds_superuser WITH ADMIN OPTION`, `GRANT rds_superuser TO deployer`,
		`CREATE ROLE alice LOGIN`, `GRANT rds_iam TO alice`, `CREATE ROLE rds_pgaudit`, `GRANT SELECT ON sales.orders TO rds_pgaudit`,
	},
	"cloud-sql.md": {
		`CREATE ROLE cloudsqladmin SUPERUSER`, `CREATE ROLE cloudsqlsuperuser CREATEROLE CREATEDB`, `CREATE ROLE cloudsqliamuser`,
		`GRANT pg_monitor TO cloudsqlsuperuser WITH ADMIN OPTION`, `GRANT cloudsqlsuperuser TO deployer`,
		`ALTER DATABASE warehouse OWNER TO cloudsqlsuperuser`,
		`CREATE ROLE "alice@example.com" LOGIN`, `GRANT cloudsqliamuser, cloudsqlsuperuser TO "alice@example.com"`,
	},
	"azure.md": {
		`CREATE ROLE azuresu SUPERUSER`, `CREATE ROLE azure_pg_admin`, `GRANT pg_monitor, pg_execute_server_program TO azure_pg_admin`, `GRANT azure_pg_admin TO deployer`,
		`ALTER DATABASE warehouse OWNER TO azure_pg_admin`,
		`CREATE ROLE "alice@example.com" LOGIN CREATEROLE CREATEDB`, `GRANT azure_pg_admin TO "alice@example.com"`,
	},
	"supabase.md": {
		`ALTER ROLE deployer BYPASSRLS`, `CREATE ROLE supabase_admin SUPERUSER`, `CREATE ROLE anon NOINHERIT`, `CREATE ROLE service_role NOINHERIT BYPASSRLS`,
		`CREATE ROLE authenticator LOGIN NOINHERIT`, `GRANT anon, service_role TO authenticator`, `CREATE SCHEMA auth AUTHORIZATION supabase_admin`,
		`CREATE TABLE auth.users ()`, `GRANT SELECT ON auth.users TO anon`, `CREATE TABLE public.notes ()`, `GRANT ALL ON public.notes TO anon`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE supabase_admin IN SCHEMA public GRANT ALL ON TABLES TO anon, service_role`,
	},
}

// namedAttributes are those that a provider refuses to hear of, in statements on roles.
var namedAttributes = regexp.MustCompile(`(?m)^(CREATE|ALTER) ROLE .*\b(NO)?(SUPERUSER|REPLICATION|BYPASSRLS)\b`)

// newProvider is a cluster as the page of a provider describes it.
func newProvider(t *testing.T, page string) *cluster {
	t.Helper()
	needs(t, 14, "all predefined roles")
	return newCluster(t, append(append([]string{}, providerSetup...), providers[page]...)...)
}

// providerSpecs gives the specs of a page.
func providerSpecs(t *testing.T, page string) (specs []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range specBlock.FindAllStringSubmatch(string(text), -1) {
		specs = append(specs, block[1])
	}
	if len(specs) == 0 {
		t.Fatalf("%s has no spec", page)
	}
	return specs
}

// outsiders are the rows of all that the provider has made: roles with their attributes, and their memberships.
func (c *cluster) outsiders() string {
	c.Helper()
	return one[string](c, `
		SELECT string_agg(to_jsonb(r)::text, E'\n' ORDER BY rolname) FROM (SELECT a.*, ARRAY(
				SELECT concat_ws(' ', m.roleid::regrole, m.admin_option, to_jsonb(m) -> 'inherit_option', to_jsonb(m) -> 'set_option')
				FROM pg_auth_members AS m WHERE m.member = a.oid AND m.roleid::regrole::text NOT IN ('report_reader', 'metabase') AND m.roleid::regrole::text !~ '^_pgsr_' ORDER BY 1)
			FROM pg_authid AS a WHERE rolname !~ '^_pgsr_' AND rolname NOT IN ('report_reader', 'metabase')) AS r`)
}

// TestProviderPages plans, applies and looks, by the specs of the pages, as who is no superuser. Nothing of the
// provider becomes another, and no statement names an attribute that it refuses.
func TestProviderPages(t *testing.T) {
	t.Parallel()
	for page := range providers {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			c := newProvider(t, page)
			conn := c.connect("deployer", warehouse, "")
			for _, yaml := range providerSpecs(t, page) {
				before, s := c.outsiders(), parse(t, yaml)
				plan, err := Plan(context.Background(), conn, s, Options{})
				if err != nil || plan.InSync() {
					t.Fatalf("%v, %v\n%s", plan, err, yaml)
				}
				text := c.written("psql", s, plan, Options{})
				if found := namedAttributes.FindString(text); found != "" {
					t.Errorf("it says %s", found)
				}
				c.syncAs(conn, yaml, true)
				c.syncAs(conn, yaml, false)
				if lines := diffLines(strings.Split(before, "\n"), strings.Split(c.outsiders(), "\n")); len(lines) > 0 {
					t.Errorf("what is the provider's changed:\n%s", strings.Join(lines, "\n"))
				}
			}
			c.canAs("report_reader", `SELECT FROM sales.orders`)
			c.cannotAs("report_reader", `DELETE FROM sales.orders`)
		})
	}
}

// canAs runs something as a role that may not log in.
func (c *cluster) canAs(role, sql string) {
	c.Helper()
	if err := c.acting(role, sql); err != nil {
		c.Errorf("%s can not: %v", role, err)
	}
}

func (c *cluster) cannotAs(role, sql string) {
	c.Helper()
	if c.acting(role, sql) == nil {
		c.Errorf("%s can %s", role, sql)
	}
}

// TestStoredPasswordsOfProviders: without a way to them they are set again, which is no drift; who was granted SELECT
// on pg_authid compares.
func TestStoredPasswordsOfProviders(t *testing.T) {
	t.Parallel()
	c := newProvider(t, "cloud-sql.md")
	conn := c.connect("deployer", warehouse, "")
	const yaml = "version: 1\nroles:\n  metabase:\n    login: {password: {env: PASSWORD}}\n"
	c.syncAs(conn, yaml, true)
	for _, reads := range []bool{false, true} {
		if reads {
			c.exec(`GRANT SELECT ON pg_authid TO deployer`)
		}
		plan, err := Plan(context.Background(), conn, parse(t, yaml), Options{})
		if err != nil || !plan.InSync() || plan.IsEmpty() != reads {
			t.Errorf("it reads them: %v; %v, %v", reads, plan, err)
		}
	}
}

// TestEventTriggersThatGrant: what one gives to others on a new schema stays, what it gives to a role of the spec is
// revoked, by apply and by script.
func TestEventTriggersThatGrant(t *testing.T) {
	t.Parallel()
	c := newProvider(t, "supabase.md")
	c.name = warehouse
	c.exec(`GRANT CREATE ON DATABASE warehouse TO deployer`,
		`CREATE FUNCTION public.grants() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN GRANT USAGE ON SCHEMA marts TO service_role, report_reader; END'`,
		`CREATE ROLE report_reader`, `CREATE EVENT TRIGGER issue_access ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION public.grants()`)
	if c.major >= 16 {
		c.exec(`GRANT report_reader TO deployer WITH ADMIN OPTION`)
	}
	conn := c.connect("deployer", warehouse, "")
	s := parse(t, "version: 1\nroles:\n  report_reader: {}\n  owner: {owns: [SCHEMA marts]}\n")
	plan, err := Plan(context.Background(), conn, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"script", "apply"} {
		if err := c.by(way, conn, "deployer", s, plan); err != nil {
			t.Fatal(err)
		}
		if !one[bool](c, `SELECT has_schema_privilege('service_role', 'marts', 'USAGE') AND NOT has_schema_privilege('report_reader', 'marts', 'USAGE')`) {
			t.Errorf("%s: others have not, or report_reader has, what the trigger gave", way)
		}
		c.exec(`DROP SCHEMA marts`, `DROP ROLE owner`)
	}
}

// TestCreatorsFollowWhatTheyCreate: pg_hba.conf counts the membership that the creator of a role has, with ADMIN OPTION
// alone, and what stands behind it. So from 16 on docs/managed.md warns of it.
// https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
func TestCreatorsFollowWhatTheyCreate(t *testing.T) {
	t.Parallel()
	c := newProvider(t, "rds.md")
	conn := c.connect("deployer", warehouse, "")
	c.syncAs(conn, "version: 1\nignore: [ROLE rds_iam]\nroles: {bob: {login: {}}}", true)
	refuses := func() bool {
		other, err := c.tryConnect("deployer", warehouse, "")
		if err == nil {
			other.Close(context.Background())
		}
		return err != nil
	}
	c.sendMembersElsewhere("rds_iam")
	if refuses() {
		t.Fatal("who has nothing to do with rds_iam is refused")
	}
	c.exec(`GRANT rds_iam TO bob`)
	if got, want := refuses(), c.major >= 16; got != want {
		t.Errorf("the creator of bob is refused: %v", got)
	}
	// It acts for an owner with rds_iam for the moment, which nobody sees who logs in.
	c.exec(`REVOKE rds_iam FROM bob`, `CREATE SCHEMA carols AUTHORIZATION alice`)
	if c.major >= 16 {
		c.exec(`GRANT alice TO deployer WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`, `REVOKE rds_iam FROM alice`)
	}
	c.syncAs(conn, "version: 1\nignore: [ROLE rds_iam]\nroles: {dan: {direct_grants: [USAGE ON SCHEMA carols]}}", true)
	if refuses() {
		t.Error("acting for an owner has locked it out")
	}
}

// TestIAMByMembership: what docs/rds.md says of rds_iam. Without the line under ignore it would be revoked; as a
// membership of the spec it takes ADMIN OPTION from 16 on, and before 16 none.
func TestIAMByMembership(t *testing.T) {
	t.Parallel()
	c := newProvider(t, "rds.md")
	conn := c.connect("deployer", warehouse, "")
	for yaml, says := range map[string]string{
		"roles: {alice: {login: {}}}":                                                                  "REVOKE rds_iam FROM alice",
		"roles: {bob: {login: {}, member_of: [rds_iam]}}":                                              "GRANT rds_iam TO bob",
		"ignore: [ROLE rds_iam]\nroles: {alice: {login: {}}}":                                          "",
		"roles: {rds_pgaudit: {direct_grants: [USAGE ON SCHEMA sales, SELECT ON TABLE sales.orders]}}": "GRANT USAGE ON SCHEMA sales TO rds_pgaudit",
	} {
		s := parse(t, "version: 1\n"+yaml)
		plan, err := Plan(context.Background(), conn, s, Options{})
		var refused *planner.Refusal
		switch {
		case c.major >= 16 && strings.Contains(says, "rds_iam"):
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), "rds_iam") {
				t.Errorf("%s: %v", yaml, err)
			}
		case err != nil:
			t.Errorf("%s: %v", yaml, err)
		case says == "" && !plan.IsEmpty() || says != "" && !strings.Contains(strings.ReplaceAll(c.written("psql", s, plan, Options{}), `"`, ""), says):
			t.Errorf("%s: %s", yaml, c.written("psql", s, plan, Options{}))
		}
	}
}

// sendMembersElsewhere rejects the members of a role in pg_hba.conf.
func (c *cluster) sendMembersElsewhere(role string) {
	c.Helper()
	file := one[string](c, `SHOW hba_file`)
	text, err := os.ReadFile(file)
	if err != nil {
		c.Fatal(err)
	}
	lines := "local all +" + role + " reject\nhost all +" + role + " all reject\n"
	if err := os.WriteFile(file, append([]byte(lines), text...), 0o600); err != nil {
		c.Fatal(err)
	}
	c.exec(`SELECT pg_reload_conf()`)
	c.eventually("the file is not read", func() bool {
		return one[bool](c, `SELECT count(*) = 2 FROM pg_hba_file_rules WHERE auth_method = 'reject'`)
	})
}
