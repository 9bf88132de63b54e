package scratchtest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"pgsr/executor/scratch"
)

// Pooler starts a PgBouncer in front of a server, for a test, and gives the URL of a database there for a role. The
// mode is session, transaction or statement; size is how many sessions of the server there are for all who connect.
// https://www.pgbouncer.org/config.html
func Pooler(t testing.TB, server *scratch.Server, mode string, size int) func(role, database string) string {
	t.Helper()
	port := PoolerOf(t, map[string]string{"users": `"postgres" ""` + "\n" + `"admin" ""` + "\n"}, func(dir string, port int) string {
		return fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = %s
default_pool_size = %d
query_wait_timeout = 10
`, server.SocketDir(), server.Port, port, filepath.Join(dir, "users"), mode, size)
	})
	return func(role, database string) string {
		u := url.URL{Scheme: "postgres", User: url.User(role), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/" + database, RawQuery: "sslmode=disable"}
		return u.String()
	}
}

// PoolerOf starts a PgBouncer for a test, with files beside its configuration, which is made for the folder that they
// are in and the port of 127.0.0.1 on which it is to listen.
func PoolerOf(t testing.TB, files map[string]string, config func(dir string, port int) string) (port int) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "pgsr-pooler-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if port, err = scratch.FreePort(); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	file := filepath.Join(dir, "pooler.ini")
	write(t, file, config(dir, port))
	cmd := exec.Command(poolerProgram(t), "-q", file)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: notRoot(t)}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	reachable(t, port)
	return port
}

// poolerProgram finds it, which is needed: nothing stands in for it.
func poolerProgram(t testing.TB) string {
	t.Helper()
	for _, candidate := range []string{os.Getenv("PGSR_PGBOUNCER"), "pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(candidate); candidate != "" && err == nil {
			return path
		}
	}
	t.Fatal("no pgbouncer was found: run the tests with .ci/server, install it, or name it in PGSR_PGBOUNCER")
	return ""
}

// notRoot is the account that a pooler runs as, which refuses root: that of the server, to whose socket it has to come;
// nil: ours.
func notRoot(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reachable waits until something listens.
func reachable(t testing.TB, port int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			conn.Close()
			return
		}
	}
	t.Fatal("the pooler does not listen")
}
