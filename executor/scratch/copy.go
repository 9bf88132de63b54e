package scratch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copyData copies a data directory and gives the copy to the account of the server's directory.
func (s *Server) copyData(from, to string) error {
	c := copier{from: from, to: to, account: s.account, buffer: make([]byte, 1<<18)}
	if err := filepath.WalkDir(from, c.copy); err != nil {
		return fmt.Errorf("copying a data directory: %w", err)
	}
	return nil
}

// copier copies the files of a directory, a thousand small ones, with one buffer.
type copier struct {
	from, to string
	account  *credential
	buffer   []byte
}

// copy copies one file, without its permissions: the server refuses a data directory that others may read.
func (c *copier) copy(path string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(c.from, path)
	if err != nil {
		return err
	}
	to := filepath.Join(c.to, relative)
	switch {
	case entry.IsDir():
		err = os.MkdirAll(to, 0o700)
	case entry.Type() == fs.ModeSymlink: // a tablespace
		err = copyLink(path, to)
	default:
		err = c.copyContent(path, to)
	}
	if err != nil || c.account == nil {
		return err
	}
	return os.Lchown(to, int(c.account.uid), int(c.account.gid))
}

func copyLink(from, to string) error {
	target, err := os.Readlink(from)
	if err != nil {
		return err
	}
	return os.Symlink(target, to)
}

func (c *copier) copyContent(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	for err == nil {
		var n int
		if n, err = in.Read(c.buffer); n > 0 {
			_, writing := out.Write(c.buffer[:n])
			err = errors.Join(err, writing)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, out.Close())
}
