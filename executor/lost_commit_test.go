package executor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// proxy stands between a program and the server, and cuts the connection at the COMMIT.
type proxy struct {
	testing.TB
	net.Listener
	server string
	// cut says when: "before" the COMMIT is passed on, or "after" the server has answered it, or "fatal": then, and the
	// answer says that the server ends. Only the first one is cut.
	cut string
	// closes tells whether nobody can connect any more from then on.
	closes bool
	// cuts tells that it has happened.
	cuts atomic.Bool
}

// newProxy gives the configuration of a connection through a new proxy.
func (c *cluster) newProxy(cut string, closes bool) *pgx.ConnConfig {
	c.Helper()
	c.exec(`ALTER ROLE postgres PASSWORD '` + password + `'`)
	config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, password))
	if err != nil {
		c.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.Fatal(err)
	}
	p := &proxy{TB: c, Listener: listener, server: fmt.Sprintf("127.0.0.1:%d", config.Port), cut: cut, closes: closes}
	c.Cleanup(func() { listener.Close() })
	go p.serve()
	config.Port = uint16(listener.Addr().(*net.TCPAddr).Port)
	return config
}

// link is one connection through the proxy.
type link struct {
	client, server net.Conn
	// holding tells to keep the server's next answer from the client; it goes to held.
	holding atomic.Bool
	held    chan string
	// fatal tells to say in its place that the server ends.
	fatal bool
}

func (p *proxy) serve() {
	for {
		client, err := p.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			p.Error(err)
			client.Close()
			return
		}
		l := &link{client: client, server: server, fatal: p.cut == "fatal", held: make(chan string, 1)}
		go l.answer()
		go p.pass(l)
	}
}

// pass passes on what the client says, until the COMMIT of a transaction that may write comes.
func (p *proxy) pass(l *link) {
	defer l.client.Close()
	defer l.server.Close()
	buffer := make([]byte, 1<<16)
	writing := false // one that only reads is ended as well
	for {
		n, err := l.client.Read(buffer)
		if err != nil {
			return
		}
		said := buffer[:n]
		writing = writing || bytes.Contains(said, []byte(" READ WRITE\x00"))
		if writing && bytes.Contains(said, []byte("\x00COMMIT\x00")) && p.cuts.CompareAndSwap(false, true) {
			p.atCommit(l, said)
			return
		}
		if _, err := l.server.Write(said); err != nil {
			return
		}
	}
}

// atCommit loses the COMMIT, or its answer.
func (p *proxy) atCommit(l *link, commit []byte) {
	if p.closes {
		p.Close()
	}
	if p.cut == "before" {
		return
	}
	l.holding.Store(true)
	if _, err := l.server.Write(commit); err != nil {
		p.Error(err)
	}
	if answer := <-l.held; !strings.Contains(answer, "COMMIT") {
		p.Errorf("the server answered %q", answer)
	}
}

// answer passes on what the server says.
func (l *link) answer() {
	defer l.client.Close()
	defer close(l.held)
	buffer := make([]byte, 1<<16)
	kept := ""
	for {
		n, err := l.server.Read(buffer)
		if err != nil {
			return
		}
		if l.holding.Load() { // it may come in pieces
			if kept += string(buffer[:n]); strings.Contains(kept, "COMMIT") {
				if l.fatal {
					said, err := (&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: "57P01", Message: "the server ends"}).Encode(nil)
					if err == nil {
						_, _ = l.client.Write(said) // if it is lost, the test fails
					}
				}
				l.held <- kept
				return
			}
			continue
		}
		if _, err := l.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestCommitThatIsNotAnswered: the server is asked on a new connection what came of the transaction.
func TestCommitThatIsNotAnswered(t *testing.T) {
	t.Parallel()
	for _, cut := range []string{"after", "before", "fatal"} {
		committed := cut != "before"
		t.Run(cut, func(t *testing.T) {
			c := newShop(t)
			conn, err := pgx.ConnectConfig(context.Background(), c.newProxy(cut, false))
			if err != nil {
				t.Fatal(err)
			}
			c.install(c.super)
			before := c.fingerprint()
			result, err := c.syncShop(within(t, 30*time.Second), conn, Options{})
			if committed {
				if err != nil || !result.Applied || len(c.ledger(c.super)) != 1 {
					t.Fatalf("it was committed, but: %+v, %v", result, err)
				}
				c.sync(shopSpec, false)
				return
			}
			saysAll(t, err, "during COMMIT", "nothing was changed")
			failsAs(t, err, FailedLost)
			var unknown *UnknownOutcomeError
			if errors.As(err, &unknown) || c.fingerprint() != before || len(c.ledger(c.super)) != 0 {
				t.Errorf("it was not committed: %v", err)
			}
		})
	}
}

// TestUnknownOutcomeSaysHowToFindOut: and what it says works.
func TestUnknownOutcomeSaysHowToFindOut(t *testing.T) {
	t.Parallel()
	for cut, status := range map[string]string{"after": "committed", "before": "aborted"} {
		c := newShop(t)
		conn, err := pgx.ConnectConfig(context.Background(), c.newProxy(cut, true))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.syncShop(within(t, 30*time.Second), conn, Options{})
		var unknown *UnknownOutcomeError
		if !errors.As(err, &unknown) {
			t.Fatalf("%v", err)
		}
		question := `SELECT pg_catalog.txid_status(` + unknown.TransactionID + `)`
		saysAll(t, err, "lost during COMMIT", question)
		c.eventually("the transaction is "+status, func() bool { return one[string](c, question) == status })
		failsAs(t, err, FailedUnknown)
		committed, err := unknown.Committed(context.Background(), c.asPostgres())
		if err != nil || committed != (status == "committed") {
			t.Errorf("it is %s, and said to be committed: %v, %v", status, committed, err)
		}
		elsewhere := newCluster(t)
		if _, err := unknown.Committed(context.Background(), elsewhere.super); err == nil {
			t.Error("another server answers")
		}
	}
}
