package executor

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// pageSetup makes what the examples of docs/spec.md name.
var pageSetup = []string{
	`SET allow_in_place_tablespaces = true`, `CREATE TABLESPACE fast LOCATION ''`,
	`CREATE SCHEMA sales`, `CREATE SCHEMA reference`, `CREATE SCHEMA staging`, `CREATE SCHEMA api`, `CREATE SCHEMA hr`, `CREATE SCHEMA audit`,
	`CREATE TABLE sales.orders (id int, note text)`, `CREATE TABLE sales."Order Lines" ()`, `CREATE TABLE sales.customers (id int, region text)`,
	`CREATE TABLE sales.fact_hr ()`, `CREATE TABLE sales.fact_sales ()`, `CREATE TABLE sales.legacy ()`, `CREATE TABLE sales.tmp_1 ()`, `CREATE SEQUENCE sales.order_numbers`,
	`CREATE TABLE reference.countries (id serial)`, `CREATE TABLE staging.load ()`, `CREATE TABLE hr.salaries ()`,
	`CREATE TYPE sales.mood AS ENUM ('glad')`, `CREATE DOMAIN sales.price AS numeric`,
	`CREATE FUNCTION api.pay(amount numeric, VARIADIC words text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	`CREATE PROCEDURE api.settle(a int, OUT b text) LANGUAGE sql AS $$SELECT 'x'$$`,
	`CREATE FUNCTION api.refund(integer, sales.mood[]) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	`CREATE FUNCTION api.report_1() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	`CREATE EXTENSION IF NOT EXISTS plpgsql`, `CREATE FOREIGN DATA WRAPPER postgres_fdw`, `CREATE SERVER archive FOREIGN DATA WRAPPER postgres_fdw`,
	`CREATE ROLE auditor`, `CREATE ROLE dba`, `CREATE ROLE rds_superuser`, `CREATE ROLE release_team`, `CREATE ROLE loader`, `SELECT lo_create(4711)`,
}

// specBlock is an example that is a whole spec.
var specBlock = regexp.MustCompile("(?s)```yaml\n(version: 1\n.*?)```")

// TestSpecPage runs each whole spec of docs/spec.md: it can be applied, and then there is nothing left to do.
func TestSpecPage(t *testing.T) {
	t.Parallel()
	needs(t, 14, "procedures with OUT")
	page, err := os.ReadFile("../docs/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := specBlock.FindAllStringSubmatch(string(page), -1)
	if n := strings.Count(string(page), "```yaml\nversion: 1\n"); len(blocks) != n || n == 0 {
		t.Fatalf("%d examples of %d", len(blocks), n)
	}
	for i, block := range blocks {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, pageSetup...)
			if c.major < 15 && strings.Contains(block[1], "PARAMETER") {
				t.Skip("privileges on settings came with 15")
			}
			s := parse(t, strings.ReplaceAll(block[1], "ALICE_PASSWORD", "PASSWORD"))
			for range 2 {
				if _, err := Sync(context.Background(), c.super, s, Options{TrustCode: true}); err != nil {
					t.Fatalf("%v\n%s", err, block[1])
				}
			}
			plan, err := Plan(context.Background(), c.super, s, Options{})
			if err != nil || !plan.IsEmpty() {
				t.Errorf("%v: left to do: %v\n%s", err, plan, block[1])
			}
		})
	}
}
