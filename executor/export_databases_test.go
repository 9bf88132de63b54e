package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// TestExportOfAllDatabases: what roles have in databases of any name stands under in, and is in sync in all of them;
// what can not be connected to is left out, and said.
func TestExportOfAllDatabases(t *testing.T) {
	t.Parallel()
	c := newFleet(t, oddDatabases...)
	ctx := context.Background()
	admin := c.asIn("admin", warehouse)
	yaml := "version: 1\nroles:\n  alice:\n    login: {}\n    grants: [USAGE ON SCHEMA s]\n    in:\n"
	for i, name := range oddDatabases {
		yaml += fmt.Sprintf("      %s: {grants: [SELECT ON TABLE s.t], direct_grants: [USAGE ON SCHEMA s], settings: {work_mem: %dMB}}\n", jsonText(name), i+1)
	}
	c.syncAll(admin, yaml, true)
	c.execIn(oddDatabases[0], `GRANT SELECT ON ALL TABLES IN SCHEMA s TO bob`, `ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA s GRANT SELECT ON TABLES TO bob`,
		`ALTER TABLE s.u OWNER TO bob`, `ALTER ROLE bob IN DATABASE `+pgx.Identifier{oddDatabases[0]}.Sanitize()+` SET search_path = s`)
	c.exec(`CREATE DATABASE closed ALLOW_CONNECTIONS false`, `CREATE DATABASE forbidden`, `REVOKE CONNECT ON DATABASE forbidden FROM PUBLIC`)
	for _, conn := range []*pgx.Conn{c.super, admin} {
		exported, err := Export(ctx, conn, ExportOptions{AllDatabases: true, Parallel: 3})
		if err != nil {
			t.Fatal(err)
		}
		text := writeExport(t, exported)
		read, err := specfile.Parse([]specfile.File{{Name: "pgsr.yaml", Data: []byte(text)}}, specfile.Secrets{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		plans, err := PlanDatabases(ctx, conn, read, Options{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !plans.InSync() || len(plans.Plans) != 1+len(oddDatabases) {
			t.Errorf("%d plans:%s\n%s", len(plans.Plans), statementsIn(plans), text)
		}
		if again, err := Export(ctx, conn, ExportOptions{AllDatabases: true}); err != nil || writeExport(t, again) != text {
			t.Errorf("exported again it is not the same: %v", err)
		}
		header := strings.Join(exported.Header, "\n")
		if !strings.Contains(header, `"closed": it does not allow connections`) || strings.Contains(header, "forbidden") != (conn == admin) {
			t.Errorf("left out: %s", header)
		}
		bob := slices.IndexFunc(exported.Spec.Roles, func(r spec.Role) bool { return r.Name == "bob" })
		if bob < 0 || len(exported.Spec.Roles[bob].In) != 1 {
			t.Fatalf("bob has not what he has in one database:\n%s", text)
		}
		contains := strings.Contains(text, "SELECT ON ALL AND FUTURE TABLES IN SCHEMA s FOR ROLE admin") && strings.Contains(text, "TABLE s.u")
		if !contains || strings.Contains(text, "MATCHING") {
			t.Errorf("not what was granted:\n%s", text)
		}
	}
}

// TestExportOfDatabasesThatLookLikePatterns: a database whose name a spec would read as a pattern does not keep anyone
// from an export, from another database or from this one.
func TestExportOfDatabasesThatLookLikePatterns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`MATCHING 'x'`, ` matching '(' .*`} {
		c := newFleet(t, name)
		c.execIn(name, `GRANT USAGE ON SCHEMA s TO bob`, `ALTER ROLE bob IN DATABASE `+pgx.Identifier{name}.Sanitize()+` SET work_mem = '5MB'`)
		for _, from := range []string{warehouse, name} {
			conn := c.in(from)
			exported, err := Export(context.Background(), conn, ExportOptions{AllDatabases: true})
			if err != nil {
				t.Fatalf("%s from %s: %v", name, from, err)
			}
			text := writeExport(t, exported)
			plans, err := PlanDatabases(context.Background(), conn, parse(c, text), Options{})
			if err != nil || !plans.InSync() || strings.Count(text, "work_mem") != 1 {
				t.Errorf("%s from %s: %v\n%s", name, from, err, text)
			}
		}
	}
}
