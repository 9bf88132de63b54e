package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
)

// TestWhatIsNotDecidedIsNamed: attributes, what is owned and members outside the spec, for whoever asks, and only
// where the spec says nothing of them.
func TestWhatIsNotDecidedIsNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE etl CREATEDB REPLICATION`, `CREATE ROLE team`, `CREATE ROLE plain`, `CREATE ROLE a`, `CREATE ROLE b`, `CREATE ROLE listed`, `CREATE ROLE outsider`, `CREATE ROLE inside`,
		`CREATE SCHEMA s AUTHORIZATION etl`, `CREATE TABLE s.t (a serial)`, `CREATE VIEW s.v AS SELECT 1`, `ALTER TABLE s.t OWNER TO etl`,
		`ALTER VIEW s.v OWNER TO etl`, `CREATE ROLE "Odd One"`, `GRANT team TO outsider, inside`, `GRANT listed TO outsider`,
		`GRANT plain TO outsider, "Odd One", a, b`)
	admin := c.admin()
	const plain = `; plain: 4 members outside the spec ("Odd One", "a", "b" and 1 more)`
	for _, conn := range []*pgx.Conn{c.super, admin} {
		for owns, want := range map[string]string{
			"": "etl: CREATEDB, REPLICATION, ownership of 1 schema and 2 tables and 1 sequence; team: 1 member outside the spec (\"outsider\")" + plain,
			", owns: [SCHEMA s, 'ALL TABLES IN SCHEMA s']": "etl: CREATEDB, REPLICATION; team: 1 member outside the spec (\"outsider\")" + plain,
		} {
			yaml := "version: 1\nroles:\n  etl: {preserve_in_schemas: [s]" + owns + "}\n  team: {}\n  plain: {}\n  listed: {}\n  inside: {member_of: [team]}\n"
			declared := parse(t, yaml)
			listed := slices.IndexFunc(declared.Roles, func(r spec.Role) bool { return r.Name == "listed" })
			declared.Roles[listed].Members = []spec.Membership{{Role: "outsider"}}
			plan, err := Plan(context.Background(), conn, declared, Options{Undecided: true})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(plan.Undecided, "; ")
			got = strings.ReplaceAll(strings.ReplaceAll(got, `role "`, ""), `" keeps what the spec says nothing of`, "")
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}

// TestWhatIsNotManagedIsNamed: what is of a kind that pgsr does not know is never passed over, whether it is owned or
// was granted.
func TestWhatIsNotManagedIsNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE etl`, `CREATE ROLE plain`, `CREATE SCHEMA s`, `CREATE COLLATION s."Odd one" FROM "C"`, `ALTER COLLATION s."Odd one" OWNER TO etl`,
		`CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`, `GRANT EXECUTE ON FUNCTION s.f() TO etl`, `CREATE PUBLICATION p`, `ALTER PUBLICATION p OWNER TO etl`,
		`ALTER DEFAULT PRIVILEGES FOR ROLE etl GRANT SELECT ON TABLES TO plain`, `CREATE TABLE s.long (a text)`)
	longValues := one[string](c, `SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 's.long'::regclass`)
	c.exec(`GRANT SELECT ON ` + longValues + ` TO etl`)
	plan, err := Plan(context.Background(), c.super, parse(t, "version: 1\nroles:\n  etl: {}\n  plain: {}\n"), Options{Undecided: true})
	if err != nil {
		t.Fatal(err)
	}
	want := `objects of kinds that pgsr does not manage: collation s."Odd one", publication p, toast table ` + longValues
	if got := strings.Join(plan.Undecided, "; "); !strings.HasSuffix(got, want) || strings.Contains(got, "plain") {
		t.Errorf("got %s, want %s", got, want)
	}
	all := "version: 1\nroles:\n  etl: {grants: [EXECUTE ON ALL ROUTINES IN SCHEMA s]}\n" // for which it is read twice
	if plan, err = Plan(context.Background(), c.super, parse(t, all), Options{Undecided: true}); err != nil || !strings.HasSuffix(strings.Join(plan.Undecided, "; "), want) {
		t.Errorf("with all in a schema: %v, %v", plan.Undecided, err)
	}
	c.exec(`DROP PUBLICATION p`, `DROP TABLE s.long`)
	leaving := "version: 1\nroles:\n  etl: {absent: true, reassign_to: plain}\n  plain: {direct_grants: [CREATE ON SCHEMA s]}\n"
	if plan, err = Plan(context.Background(), c.super, parse(t, leaving), Options{Undecided: true}); err != nil || len(plan.Undecided) > 0 {
		t.Errorf("of a role that is to be gone all is decided: %v, %v", plan.Undecided, err)
	}
}

