//go:build unix

package main

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// closedOutput is an output that was closed before the program began: what is written to it is lost, and that is an
// error.
type closedOutput struct{}

func (closedOutput) Write([]byte) (int, error) {
	return 0, errors.New("writing to stdout: it is closed")
}

// unlessClosed gives the file, or a writer that always fails if the file was closed before the program began. Go's
// runtime opens /dev/null in its place, for reading and writing, as nobody does who wants to discard the output.
// https://cs.opensource.google/go/go/+/refs/tags/go1.26.0:src/runtime/fds_unix.go
func unlessClosed(file *os.File) io.Writer {
	flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE != unix.O_RDWR {
		return file
	}
	is, err := file.Stat()
	null, missing := os.Stat(os.DevNull)
	if err == nil && missing == nil && os.SameFile(is, null) {
		return closedOutput{}
	}
	return file
}
