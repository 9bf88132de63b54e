// Package scratchtest gives tests their servers. It promises that a test has what it needs or fails with the remedy;
// it never skips. Set PGSR_SERVER_BIN to a server's directory of programs to test with that one.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package scratchtest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch"
)

// Cluster gives a test a cluster of its own, which ends with the test. Roles belong to the whole cluster, so only
// here is a test that makes roles alone. Settings are server parameters: name, value, name, value ...
func Cluster(t testing.TB, settings ...string) *scratch.Server {
	t.Helper()
	return Seeded(t, nil, settings...)
}

// Seeded gives a test a cluster as [Cluster] does, that was told something before. Only the first test with the same
// seed waits for that: the others have a copy.
func Seeded(t testing.TB, seed []scratch.Statement, settings ...string) *scratch.Server {
	t.Helper()
	installation, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	o := scratch.Options{Installation: installation, Settings: map[string]string{}, Templates: templates(), Seed: seed}
	for pair := range slices.Chunk(settings, 2) {
		o.Settings[pair[0]] = pair[1]
	}
	server, err := scratch.Start(context.Background(), o)
	if err != nil {
		t.Fatalf("starting a server: %v", err)
	}
	t.Cleanup(server.Close)
	return server
}

// installed is the server that all tests of this process run.
var installed = sync.OnceValues(func() (*scratch.Installation, error) { return scratch.Find("") })

// Major is that of the servers that tests get, known without starting one.
func Major(t testing.TB) int {
	t.Helper()
	installation, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	return installation.Major
}

// templates is where data directories are kept between runs; empty, so that none are, where there is no such place.
func templates() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir := filepath.Join(cache, "pgsr", "templates")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return dir
}

func execute(t testing.TB, server *scratch.Server, sql string) {
	t.Helper()
	conn := connect(t, server, "postgres")
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func connect(t testing.TB, server *scratch.Server, database string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), server.URL(scratch.Superuser, database, ""))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}
