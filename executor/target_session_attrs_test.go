package executor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// TestSessionAttributesAreNotAskedOfTheSearchPath: what pgx asks a server for target_session_attrs, a trap would
// answer.
func TestSessionAttributesAreNotAskedOfTheSearchPath(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA evil`,
		`CREATE FUNCTION evil.pg_is_in_recovery() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trap sprung'; END $$`,
		`ALTER DATABASE warehouse SET search_path = evil, pg_catalog`)
	for attributes, want := range map[string]error{
		"any": nil, "read-write": nil, "primary": nil, "prefer-standby": nil,
		"standby": pgconn.ErrPrimaryConnection, "read-only": pgconn.ErrReadWriteConnection,
	} {
		conn, err := Connect(context.Background(), c.server.URL("postgres", warehouse, "")+"&target_session_attrs="+attributes)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", attributes, err)
		}
		if err == nil {
			if status := conn.PgConn().TxStatus(); status != 'I' {
				t.Errorf("%s: the connection is left in a transaction (%c)", attributes, status)
			}
			conn.Close(context.Background())
		}
	}
}

// TestLostCommitIsAskedOfNoOtherServer: the one that was asked first is gone, and the next host of the URL is another
// server, where the number is that of a transaction that was committed.
func TestLostCommitIsAskedOfNoOtherServer(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	other := newCluster(t)
	for range 40 {
		other.exec(`SELECT txid_current()`)
	}
	ahead := one[int64](c, `SELECT txid_current()`)
	for one[int64](other, `SELECT txid_current()`) < ahead+20 {
	}
	other.exec(`ALTER ROLE postgres PASSWORD '` + password + `'`)
	config := c.newProxy("before", true)
	config.Fallbacks = append(config.Fallbacks, &pgconn.FallbackConfig{Host: "127.0.0.1", Port: uint16(other.server.Port)})
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.syncShop(context.Background(), conn, Options{})
	var unknown *UnknownOutcomeError
	if !errors.As(err, &unknown) {
		t.Errorf("another server was believed: %v", err)
	}
}

// older makes of a connection one to a server that says that it is of another version.
type older struct {
	net.Conn
	version string
}

func (o older) Read(buffer []byte) (int, error) {
	n, err := o.Conn.Read(buffer)
	said := string(buffer[:n])
	if _, rest, found := strings.Cut(said, "server_version\x00"); found {
		is, _, _ := strings.Cut(rest, "\x00")
		copy(buffer, strings.Replace(said, is, fmt.Sprintf("%-*s", len(is), o.version), 1))
	}
	return n, err
}

// TestServerThatIsTooOld is said to be, before anything is asked, by whatever way the connection is made.
func TestServerThatIsTooOld(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, ""))
	if err != nil {
		t.Fatal(err)
	}
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return older{conn, "9.6"}, err
	}
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	before := c.fingerprint()
	_, planned := Plan(context.Background(), conn, parse(t, shopSpec), Options{})
	_, applied := c.syncShop(context.Background(), conn, Options{})
	_, asked := Explain(context.Background(), conn, "postgres", nil)
	_, pruned := PlanPrune(context.Background(), conn, Options{})
	for _, err := range []error{planned, applied, asked, pruned} {
		saysAll(t, err, "PostgreSQL 9.6", "10 and later")
	}
	if c.fingerprint() != before {
		t.Error("something was changed")
	}
}
