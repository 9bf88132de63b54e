package executor

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner/catalog"
)

// talk counts the round trips of a connection without TLS: how often the client sends what it then waits for an
// answer to.
type talk struct {
	net.Conn
	trips atomic.Int64
	messages
}

func (c *talk) Write(b []byte) (int, error) {
	c.trips.Add(int64(c.waits(b)))
	return c.Conn.Write(b)
}

// messages takes apart what a client sends, from the beginning of a connection on.
type messages struct {
	begun bool
	// header is the one that is being read, and left is how much of the message is still to come.
	header []byte
	left   int
}

// waits counts those messages that make the server say when it is ready for something else: Sync and Query.
// https://www.postgresql.org/docs/current/protocol-message-formats.html
func (m *messages) waits(sent []byte) (count int) {
	for len(sent) > 0 {
		if m.left > 0 {
			n := min(m.left, len(sent))
			m.left, sent = m.left-n, sent[n:]
			continue
		}
		m.header, sent = append(m.header, sent[0]), sent[1:]
		if !m.begun && len(m.header) == 4 { // the first message has no letter
			m.begun, m.left, m.header = true, int(binary.BigEndian.Uint32(m.header))-4, nil
		} else if m.begun && len(m.header) == 5 {
			if m.header[0] == 'S' || m.header[0] == 'Q' {
				count++
			}
			m.left, m.header = int(binary.BigEndian.Uint32(m.header[1:]))-4, nil
		}
	}
	return count
}

func TestInspectTakesOneRoundTrip(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`)
	scope := catalog.Scope{Contents: tablesIn("s"), Passwords: true}
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
			if n := objectsIn(inspected(t, conn, scope), "s"); n != 200 {
				t.Errorf("there are %d objects", n)
			}
			if n := counted.trips.Load(); n != 1 {
				t.Errorf("the %s time, in mode %v, took %d round trips", time, mode, n)
			}
		}
	}
}

// objectsIn counts what lies in a schema.
func objectsIn(c *catalog.Catalog, schema string) (count int) {
	for id := range c.Objects {
		if id.Schema == schema {
			count++
		}
	}
	return count
}

// TestInspectReadsOnlyTheScopeInALargerCluster is about a scope that may be most of a cluster, and is not.
func TestInspectReadsOnlyTheScopeInALargerCluster(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `CREATE TABLE s.t ()`, `CREATE SCHEMA big`,
		`DO $$ BEGIN FOR i IN 1..600 LOOP EXECUTE format('CREATE TABLE big.t%s ()', i); END LOOP; END $$`)
	for name, want := range map[string]int{"s": 0, "big": 600} {
		e := new(inspect.Reading)
		got, err := inspect.Snapshot(context.Background(), wire.Session{Conn: c.super}, catalog.Scope{Contents: tablesIn(name)}, e)
		if err != nil {
			t.Fatal(err)
		}
		if n := objectsIn(got, "big"); n != want || (*e == inspect.Whole) != (want > 0) || *e == inspect.Unknown {
			t.Errorf("schema %s: %d objects of the large one were read, and all was to be read: %v", name, n, *e == inspect.Whole)
		}
		if objectsIn(got, name) == 0 {
			t.Errorf("nothing of schema %s was read", name)
		}
	}
}

// TestDeadMembershipsDoNotMakeAClusterLarge: what VACUUM has found to be dead does not count.
func TestDeadMembershipsDoNotMakeAClusterLarge(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE parent`, `DO $$ BEGIN FOR i IN 1..600 LOOP EXECUTE format('CREATE ROLE r%s', i); END LOOP; END $$`)
	scope := catalog.Scope{}
	for i := range 600 {
		scope.Roles = append(scope.Roles, fmt.Sprintf("r%d", i+1))
	}
	for range 12 {
		all := strings.Join(scope.Roles, ", ")
		c.exec(`GRANT parent TO `+all, `REVOKE parent FROM `+all)
	}
	c.exec(`GRANT parent TO `+strings.Join(scope.Roles[:300], ", "), `VACUUM pg_auth_members`)
	e := new(inspect.Reading)
	got, err := inspect.Snapshot(context.Background(), wire.Session{Conn: c.super}, scope, e)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Members["parent"]) != 300 || *e != inspect.Whole {
		t.Errorf("%d memberships were read, and all was to be read: %v", len(got.Members["parent"]), *e == inspect.Whole)
	}
}
