package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"pgsr/executor/scratch"
)

// proxy passes connections on to a server and counts their round trips: how often something was sent after something was received.
type proxy struct {
	listener  net.Listener
	socket    string
	listening atomic.Bool
	trips     atomic.Int64
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
		go p.pass(server, client, func() {
			if p.listening.Swap(false) {
				p.trips.Add(1)
			}
		})
		go p.pass(client, server, func() { p.listening.Store(true) })
	}
}

// pass copies until either side ends, and tells of each piece before it is passed on.
func (p *proxy) pass(to, from net.Conn, tell func()) {
	defer to.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			tell()
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				from.Close()
			}
			return
		}
	}
}
