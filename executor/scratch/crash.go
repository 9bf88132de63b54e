package scratch

import "context"

// Crash stops the server at once, without a word to anyone who is connected and without writing anything out: what
// was not yet in its log is lost.
// https://www.postgresql.org/docs/current/server-shutdown.html
func (s *Server) Crash() { s.kill() }

// Restart runs a server again that has crashed, on the same port, and returns when it has recovered and takes
// connections. The errors are those of [Start].
func (s *Server) Restart(ctx context.Context) error { return s.start(ctx) }
