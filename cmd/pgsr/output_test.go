package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// failingOutput cannot be written to, for a reason.
type failingOutput struct{ reason error }

func (o failingOutput) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: o.reason}
}

// TestWhatIsOnlyPrintedIsWritten: a command that does nothing but print fails if it cannot; who reads no further is
// told nothing.
func TestWhatIsOnlyPrintedIsWritten(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"help", "--help", "-h", "help plan", "plan --help", "ledger --help", "help ledger install", "completion --help",
		"version", "--version", "-v", "completion bash", "completion zsh", "completion fish", "completion words pl", "schema", "man",
	} {
		for reason, says := range map[error]string{syscall.ENOSPC: "pgsr: write /dev/stdout: no space left on device\n", syscall.EPIPE: ""} {
			var stderr bytes.Buffer
			p := &program{lookupEnv: os.LookupEnv, stdin: strings.NewReader(""), stdout: failingOutput{reason}, stderr: &stderr}
			if status := run(context.Background(), append([]string{"pgsr"}, strings.Fields(args)...), p); status != exitError || stderr.String() != says {
				t.Errorf("pgsr %s: %v: status %d, %q", args, reason, status, stderr.String())
			}
		}
	}
}
