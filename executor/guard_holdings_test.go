package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/lists"
)

// granting gives carol and, of so many more roles that states are read, each the privilege roles that are there.
func granting(more int) string {
	yaml := "version: 1\nroles:\n"
	for _, role := range append([]string{"alice", "carol"}, names("more", more)...) {
		yaml += "  " + role + ": {grants: [SELECT ON TABLE sales.orders, 'SELECT (a) ON TABLE sales.parts', USAGE ON SCHEMA sales]}\n"
	}
	return yaml
}

func names(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(prefix, i)
	}
	return out
}

// gifts are what may be given to a privilege role, %[1]s, before a script makes others members of it.
var gifts = []struct{ what, by, names string }{
	{"a group", `CREATE ROLE all_of_it; GRANT all_of_it TO %[1]s`, `: it is a member of all_of_it`},
	{"a privilege on another object", `GRANT SELECT ON sales.elsewhere TO %[1]s`, ``},
	{"another privilege on the same object", `GRANT UPDATE ON sales.orders TO %[1]s`, `: UPDATE`},
	{"a grant option", `GRANT SELECT ON sales.orders TO %[1]s WITH GRANT OPTION`, `: SELECT WITH GRANT OPTION`},
	{"a column", `GRANT UPDATE (b) ON sales.orders TO %[1]s`, ``},
	{"something in another database", `GRANT CREATE ON DATABASE postgres TO %[1]s`, ``},
	{"an object", `ALTER TABLE sales.elsewhere OWNER TO %[1]s`, ``},
	{"another object in the place of its own", `REVOKE SELECT ON sales.orders FROM %[1]s; GRANT SELECT ON sales.elsewhere TO %[1]s`, ``},
	{"default privileges", `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO %[1]s`, ``},
	{"a policy", `CREATE POLICY p ON sales.orders TO %[1]s`, ``},
}

// TestScriptRefusesMoreThanAPrivilegeRoleHeld: who becomes a member would get more than the plan says.
func TestScriptRefusesMoreThanAPrivilegeRoleHeld(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, gift := range gifts {
		t.Run(gift.what, func(t *testing.T) {
			d := c.database(t, fmt.Sprintf("gift%d", i))
			d.exec(`DROP ROLE IF EXISTS all_of_it`)
			d.sync("version: 1\nroles:\n  alice: {grants: [SELECT ON TABLE sales.orders, 'SELECT (a) ON TABLE sales.parts', USAGE ON SCHEMA sales]}\n", true)
			role := one[string](d, `SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) WHERE oid = 'sales.orders'::regclass AND grantee::regrole::text LIKE '%\_pgsr\_%'`)
			plan, err := Plan(context.Background(), d.super, parse(d, granting(0)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			text, saved, large := d.written("psql", parse(d, granting(0)), plan, Options{}), d.saved(granting(0)), d.saved(granting(manyRoles))
			d.exec(fmt.Sprintf(gift.by, role))
			wanted := fmt.Sprintf("role %s, which gets members, has more than SELECT on table sales.orders%s", strings.Trim(role, `"`), gift.names)
			before := d.whole()
			if out, status := d.psql("postgres", text); status != 3 || !strings.Contains(out, wanted) || !strings.Contains(out, Stale) {
				t.Errorf("psql's status is %d, and it does not say %q:\n%s", status, wanted, out)
			}
			for _, one := range []string{"few", "many"} {
				document := saved
				if one == "many" {
					document = large
				}
				_, err := ApplySaved(context.Background(), d.super, document, Options{})
				var stale *StaleError
				if !errors.As(err, &stale) || !strings.Contains(err.Error(), wanted) {
					t.Errorf("a saved plan of %s roles: %v, not %q", one, err, wanted)
				}
			}
			d.sameAs(before)
		})
	}
}

// heldPhrases are one of each catalog, and of a column.
var heldPhrases = []kindCase{
	{phrase: `CONNECT ON DATABASE warehouse`},
	{phrase: `USAGE ON SCHEMA open`},
	{phrase: `USAGE ON SEQUENCE sales.numbers`},
	{phrase: `SELECT (a) ON TABLE sales.orders`},
	{phrase: `EXECUTE ON FUNCTION api.pay(int, text)`},
	{phrase: `USAGE ON TYPE sales."Odd type"`},
	{phrase: `USAGE ON FOREIGN DATA WRAPPER "Odd wrapper"`},
	{phrase: `USAGE ON FOREIGN SERVER "Odd server"`},
	{phrase: `SELECT ON LARGE OBJECT 4711`},
	{phrase: `SET ON PARAMETER log_statement`, from: 15},
	{phrase: `USAGE ON LANGUAGE "Odd language"`},
	{phrase: `CREATE ON TABLESPACE "Odd room"`},
}

// TestScriptComparesPrivilegeRolesOfEveryKind: a guard says so if one comes to hold its privilege with grant option,
// and only then.
func TestScriptComparesPrivilegeRolesOfEveryKind(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	setup := kindSetup
	if c.major < 14 {
		setup = kindSetupBefore14(c.major)
	}
	c.exec(setup...)
	phrases := lists.Filter(heldPhrases, func(k kindCase) bool { return k.from <= c.major })
	yaml := func(prefix string) string {
		out := "version: 1\nroles:\n"
		for i, k := range phrases {
			out += fmt.Sprintf("  %s%d: {grants: [%s]}\n", prefix, i, quoteYAML(k.phrase))
		}
		return out
	}
	c.sync(yaml("first"), true)
	more := parse(t, yaml("first")+strings.TrimPrefix(yaml("second"), "version: 1\nroles:\n"))
	plan, err := Plan(context.Background(), c.super, more, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := c.written("psql", more, plan, Options{})
	for i, k := range phrases {
		role := one[string](c, `SELECT roleid::regrole::text FROM pg_auth_members WHERE member::regrole::text = $1`, fmt.Sprint("first", i))
		c.exec(`GRANT ` + k.phrase + ` TO ` + role + ` WITH GRANT OPTION`)
		out, err := c.runScript(text)
		if privilege, _, _ := strings.Cut(k.phrase, " "); err == nil || !strings.Contains(out, privilege+" WITH GRANT OPTION") || strings.Count(out, "which gets members") != 1 {
			t.Errorf("%s: %v\n%s", k.phrase, err, out)
		}
		c.exec(`REVOKE GRANT OPTION FOR ` + k.phrase + ` FROM ` + role)
	}
	if out, err := c.runScript(text); err != nil {
		t.Error(err, out)
	}
}
