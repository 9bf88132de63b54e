package scratch

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// patience is how long a server may take to come up, or to go down.
const patience = time.Minute

// settings trade safety for speed: what a scratch cluster holds is thrown away.
// https://www.postgresql.org/docs/current/non-durability.html
func (s *Server) settings() map[string]string {
	all := map[string]string{
		"fsync":              "off",
		"synchronous_commit": "off",
		"full_page_writes":   "off",
		"wal_level":          "minimal",
		"max_wal_senders":    "0",
		"timezone":           "UTC",
		"log_timezone":       "UTC",
		// The default before 14 is md5, with which nobody could log in here.
		"password_encryption": "scram-sha-256",
	}
	maps.Copy(all, s.wanted)
	all["unix_socket_directories"] = s.dir
	all["listen_addresses"] = "127.0.0.1"
	all["port"] = strconv.Itoa(s.Port)
	return all
}

// launch runs the server on a free port. That a port is free is known only once the server has it, so another is
// tried if not.
func (s *Server) launch(ctx context.Context) error {
	for attempt := 1; ; attempt++ {
		err := s.launchOnce(ctx)
		if err == nil || attempt == 5 || !strings.Contains(err.Error(), "Address already in use") {
			return err
		}
	}
}

func (s *Server) launchOnce(ctx context.Context) (err error) {
	if s.Port, err = FreePort(); err != nil {
		return err
	}
	return s.start(ctx)
}

// start runs the server on its port and waits until it takes connections.
func (s *Server) start(ctx context.Context) error {
	if err := s.run(); err != nil {
		return err
	}
	if err := s.await(ctx); err != nil {
		s.kill()
		return err
	}
	return nil
}

// FreePort gives a port of 127.0.0.1 that nobody has at the moment.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }

// run starts the server and its guard.
func (s *Server) run() error {
	args := []string{"-D", s.dataDir()}
	settings := s.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has its own
	s.process = as(context.Background(), s.account, s.dir, filepath.Join(s.BinDir, "postgres"), args...)
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	s.exited = make(chan struct{})
	go func() {
		_ = s.process.Wait() // its log says more
		close(s.exited)
	}()
	if s.guard, err = startGuard(s.process.Process.Pid, s.dir); err != nil {
		s.kill()
		return err
	}
	return nil
}

// await returns when the server takes connections.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := pgconn.Connect(ctx, s.URL(Superuser, "postgres", ""))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server in %s did not come up; its log ends with:\n%s", s.BinDir, s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("the server in %s did not come up: %w; its log ends with:\n%s", s.BinDir, ctx.Err(), s.logTail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Log gives what the server has written into its log since it was started.
func (s *Server) Log() (string, error) {
	content, err := os.ReadFile(s.logFile())
	return string(content), err
}

// logTail gives the last lines of the server's log.
func (s *Server) logTail() string {
	content, err := s.Log()
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(content), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// kill ends the server's processes at once (SIGQUIT: immediate shutdown) and tells its guard that there is nothing
// left to do.
// https://www.postgresql.org/docs/current/server-shutdown.html
func (s *Server) kill() {
	_ = s.process.Process.Signal(syscall.SIGQUIT) // it may have ended
	select {
	case <-s.exited:
	case <-time.After(patience):
		_ = s.process.Process.Kill()
		<-s.exited
	}
	s.guard.dismiss()
}

func (s *Server) stop() {
	s.kill()
	os.RemoveAll(s.dir)
}