// TestPoliciesForARoleAreNamed: they decide which rows a role sees, and no spec does.
func TestPoliciesForARoleAreNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE reader`, `CREATE ROLE other`, `CREATE SCHEMA s`, `CREATE TABLE s.t (a int)`, `CREATE POLICY mine ON s.t TO reader, other`, `CREATE POLICY everyones ON s.t`)
	for _, conn := range []*pgx.Conn{c.super, c.admin()} {
		plan, err := Plan(context.Background(), conn, parse(t, "version: 1\nroles:\n  reader: {}\n"), Options{Undecided: true})
		if err != nil {
			t.Fatal(err)
		}
		const want = "objects of kinds that pgsr does not manage: policy mine on table s.t"
		if got := strings.Join(plan.Undecided, "; "); !strings.HasSuffix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestHiddenMemberIsNamed: who administers a role can make somebody a member by way of a role that has the name of one
// of ours. That is a member like any other.
func TestHiddenMemberIsNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE analysts`, `CREATE ROLE mallory`, `CREATE ROLE "_pgsr_administrator_0" CREATEROLE`, `GRANT "_pgsr_administrator_0" TO mallory`, `GRANT analysts TO "_pgsr_administrator_0"`)
	for _, conn := range []*pgx.Conn{c.super, c.admin()} {
		plan, err := Plan(context.Background(), conn, parse(t, "version: 1\nroles:\n  analysts: {}\n"), Options{Undecided: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(plan.Undecided, "; "); !strings.Contains(got, `1 member outside the spec ("_pgsr_administrator_0")`) {
			t.Errorf("the member is hidden: %s", got)
		}
		exported, err := Export(context.Background(), conn, ExportOptions{Roles: []string{"analysts"}})
		if err != nil {
			t.Fatal(err)
		}
		if notes := fmt.Sprint(exported.OfRoles); !strings.Contains(notes, `"_pgsr_administrator_0"`) {
			t.Errorf("the member is hidden in what is exported: %s", notes)
		}
	}
	c.sync("version: 1\nroles:\n  analysts: {members: []}\n", true)
	if one[bool](c, `SELECT pg_has_role('mallory', 'analysts', 'MEMBER')`) {
		t.Error("the member stays")
	}
}

// TestWhatExtensionsGrant is neither required nor revoked.
func TestWhatExtensionsGrant(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE reader`, `CREATE ROLE member`, `CREATE EXTENSION citext`, `CREATE TABLE public.of_extension (a int, b int)`,
		`CREATE FUNCTION public.of_extension() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`GRANT SELECT ON public.of_extension TO reader`, `GRANT UPDATE (a) ON public.of_extension TO reader`, `GRANT EXECUTE ON FUNCTION public.of_extension() TO reader`,
		`ALTER EXTENSION citext ADD TABLE public.of_extension`, `ALTER EXTENSION citext ADD FUNCTION public.of_extension()`,
		`GRANT INSERT, DELETE ON public.of_extension TO reader`, `GRANT SELECT ON public.of_extension TO member`)
	const yaml = "version: 1\nroles:\n  reader: {direct_grants: [DELETE ON TABLE public.of_extension]}\n  member: {}\n"
	result := c.sync(yaml, true)
	if len(result.Plan.Statements) != 2 { // INSERT of reader, SELECT of member
		t.Errorf("the plan has %d statements", len(result.Plan.Statements))
	}
	c.sync(yaml, false)
	for what, want := range map[string]bool{
		`has_table_privilege('reader', 'public.of_extension', 'SELECT')`: true, `has_column_privilege('reader', 'public.of_extension', 'a', 'UPDATE')`: true,
		`has_table_privilege('reader', 'public.of_extension', 'DELETE')`: true, `has_table_privilege('reader', 'public.of_extension', 'INSERT')`: false,
		`has_table_privilege('member', 'public.of_extension', 'SELECT')`: false,
	} {
		if got := one[bool](c, `SELECT `+what); got != want {
			t.Errorf("%s is %v", what, got)
		}
	}
	c.exec(`REVOKE SELECT ON public.of_extension FROM reader`)
	c.sync(yaml, false) // what an extension has granted is not required either
}

// TestExtensionOfSomeoneElse: who owns an extension can add what he owns to it, and PostgreSQL notes what that has.
func TestExtensionOfSomeoneElse(t *testing.T) {
	t.Parallel()
	needs(t, 13, "extensions that others than superusers may create")
	c := newCluster(t, `CREATE ROLE reader`, `CREATE ROLE mallory`, `GRANT CREATE ON DATABASE warehouse TO mallory`, `SET ROLE mallory`, `CREATE SCHEMA hers`,
		`CREATE EXTENSION citext SCHEMA hers`, `CREATE TABLE hers.planted ()`, `GRANT ALL ON hers.planted TO reader`,
		`ALTER EXTENSION citext ADD TABLE hers.planted`, `RESET ROLE`)
	c.sync("version: 1\nroles:\n  reader: {}\n", true)
	if one[bool](c, `SELECT has_table_privilege('reader', 'hers.planted', 'SELECT')`) {
		t.Error("what was planted was believed")
	}
	c.exec(`GRANT SELECT ON hers.planted TO reader`)
	c.sync("version: 1\nignore: [EXTENSION MEMBERS]\nroles:\n  reader: {}\n", true)
	if one[bool](c, `SELECT has_table_privilege('reader', 'hers.planted', 'SELECT')`) {
		t.Error("what was planted was ignored")
	}
}
