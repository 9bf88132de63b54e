package executor

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
)

// seed is for tests on random worlds.
var seed = flag.Uint64("seed", 0, "run tests on random worlds with this seed only")

// psqlPath finds psql.
func psqlPath(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("PGSR_PSQL"); path != "" {
		return path
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		t.Fatalf("%v: install postgresql-client, or run `make test`, which sees to it", err)
	}
	return path
}

// mustExec runs a statement that must not fail.
func mustExec(t testing.TB, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := conn.Exec(ctx, sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// majorOf asks a server for its major version.
func majorOf(t testing.TB, conn *pgx.Conn) int {
	t.Helper()
	var number int
	if err := conn.QueryRow(context.Background(), `SELECT current_setting('server_version_num')::int`).Scan(&number); err != nil {
		t.Fatal(err)
	}
	return number / 10000
}

// diffLines lists the lines that only one side has.
func diffLines(a, b []string) []string {
	var out []string
	for _, line := range without(a, b) {
		out = append(out, "- "+line)
	}
	for _, line := range without(b, a) {
		out = append(out, "+ "+line)
	}
	return out
}

// without gives the lines that are not among others.
func without(lines, others []string) []string {
	known := map[string]bool{}
	for _, line := range others {
		known[line] = true
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return known[line] })
}

// tablesIn asks for all tables and sequences of some schemas.
func tablesIn(schemas ...string) []catalog.Contents {
	var out []catalog.Contents
	for _, schema := range schemas {
		out = append(out, catalog.Contents{Kind: catalog.Table, Schema: schema})
	}
	return out
}
