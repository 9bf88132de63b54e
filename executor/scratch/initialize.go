package scratch

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// initdbOptions make a small cluster that sorts and compares as C does, whatever the machine's locale is.
var initdbOptions = []string{"--username=" + Superuser, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"}

// firstWithSmallWAL is the first major whose initdb takes the size of WAL segments.
const firstWithSmallWAL = 11

// authentication: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
const authentication = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"

func (s *Server) dataDir() string { return filepath.Join(s.dir, "data") }

// initialize makes the data directory: a copy of a saved one, by initdb, or from a template.
func (s *Server) initialize(ctx context.Context, o Options) error {
	if o.From != "" {
		return s.copyData(o.From, s.dataDir())
	}
	if o.Templates != "" {
		return s.fromTemplate(ctx, o)
	}
	if err := s.initdb(ctx); err != nil || len(o.Seed) == 0 {
		return err
	}
	return s.sow(ctx, o.Seed)
}

func (s *Server) initdb(ctx context.Context) error {
	args := append([]string{"-D", s.dataDir()}, initdbOptions...)
	if s.Major >= firstWithSmallWAL {
		args = append(args, "--wal-segsize=1")
	}
	out, err := as(ctx, s.account, s.dir, filepath.Join(s.BinDir, "initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("making a cluster with %s/initdb: %w\n%s", s.BinDir, err, out)
	}
	return os.WriteFile(filepath.Join(s.dataDir(), "pg_hba.conf"), []byte(authentication), 0o600)
}

// templateIn names the template for this server: another version, other options, or another seed have another one.
func (s *Server) templateIn(dir string, seed []Statement) string {
	key := sha256.Sum256([]byte(strings.Join(append([]string{"3", s.said, s.BinDir, authentication, fmt.Sprintf("%q", seed)}, initdbOptions...), "\n")))
	return filepath.Join(dir, fmt.Sprintf("%d-%x", s.Major, key[:6]))
}

// keepTemplate copies the data directory beside the template and renames it, so that a template is never half there.
func (s *Server) keepTemplate(template string) error {
	if err := os.MkdirAll(filepath.Dir(template), 0o700); err != nil {
		return err
	}
	part, err := os.MkdirTemp(filepath.Dir(template), "part-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	if err := s.copyData(s.dataDir(), filepath.Join(part, "data")); err != nil {
		return err
	}
	err = os.Rename(filepath.Join(part, "data"), template)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTEMPTY) {
		return nil // another process was faster
	}
	return err
}
