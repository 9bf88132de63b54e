package executor

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// TestSettings has privileges on settings, which have a row in their catalog only while something is granted. Privilege
// roles on them are of the cluster.
func TestSettings(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE admin CREATEROLE LOGIN PASSWORD '`+password+`'`, `CREATE ROLE alice`, `CREATE ROLE bystander`)
	const without = "version: 1\nroles:\n  alice: {}\n"
	with := "version: 1\nroles:\n  alice: {grants: ['SET, ALTER SYSTEM ON PARAMETER \"LOG_statement\", Odd.Setting']}\n"
	if c.major < 15 {
		_, err := Plan(context.Background(), c.super, parse(t, with), Options{})
		if err == nil || !strings.Contains(err.Error(), "has no privileges on a PARAMETER: they came with 15") {
			t.Errorf("planned: %v", err)
		}
		return
	}
	c.name = warehouse
	c.exec(`GRANT SET ON PARAMETER log_statement TO admin WITH GRANT OPTION`, `GRANT SET ON PARAMETER work_mem TO bystander`)
	const held = `SELECT count(*) FROM pg_parameter_acl, aclexplode(paracl) AS i
		WHERE parname IN ('log_statement', 'odd.setting') AND i.grantee::regrole::text ~ '^_pgsr_global_parameter_(set|alter_system)_[0-9a-f]{8}$'`
	oracle := &lawServer{TB: t, server: c.server, super: c.super, major: c.major}
	before := oracle.facts().lines()
	back := c.appliedWithBack(c.super, with)
	c.sync(with, false)
	if n := one[int](c, held); n != 4 {
		t.Errorf("%d privilege roles hold something", n)
	}
	if out, status := c.psql("postgres", c.written("psql", parse(t, with), back, Options{})); status != 0 || strings.Contains(out, "WARNING") {
		t.Fatalf("the way back: %d: %s", status, out)
	}
	if d := diffLines(before, oracle.facts().lines()); len(d) > 0 || len(back.Warnings) > 0 {
		t.Errorf("after the way back: %s %s", d, back.Warnings)
	}
	// Who is no superuser grants what it has with grant option.
	admin, direct := c.connect("admin", warehouse, password), "version: 1\nroles:\n  alice: {direct_grants: [SET ON PARAMETER log_statement]}\n"
	if c.major >= 16 {
		c.exec(`GRANT alice TO admin WITH ADMIN OPTION`)
	}
	before = oracle.facts().lines()
	c.syncAs(admin, direct, true)
	if !one[bool](c, `SELECT has_parameter_privilege('alice', 'log_statement', 'SET')`) {
		t.Error("alice may not set it")
	}
	c.syncAs(admin, without, true)
	if after := oracle.facts().lines(); !slices.Equal(before, after) {
		t.Errorf("left: %s", diffLines(before, after))
	}
	_, err := Plan(context.Background(), admin, parse(t, strings.ReplaceAll(direct, "log_statement", "log_statements")), Options{})
	if err == nil || !strings.Contains(err.Error(), "PARAMETER log_statements does not exist: did you mean log_statement?") {
		t.Errorf("planned: %v", err)
	}
	_, err = Plan(context.Background(), admin, parse(t, strings.ReplaceAll(direct, "log_statement", "work_mem")), Options{})
	if err == nil || !strings.Contains(err.Error(), `GRANT SET ON PARAMETER "work_mem" TO "alice";`) {
		t.Errorf("planned: %v", err)
	}
}
