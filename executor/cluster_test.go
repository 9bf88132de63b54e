package executor

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/inspect"
	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
	"pgsr/planner/specfile/schematest"
)

// cluster is a server of its own for a test, with a database "warehouse" and connections to it.
type cluster struct {
	testing.TB
	server *scratch.Server
	// super is connected as the superuser postgres.
	super *pgx.Conn
	major int
	// name is that of the database; empty: warehouse.
	name string
}

const warehouse = "warehouse"

// password is that of every role that tests log in as.
const password = "correct horse"

func newCluster(t testing.TB, setup ...string) *cluster {
	t.Helper()
	return newClusterWith(t, nil, setup...)
}

// newClusterWith makes a cluster with settings of the server: name, value, name, value ...
func newClusterWith(t testing.TB, settings []string, setup ...string) *cluster {
	t.Helper()
	c := &cluster{TB: t, server: scratchtest.Seeded(t, databases(warehouse), settings...)}
	c.super = c.connect("postgres", warehouse, "")
	c.major = majorOf(t, c.super)
	c.exec(setup...)
	return c
}

// databases is the seed of a cluster that has some.
func databases(names ...string) []scratch.Statement {
	var seed []scratch.Statement
	for _, name := range names {
		seed = append(seed, scratch.Statement{Role: "postgres", Database: "postgres", SQL: `CREATE DATABASE ` + name}, scratch.Statement{Role: "postgres", Database: name})
	}
	return seed
}

// needs leaves a test out on a server before the major that brings something.
func needs(t testing.TB, major int, what string) {
	t.Helper()
	if tested := scratchtest.Major(t); tested < major {
		t.Skipf("PostgreSQL %d has no %s: that came with %d", tested, what, major)
	}
}

// connect connects, and ends the connection with the test.
func (c *cluster) connect(user, database, password string) *pgx.Conn {
	c.Helper()
	conn, err := c.tryConnect(user, database, password)
	if err != nil {
		c.Fatal(err)
	}
	return conn
}

func (c *cluster) tryConnect(user, database, password string) (*pgx.Conn, error) {
	conn, err := Connect(context.Background(), c.server.URL(user, database, password))
	if err == nil {
		c.Cleanup(func() { conn.Close(context.Background()) })
	}
	return conn, err
}

// exec runs statements as the superuser.
func (c *cluster) exec(statements ...string) {
	c.Helper()
	for _, statement := range statements {
		mustExec(c, c.super, statement)
	}
}

// try logs in as a role and runs something, in a transaction that is rolled back.
func (c *cluster) try(role, sql string) error {
	c.Helper()
	ctx := context.Background()
	conn, err := c.tryConnect(role, warehouse, password)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return rolledBack(conn, sql)
}

// rolledBack runs something in a transaction that is rolled back.
func rolledBack(conn *pgx.Conn, sql string) error {
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	_, err = tx.Exec(ctx, sql)
	return err
}

func (c *cluster) can(role, sql string) {
	c.Helper()
	if err := c.try(role, sql); err != nil {
		c.Errorf("%s can not %s: %v", role, sql, err)
	}
}

// cannot checks that the server says that the role may not: any other error is one of the test.
func (c *cluster) cannot(role, sql string) {
	c.Helper()
	err := c.try(role, sql)
	if err == nil {
		c.Errorf("%s can %s", role, sql)
	} else if !isDenied(err) {
		c.Errorf("%s tried to %s: %v", role, sql, err)
	}
}

// isDenied tells whether the server refused for want of a privilege or of a login.
func isDenied(err error) bool {
	var code string
	if server := (*pgconn.PgError)(nil); asPgError(err, &server) {
		code = server.Code
	}
	return code == "42501" || code == "28000" || code == "28P01"
}

// parse reads a spec in YAML, in which env PASSWORD is that of the tests.
func parse(t testing.TB, yaml string) *spec.Spec {
	t.Helper()
	s, err := specfile.Parse([]specfile.File{{Name: "spec.yaml", Data: []byte(yaml)}}, specfile.Secrets{
		LookupEnv: func(name string) (string, bool) { return password, name == "PASSWORD" },
	})
	if err != nil {
		t.Fatal(err)
	}
	if refusal := schematest.Refusal(yaml); refusal != nil {
		t.Errorf("the schema for editors refuses\n%s\n%v", yaml, refusal)
	}
	return s
}

// sync applies a spec as the superuser; whether anything was done must be as expected.
func (c *cluster) sync(yaml string, applies bool) *Result {
	c.Helper()
	return c.syncAs(c.super, yaml, applies)
}

func (c *cluster) syncAs(conn *pgx.Conn, yaml string, applies bool) *Result {
	c.Helper()
	result, err := Sync(context.Background(), conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatalf("%v\nspec:\n%s", err, yaml)
	}
	if result.Applied != applies {
		c.Errorf("applied: %v, but expected %v; statements:%s\nspec:\n%s", result.Applied, applies, statementsOf(result), yaml)
	}
	return result
}

// syncReadingAll does what [Sync] does, and reads the whole cluster for it.
func syncReadingAll(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*Result, error) {
	p, err := newPlanning(s, o)
	if err != nil {
		return nil, err
	}
	p.reading = inspect.Whole
	return (&operation{lockKey: lockKey(s), options: o, plan: p.plan}).do(ctx, conn)
}

func statementsOf(result *Result) string {
	var text strings.Builder
	for _, s := range result.Plan.Statements {
		fmt.Fprintf(&text, "\n  [%s] %T %+v (%s)", s.As, s.Change, s.Change, s.Reason)
	}
	return text.String()
}

// one gives the one value that a query has.
func one[T any](c *cluster, sql string, args ...interface{}) T {
	c.Helper()
	var value T
	if err := c.super.QueryRow(context.Background(), sql, args...).Scan(&value); err != nil {
		c.Fatalf("%s: %v", sql, err)
	}
	return value
}
