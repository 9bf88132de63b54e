package executor

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
)

// talk counts the round trips of a connection: how often something was sent after something was received.
type talk struct {
	net.Conn
	listening atomic.Bool
	trips     atomic.Int64
}

func (c *talk) Write(b []byte) (int, error) {
	if c.listening.Swap(false) {
		c.trips.Add(1)
	}
	return c.Conn.Write(b)
}

func (c *talk) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.listening.Store(true)
	}
	return n, err
}

func TestInspectTakesOneRoundTrip(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`)
	scope := catalog.Scope{Contents: []string{"s"}, Passwords: true}
	for i := range 200 {
		c.exec(fmt.Sprintf(`CREATE ROLE r%d`, i), fmt.Sprintf(`CREATE TABLE s.t%d ()`, i), fmt.Sprintf(`GRANT SELECT ON s.t%d TO r%d`, i, i))
		scope.Roles = append(scope.Roles, fmt.Sprintf("r%d", i))
	}
	ctx := context.Background()
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec} {
		config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, ""))
		if err != nil {
			t.Fatal(err)
		}
		var counted *talk
		config.DefaultQueryExecMode = mode
		config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			counted = &talk{Conn: conn}
			return counted, err
		}
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		for _, time := range []string{"first", "second"} {
			counted.trips.Store(0)
			if n := len(inspect(t, conn, scope).Objects); n != 202 {
				t.Errorf("there are %d objects", n)
			}
			if n := counted.trips.Load(); n != 1 {
				t.Errorf("the %s time, in mode %v, took %d round trips", time, mode, n)
			}
		}
	}
}
