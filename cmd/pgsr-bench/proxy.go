package main

import (
	"encoding/binary"
	"errors"
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
		go pass(server, client, func([]byte) {})
		go pass(client, server, (&messages{each: p.count}).read)
	}
}

// readyForQuery: https://www.postgresql.org/docs/current/protocol-message-formats.html
const readyForQuery = 'Z'

func (p *proxy) count(kind byte) {
	if kind == readyForQuery {
		p.trips.Add(1)
	}
}

// messages finds where the server's messages begin in what it sends: each is a letter and, in four bytes, the length
// of the rest.
type messages struct {
	each func(kind byte)
	head []byte
	rest int
}

func (m *messages) read(sent []byte) {
	for len(sent) > 0 {
		if m.rest > 0 {
			n := min(m.rest, len(sent))
			m.rest, sent = m.rest-n, sent[n:]
			continue
		}
		m.head, sent = append(m.head, sent[0]), sent[1:]
		if len(m.head) == 5 {
			m.each(m.head[0])
			m.rest, m.head = int(binary.BigEndian.Uint32(m.head[1:]))-4, m.head[:0]
		}
	}
}

// pass copies until either side ends, and tells of each piece before it is passed on.
func pass(to, from net.Conn, tell func([]byte)) {
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			tell(buffer[:n])
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				from.Close()
			}
			return
		}
	}
}
