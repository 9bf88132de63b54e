package scratch

import (
	"fmt"
	"syscall"
	"time"
)

// Save shuts the server down and keeps its data directory as dir, which must not exist yet, for any number of later
// Starts with [Options.From] and the same server programs. The server itself is gone then.
func (s *Server) Save(dir string) error {
	defer s.Close()
	// Fast shutdown writes everything out, so that no later start has to recover:
	// https://www.postgresql.org/docs/current/server-shutdown.html
	if err := s.process.Process.Signal(syscall.SIGINT); err != nil {
		return fmt.Errorf("shutting the server down: %w", err)
	}
	select {
	case <-s.exited:
	case <-time.After(patience):
		return fmt.Errorf("the server in %s does not shut down", s.BinDir)
	}
	return s.copyData(s.dataDir(), dir)
}
