package executor

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// distance stands between a program and the server, and adds to the time that each word takes on its way.
type distance struct {
	net.Listener
	server string
	// each is how much is added, in each direction.
	each time.Duration
	// trips counts the round trips.
	trips atomic.Int64
}

// at connects through a distance that adds so much to each round trip.
func (c *cluster) at(added time.Duration) (*pgx.Conn, *distance) {
	c.Helper()
	c.exec(`ALTER ROLE postgres PASSWORD '` + password + `'`)
	config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, password))
	if err != nil {
		c.Fatal(err)
	}
	d := &distance{server: fmt.Sprintf("127.0.0.1:%d", config.Port), each: added / 2}
	if d.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { d.Close() })
	go d.serve()
	config.Port = uint16(d.Addr().(*net.TCPAddr).Port)
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { conn.Close(context.Background()) })
	return conn, d
}

func (d *distance) serve() {
	for {
		client, err := d.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", d.server)
		if err != nil {
			client.Close()
			return
		}
		sent := &messages{}
		go d.pass(server, client, func(said []byte) { d.trips.Add(int64(sent.waits(said))) })
		go d.pass(client, server, func([]byte) {})
	}
}

// pass passes on what comes, each piece after its time; how much is under way is not limited, as on a long line of
// any bandwidth.
func (d *distance) pass(to, from net.Conn, hear func([]byte)) {
	type piece struct {
		said []byte
		due  time.Time
	}
	underWay := make(chan piece, 1<<16)
	go func() {
		defer to.Close()
		for p := range underWay {
			time.Sleep(time.Until(p.due))
			if _, err := to.Write(p.said); err != nil {
				from.Close()
			}
		}
	}()
	defer close(underWay)
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			hear(buffer[:n])
			underWay <- piece{append([]byte{}, buffer[:n]...), time.Now().Add(d.each)}
		}
		if err != nil {
			return
		}
	}
}

// TestDistanceCountsOncePerRoundTrip: with 20 ms more for each, few roles and many take as many round trips, or one
// more, for a plan and for applying it.
func TestDistanceCountsOncePerRoundTrip(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const few, many, added = 2, 300, 20 * time.Millisecond
	trips := map[string][]int64{}
	for _, n := range []int{few, many} {
		c := newCluster(t, `CREATE SCHEMA sales`)
		c.exec(fmt.Sprintf(`DO $$ BEGIN FOR i IN 0..%d LOOP EXECUTE format('CREATE TABLE sales.t%%s ()', i); END LOOP; END $$`, many-1))
		c.install(c.super)
		conn, line := c.at(added)
		for _, what := range []string{"plan", "apply", "nothing to do"} {
			line.trips.Store(0)
			began := time.Now()
			var err error
			var result *Result
			if what == "plan" {
				_, err = Plan(ctx, conn, staff(n, 0), Options{})
			} else if result, err = Sync(ctx, conn, staff(n, 0), Options{}); err == nil && result.Applied != (what == "apply") {
				t.Errorf("%s: applied %v", what, result.Applied)
			}
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(began)
			t.Logf("%d roles, %s: %d round trips, %v, of which at least %v are on the way", n, what, line.trips.Load(), took, time.Duration(line.trips.Load())*added)
			if least := time.Duration(line.trips.Load()) * added; took < least {
				t.Errorf("%d roles, %s: took %v, less than the %v that its round trips take: they are not counted well", n, what, took, least)
			}
			trips[what] = append(trips[what], line.trips.Load())
		}
	}
	// Where not all roles are read, a plan asks once more which names are taken.
	for what, want := range map[string][2]int64{"plan": {2, 1}, "apply": {4, 4}, "nothing to do": {1, 1}} {
		if got := trips[what]; !slices.Equal(got, want[:]) {
			t.Errorf("%s: %d roles take %d round trips and %d take %d, not %d", what, few, got[0], many, got[1], want)
		}
	}
}
