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
		return s.copySaved(o)
	}
	if o.Templates == "" {
		return s.initdb(ctx)
	}
	template, err := s.templateIn(o.Templates)
	if err != nil {
		return err
	}
	if _, err := os.Stat(template); err == nil {
		return s.copyData(template, s.dataDir())
	}
	if err := s.initdb(ctx); err != nil {
		return err
	}
	return s.keepTemplate(template)
}

// copySaved copies a data directory that was saved. A standby knows by a file what it is, and waits for more to
// recover than there is.
// https://www.postgresql.org/docs/current/warm-standby.html#STANDBY-SERVER-OPERATION
func (s *Server) copySaved(o Options) error {
	if err := s.copyData(o.From, s.dataDir()); err != nil || !o.Standby {
		return err
	}
	return os.WriteFile(filepath.Join(s.dataDir(), "standby.signal"), nil, 0o644)
}

func (s *Server) initdb(ctx context.Context) error {
	credential, err := owner(s.dir)
	if err != nil {
		return err
	}
	args := append([]string{"-D", s.dataDir()}, initdbOptions...)
	if major, err := Major(s.BinDir); err == nil && major >= firstWithSmallWAL {
		args = append(args, "--wal-segsize=1")
	}
	out, err := as(ctx, credential, s.dir, filepath.Join(s.BinDir, "initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("making a cluster with %s/initdb: %w\n%s", s.BinDir, err, out)
	}
	return os.WriteFile(filepath.Join(s.dataDir(), "pg_hba.conf"), []byte(authentication), 0o600)
}

// templateIn names the template for this server: another version, or other options, have another one.
func (s *Server) templateIn(dir string) (string, error) {
	version, err := version(s.BinDir)
	if err != nil {
		return "", err
	}
	key := sha256.Sum256([]byte(strings.Join(append([]string{version, s.BinDir, authentication}, initdbOptions...), "\n")))
	return filepath.Join(dir, fmt.Sprintf("%d-%x", s.Major, key[:6])), nil
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

// copyData copies a data directory and gives the copy to the account of the server's directory.
func (s *Server) copyData(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copying a data directory: %w", err)
	}
	credential, err := owner(s.dir)
	if err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			// The server refuses a data directory that others may read.
			err = os.Chmod(path, 0o700)
		}
		if err == nil && credential != nil {
			err = os.Chown(path, int(credential.uid), int(credential.gid))
		}
		return err
	})
}
