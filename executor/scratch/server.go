package scratch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say how a server is set up. The zero value is fine.
type Options struct {
	// BinDir holds initdb, pg_ctl and postgres; empty: the one that [FindBin] finds.
	BinDir string
	// Settings are server parameters, by name.
	Settings map[string]string
}

// Server is a running server. Its superuser is postgres. Over its socket everyone may connect as anyone, without a password; over TCP,
// on a port of the loopback interface, passwords are checked by SCRAM-SHA-256.
type Server struct {
	// Major is the server's major version.
	Major int
	// Port is that of TCP and of the socket's name.
	Port int
	// dir holds everything: the data directory, the socket, the log.
	dir  string
	stop func()
	done chan struct{}
}

// attempts bounds how often another port is tried, when someone else takes the one that was free.
const attempts = 3

// Start makes a cluster and starts its server. Close must be called; should the program die first, the server goes with it,
// but its directory stays.
func Start(ctx context.Context, o Options) (*Server, error) {
	bin := o.BinDir
	if bin == "" {
		found, err := FindBin()
		if err != nil {
			return nil, err
		}
		bin = found
	}
	major, err := Major(bin)
	if err != nil {
		return nil, fmt.Errorf("looking at the server in %s: %w", bin, err)
	}
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	dir, err := newDir(who)
	if err != nil {
		return nil, err
	}
	s := &Server{Major: major, dir: dir}
	if err := s.start(ctx, who, bin, o.Settings); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// newDir makes the server's directory. Its path is short because that of a socket may have 107 bytes at most.
func newDir(who account) (string, error) {
	base := os.TempDir()
	if who.switches || len(base) > 60 {
		base = "/tmp" // root's own directory for temporary files need not be open to others
	}
	dir, err := os.MkdirTemp(base, "pgsr-")
	if err != nil {
		return "", fmt.Errorf("making a directory for a server: %w", err)
	}
	return dir, who.own(dir)
}

func (s *Server) start(ctx context.Context, who account, bin string, settings map[string]string) error {
	if err := makeCluster(who, bin, s.dir); err != nil {
		return err
	}
	var err error
	for range attempts {
		if err = s.launch(ctx, who, bin, settings); err == nil {
			return nil
		}
		s.halt()
	}
	return err
}

// launch starts the server on a free port and waits until it answers.
func (s *Server) launch(ctx context.Context, who account, bin string, settings map[string]string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	s.Port = port
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := who.command(s.dir, filepath.Join(bin, "postgres"), s.arguments(settings)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := s.run(cmd); err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return s.await(ctx)
}

// run starts the server so that it is ended with this program. The kernel sends the signal when the thread that started the server ends,
// so one thread is kept for as long as the server runs.
func (s *Server) run(cmd *exec.Cmd) error {
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	started := make(chan error)
	s.done = make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how a server that was stopped ends is of no interest
		}
		close(s.done)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.stop = func() { _ = cmd.Process.Signal(syscall.SIGQUIT) } // an immediate shutdown: nothing is to be kept
	return nil
}

func (s *Server) arguments(settings map[string]string) []string {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.Port), "-k", s.dir}
	// What makes data safe makes tests slow.
	for _, setting := range []string{"listen_addresses=127.0.0.1", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"} {
		args = append(args, "-c", setting)
	}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// patience is how long a server may take to start.
const patience = 30 * time.Second

// await waits until the server answers. The error holds the end of its log.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres", "postgres", ""))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.done:
			return fmt.Errorf("the server ended at once; its log:\n%s", s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w; its log:\n%s", errors.Join(ctx.Err(), err), s.logTail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// URL gives the connection string for a role and a database: over TCP with a password, else over the socket.
func (s *Server) URL(role, database, password string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database, User: url.User(role)}
	query := url.Values{"sslmode": {"disable"}}
	if password == "" {
		query.Set("host", s.dir)
		query.Set("port", strconv.Itoa(s.Port))
	} else {
		u.User = url.UserPassword(role, password)
		u.Host = fmt.Sprintf("127.0.0.1:%d", s.Port)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// SocketDir is the directory of the server's socket: what PGHOST takes.
func (s *Server) SocketDir() string { return s.dir }

// Close ends the server and removes all that it had. It may be called twice.
func (s *Server) Close() {
	s.halt()
	_ = os.RemoveAll(s.dir)
}

// halt ends the server and waits for its end.
func (s *Server) halt() {
	if s.stop == nil {
		return
	}
	s.stop()
	<-s.done
	s.stop = nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// logTail gives the last part of the server's log.
func (s *Server) logTail() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}
