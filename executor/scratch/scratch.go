// Package scratch runs throwaway PostgreSQL servers for tests, benchmarks and the demonstration.
//
// It promises a cluster of its own for each [Start], on a free port, with nothing in it but what initdb makes, and that
// nothing is left of it: not after [Server.Close], and not when this process is killed. It works as root, for whom
// PostgreSQL refuses to run, by using another account. What it needs is a server of major 10 or newer on this machine.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package scratch

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync"
)

// Superuser is the name of the role that owns a scratch cluster.
const Superuser = "postgres"

// Options say what kind of server is wanted. The zero value is fine.
type Options struct {
	// Installation is what [Find] has found, for all servers of one; nil: it is found for this server alone.
	Installation *Installation
	// Settings are set on the server's command line, over those that Start itself chooses for speed.
	Settings map[string]string
	// Templates is a directory where a fresh data directory is kept for the next Start with the same server, which
	// copies it in a tenth of the time that initdb takes. All copies have the same system identifier. Empty: initdb
	// runs.
	Templates string
	// Seed is what the cluster is told before it is given out, in this order. A template holds what came of it.
	Seed []Statement
	// From is a data directory that [Server.Save] kept: the server runs on a copy of it. Empty: a new cluster.
	From string
}

// Server is a running cluster: UTF8, locale C. On its socket everybody is trusted, over TCP a password is asked for
// (SCRAM-SHA-256).
type Server struct {
	// Installation is its own: its BinDir may be another one from a Restart on.
	Installation
	// Port is that of TCP and of the socket's name.
	Port int

	// dir holds the socket, the data directory and the log.
	dir     string
	process *exec.Cmd
	// wanted are the settings that it was started with.
	wanted map[string]string
	exited chan struct{}
	guard  *guard
	close  func()
}

// Start makes a cluster and runs it, and returns when it takes connections. Errors: those of [Find]; one with the end
// of the server's log if it does not come up; ctx's.
func Start(ctx context.Context, o Options) (*Server, error) {
	s, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if err = s.initialize(ctx, o); err == nil {
		err = s.launch(ctx)
	}
	if err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	s.close = sync.OnceFunc(s.stop)
	return s, nil
}

// prepare makes the server's directory.
func prepare(o Options) (*Server, error) {
	var err error
	if o.Installation == nil {
		if o.Installation, err = Find(""); err != nil {
			return nil, err
		}
	}
	s := &Server{Installation: *o.Installation, wanted: o.Settings}
	if s.dir, err = s.makeDir(); err != nil {
		return nil, err
	}
	return s, nil
}

// Close stops the server at once and removes all of it. A second Close does nothing.
func (s *Server) Close() { s.close() }

// PID is the process of the server, the parent of all others that it has.
func (s *Server) PID() int { return s.process.Process.Pid }

// SocketDir is the directory of the server's socket: what PGHOST takes.
func (s *Server) SocketDir() string { return s.dir }

// URL is where a role connects to a database. Without a password it leads to the socket, where none is asked for; with
// one to TCP, where it is checked.
func (s *Server) URL(role, database, password string) string {
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database}
	query := url.Values{"sslmode": {"disable"}}
	if password == "" {
		query.Set("host", s.dir)
		query.Set("port", strconv.Itoa(s.Port))
	} else {
		u.User = url.UserPassword(role, password)
		u.Host = "127.0.0.1:" + strconv.Itoa(s.Port)
	}
	u.RawQuery = query.Encode()
	return u.String()
}
