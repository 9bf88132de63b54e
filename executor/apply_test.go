package executor

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// shop is what most tests of applying begin with.
var shop = []string{
	`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE TABLE sales.parts (a int)`,
	`CREATE ROLE old`, `GRANT SELECT ON sales.parts TO old`,
}

// shopSpec takes about ten statements in the shop.
const shopSpec = `
version: 1
roles:
  old: {}
  alice:
    login: {password: {env: PASSWORD}}
    grants:
      - CONNECT ON DATABASE warehouse
      - USAGE ON SCHEMA sales
      - SELECT ON TABLE sales.orders
    direct_grants:
      - INSERT ON TABLE sales.parts
`

func newShop(t testing.TB, more ...string) *cluster {
	t.Helper()
	return newCluster(t, append(append([]string{}, shop...), more...)...)
}

// syncShop syncs the spec of the shop on a connection of the test's own.
func (c *cluster) syncShop(ctx context.Context, conn *pgx.Conn, o Options) (*Result, error) {
	c.Helper()
	return Sync(ctx, conn, parse(c, shopSpec), o)
}

func (c *cluster) asPostgres() *pgx.Conn { c.Helper(); return c.connect("postgres", warehouse, "") }

// fingerprint is all that pgsr could change in the cluster and in this database, byte for byte.
func (c *cluster) fingerprint() string {
	c.Helper()
	return one[string](c, `
		SELECT string_agg(line, E'\n' ORDER BY line) FROM (
			SELECT 'role ' || to_jsonb(r)::text FROM pg_authid AS r
			UNION ALL SELECT 'member ' || to_jsonb(m)::text FROM pg_auth_members AS m
			UNION ALL SELECT 'comment ' || to_jsonb(d)::text FROM pg_shdescription AS d
			UNION ALL SELECT concat_ws(' ', 'database', datname, datdba, datacl) FROM pg_database
			UNION ALL SELECT concat_ws(' ', 'schema', nspname, nspowner, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
			UNION ALL SELECT concat_ws(' ', 'relation', oid, relowner, relacl) FROM pg_class WHERE relpersistence <> 't'
			UNION ALL SELECT concat_ws(' ', 'column', attrelid, attnum, attacl) FROM pg_attribute WHERE attacl IS NOT NULL
		) AS t (line)`)
}

// unchanged runs something that must change nothing.
func (c *cluster) unchanged(do func()) {
	c.Helper()
	before := c.fingerprint()
	do()
	if after := c.fingerprint(); after != before {
		c.Errorf("something was changed:\n%s", strings.Join(diffLines(strings.Split(before, "\n"), strings.Split(after, "\n")), "\n"))
	}
}

// hold takes an advisory lock in a transaction of its own, in which more can be done, until the function that it
// gives is called.
func (c *cluster) hold(key int64) (tx pgx.Tx, release func()) {
	c.Helper()
	tx, err := c.asPostgres().Begin(context.Background())
	if err != nil {
		c.Fatal(err)
	}
	if _, err := tx.Exec(context.Background(), `SELECT pg_advisory_xact_lock($1)`, key); err != nil {
		c.Fatal(err)
	}
	return tx, func() {
		if err := tx.Commit(context.Background()); err != nil {
			c.Error(err)
		}
	}
}

// outcomeOf is what a Sync that runs beside the test came to.
type outcomeOf struct {
	result *Result
	err    error
}

// start runs something beside the test.
func start(do func() (*Result, error)) <-chan outcomeOf {
	done := make(chan outcomeOf, 1)
	go func() {
		result, err := do()
		done <- outcomeOf{result, err}
	}()
	return done
}

// awaitWaiter returns when the connection waits for a lock of the given type.
func (c *cluster) awaitWaiter(conn *pgx.Conn, lockType string) {
	c.Helper()
	pid := conn.PgConn().PID()
	c.eventually("it does not wait for the lock", func() bool {
		return one[bool](c, `SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted AND locktype = $2)`, pid, lockType)
	})
}

func (c *cluster) eventually(otherwise string, is func() bool) {
	c.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			c.Fatal(otherwise)
		}
	}
}

// isUsable checks that a connection came back outside of a transaction, as it was.
func isUsable(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	var timeout string
	if status := conn.PgConn().TxStatus(); status != 'I' {
		t.Errorf("the connection is in a transaction: %q", status)
	} else if err := conn.QueryRow(context.Background(), `SHOW statement_timeout`).Scan(&timeout); err != nil {
		t.Error(err)
	}
}

func within(t testing.TB, limit time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}
