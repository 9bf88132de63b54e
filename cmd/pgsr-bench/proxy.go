package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"pgsr/executor/scratch"
)

// proxy passes connections on to a server and counts their round trips: how often the server says that it waits for
// the client.
type proxy struct {
	listener net.Listener
	socket   string
	trips    atomic.Int64
}

func startProxy(server *scratch.Server) (*proxy, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: listener, socket: filepath.Join(server.SocketDir(), fmt.Sprintf(".s.PGSQL.%d", server.Port))}
	go p.serve()
	return p, nil
}

func (p *proxy) close() { p.listener.Close() }

func (p *proxy) roundTrips() int { return int(p.trips.Load()) }

func (p *proxy) url(role string) string {
	u := url.URL{Scheme: "postgres", User: url.User(role), Host: p.listener.Addr().String(), Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", p.socket)
		if err != nil {
			client.Close()
			continue
		}
		go pass(server, client)
		go p.countTo(client, server)
	}
}

// countTo passes on what the server sends, and counts how often it says that it is ready for a query, each time before
// that is passed on. https://www.postgresql.org/docs/current/protocol-message-formats.html
func (p *proxy) countTo(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	head := make([]byte, 5) // a letter, and the length of the rest with its own four bytes
	from, to := bufio.NewReader(server), bufio.NewWriter(client)
	for to.Flush() == nil {
		for more := true; more; more = from.Buffered() > 0 {
			if _, err := io.ReadFull(from, head); err != nil {
				return
			}
			if head[0] == 'Z' {
				p.trips.Add(1)
			}
			rest := io.LimitReader(from, int64(binary.BigEndian.Uint32(head[1:]))-4)
			if _, err := io.Copy(to, io.MultiReader(bytes.NewReader(head), rest)); err != nil {
				return
			}
		}
	}
}

// pass copies until either side ends.
func pass(to, from net.Conn) {
	defer to.Close()
	_, _ = io.Copy(to, from) // which side it was does not matter
}
