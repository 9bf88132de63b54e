package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.setenv("PGSR_DATABASE_URL", "postgres://me:"+connectionPassword+"@127.0.0.1:1/not-touched")
	s.setenv("PGHOST", "/nowhere")
	o := s.want(0, "demo")
	contains(t, o.stdout, "1. A warehouse and a spec", "9. What next", "pgsr plan -f roles.yaml")
	empty(t, "stderr", o.stderr)
}

var serverDir = regexp.MustCompile(`psql -h (\S+)`)

// Ctrl-C: it says that the server is gone, and it is.
func TestDemoKeepAndInterrupt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cmd := s.command("demo", "--keep")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	dir := hear(t, read, serverDir)[1]
	if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the server's directory is still there: %v", err)
	}
}

// hear reads until something was said.
func hear(t *testing.T, from *os.File, what *regexp.Regexp) []string {
	t.Helper()
	if err := from.SetReadDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	var heard strings.Builder
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		heard.Write(buffer[:n])
		if found := what.FindStringSubmatch(heard.String()); found != nil {
			return found
		}
		if err != nil {
			t.Fatalf("%v; it said:\n%s", err, heard.String())
		}
	}
}

// Where no server is installed, it says what to do.
func TestDemoWithoutServer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.setenv("PGSR_SERVER_BIN", s.dir)
	contains(t, s.want(1, "demo").stderr, "PGSR_SERVER_BIN", s.dir)
}
